pragma circom 2.2.0;

// @notice One of 2^n constants, by the bits of its place: as a polynomial in the bits.
// @param n How many bits.
// @param value The constants.
// @input(assumes) bit: 0 or 1 each, low first.
// @cost 2^(n - 1) - n + 1
template Lookup(n, value) {
    signal input bit[n];
    signal output out;

    var half = 1 << (n - 1);
    // The coefficient of each product of bits.
    var c[1 << n] = value;
    for (var i = 0; i < n; i++) {
        for (var s = 0; s < 1 << n; s++) {
            if ((s >> i) & 1) {
                c[s] -= c[s - (1 << i)];
            }
        }
    }
    var low = c[0];
    var high = c[half];
    for (var i = 0; i < n - 1; i++) {
        low += c[1 << i] * bit[i];
        high += c[half + (1 << i)] * bit[i];
    }
    if (n > 2) {
        signal product[half - n];
        var of[half];
        var k = 0;
        for (var i = 0; i < n - 1; i++) {
            of[1 << i] = bit[i];
        }
        for (var i = 1; i < n - 1; i++) {
            for (var s = 1; s < 1 << i; s++) {
                product[k] <== of[s] * bit[i];
                of[s + (1 << i)] = product[k];
                low += c[s + (1 << i)] * product[k];
                high += c[half + s + (1 << i)] * product[k];
                k++;
            }
        }
    }
    out <== low + high * bit[n - 1];
}
