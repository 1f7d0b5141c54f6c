pragma circom 2.2.0;

// @notice The bits of a value, low first.
// @param n How many; at most 253, so that the decomposition is unique in the field.
// @output(proves) bits: 0 or 1 each, by (1), and their sum is `in`, by (2).
// @cost n + 1
template Bits(n) {
    signal input in;
    signal output bits[n];

    assert(n >= 1);
    assert(n <= 253);
    var sum = 0;
    for (var i = 0; i < n; i++) {
        bits[i] <-- (in >> i) & 1;
        // UNSAFE: free until (1) and (2).
        bits[i] * (bits[i] - 1) === 0; // (1)
        sum += bits[i] * (1 << i);
    }
    in === sum; // (2)
}

// @notice Requires 0 <= in < 2^n. The top bit is what the others leave, so it needs no signal.
// @param n At most 253, so that the decomposition is unique in the field.
// @cost n
template Range(n) {
    signal input in;

    assert(n >= 1);
    assert(n <= 253);
    signal low[n - 1];
    var rest = in;
    for (var i = 0; i < n - 1; i++) {
        low[i] <-- (in >> i) & 1;
        // UNSAFE: free until (1) and (2).
        low[i] * (low[i] - 1) === 0; // (1)
        rest -= low[i] * (1 << i);
    }
    rest * (rest - (1 << (n - 1))) === 0; // (2)
}

// Bits that hold the numbers below n.
function BITS_FOR(n) {
    var bits = 0;
    while ((1 << bits) < n) {
        bits++;
    }
    return bits;
}
