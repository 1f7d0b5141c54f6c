pragma circom 2.1.6;

// BabyJubJub in Edwards form with the complete law (a = 168700, d = 168696): no pair of points of
// the curve is exceptional, so nobody can choose a key that has no witness.

// out = a + b. Cost: 6.
template EdwardsSum() {
    signal input a[2];
    signal input b[2];
    signal output out[2];

    signal xy <== a[0] * b[1];
    signal yx <== a[1] * b[0];
    signal cross <== (168700 * a[0] + a[1]) * (b[1] - b[0]);
    signal product <== xy * yx;
    // cross = (a x + y)(y2 - x2) = a x y2 - a x x2 + y y2 - y x2.
    out[0] <-- (xy + yx) / (1 + 168696 * product);
    (1 + 168696 * product) * out[0] === xy + yx;
    out[1] <-- (cross - 168700 * xy + yx) / (1 - 168696 * product);
    (1 - 168696 * product) * out[1] === cross - 168700 * xy + yx;
}

// out = the sum of bit[i] * 2^i, times point. Cost: 14 a bit.
template EdwardsMultiple(n) {
    signal input bit[n];
    signal input point[2];
    signal output out[2];

    signal chosen[n][2];
    component double[n];
    component add[n];
    for (var i = 0; i < n; i++) {
        var b = bit[n - 1 - i];
        chosen[i][0] <== b * point[0];
        chosen[i][1] <== b * (point[1] - 1) + 1;
        double[i] = EdwardsSum();
        add[i] = EdwardsSum();
        if (i == 0) {
            double[i].a <== [0, 1];
            double[i].b <== [0, 1];
        } else {
            double[i].a <== add[i - 1].out;
            double[i].b <== add[i - 1].out;
        }
        add[i].a <== double[i].out;
        add[i].b <== chosen[i];
    }
    out <== add[n - 1].out;
}
