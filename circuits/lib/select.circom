pragma circom 2.1.6;

// out[i] = 1 when index = sum of bit[j] * 2^j is i, else 0, for boolean bits. Cost: 2^n - n - 1
// products.
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

// The sum of hot[i] * value[i]. Cost: n.
template Dot(n) {
    signal input hot[n];
    signal input value[n];
    signal output out;

    signal term[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {
        term[i] <== hot[i] * value[i];
        sum += term[i];
    }
    out <== sum;
}
