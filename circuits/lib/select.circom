pragma circom 2.2.0;

// @notice One position of 2^n, from its bits.
// @input(assumes) bit: 0 or 1 each, low first.
// @output(proves) out[i]: 1 when the bits say i, else 0.
// @cost 2^n - 2 + 2^(n - 1)
template OneHot(n) {
    signal input bit[n];
    signal output out[1 << n];

    // Each bit splits what the bits below it leave; only its one side is a product.
    signal product[(1 << n) - 2];
    var hot[1 << n];
    hot[0] = 1 - bit[0];
    hot[1] = bit[0];
    var k = 0;
    for (var j = 1; j < n; j++) {
        for (var i = 0; i < 1 << j; i++) {
            product[k] <== bit[j] * hot[i];
            hot[i + (1 << j)] = product[k];
            hot[i] = hot[i] - product[k];
            k++;
        }
    }
    out <== hot;
}

// @notice The sum of hot[i] * value[i].
// @cost n
template Dot(n) {
    signal input hot[n];
    signal input value[n];
    signal output out;

    signal sum[n];
    for (var i = 0; i < n; i++) {
        if (i == 0) {
            sum[i] <== hot[i] * value[i];
        } else {
            sum[i] <== sum[i - 1] + hot[i] * value[i];
        }
    }
    out <== sum[n - 1];
}
