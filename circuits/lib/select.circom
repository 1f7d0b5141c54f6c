pragma circom 2.2.0;

// @notice One position of 2^n, from its bits.
// @input(assumes) bit: 0 or 1 each, low first.
// @output(proves) out[i]: 1 when the bits say i, else 0.
// @cost 2^(n + 1) - 3
template OneHot(n) {
    signal input bit[n];
    signal output out[1 << n];

    if (n == 1) {
        out[0] <== 1 - bit[0];
        out[1] <== bit[0];
    } else {
        var half = 1 << (n - 1);
        var low[n - 1];
        for (var j = 0; j < n - 1; j++) {
            low[j] = bit[j];
        }
        signal rest[half] <== OneHot(n - 1)(low);
        for (var i = 0; i < half; i++) {
            out[half + i] <== bit[n - 1] * rest[i];
            out[i] <== rest[i] - out[half + i];
        }
    }
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
