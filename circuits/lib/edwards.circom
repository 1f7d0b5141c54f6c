pragma circom 2.2.0;

// BabyJubJub in Edwards form with the complete law (a = 168700, d = 168696): no pair of points of
// the curve is exceptional, so nobody can choose a key that has no witness.

function EDWARDS_A() { return 168700; }
function EDWARDS_D() { return 168696; }

function SUBGROUP_ORDER() {
    return 2736030358979909402780800718157159386076813972158567259200215660948447373041;
}

// The prime subgroup's generator.
function BASE8() {
    return [5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203];
}

// @notice The sum of two points.
// @input(assumes) a, b: on the curve.
// @output(proves) out: their sum; d is no square, so neither divisor is ever zero.
// @cost 6
template EdwardsSum() {
    signal input a[2];
    signal input b[2];
    signal output out[2];

    signal xy <== a[0] * b[1];
    signal yx <== a[1] * b[0];
    signal cross <== (EDWARDS_A() * a[0] + a[1]) * (b[1] - b[0]);
    signal product <== xy * yx;
    var delta = EDWARDS_D() * product;
    // cross = (a x + y)(y2 - x2) = a x y2 - a x x2 + y y2 - y x2.
    var y = cross - EDWARDS_A() * xy + yx;
    out[0] <-- (xy + yx) / (1 + delta);
    // UNSAFE: free until (1).
    out[1] <-- y / (1 - delta);
    // UNSAFE: free until (2).
    (1 + delta) * out[0] === xy + yx; // (1)
    (1 - delta) * out[1] === y; // (2)
}

// @notice A multiple of a point.
// @param n Bits of the scalar.
// @input(assumes) bit: 0 or 1 each, low first.
// @input(assumes) point: on the curve.
// @cost 14 * n
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
