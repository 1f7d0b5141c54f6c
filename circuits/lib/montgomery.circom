pragma circom 2.2.0;

// BabyJubJub in Montgomery form: v^2 = u^3 + A u^2 + u. The formulas are incomplete; why no
// exceptional case is reachable stands at each use.

function MONTGOMERY_A() { return 168698; }

// @notice The sum of two points.
// @input(assumes) a, b: points with different u.
// @output(proves) out: their sum, by (1) and the curve's law.
// @cost 3
template MontgomerySum() {
    signal input a[2];
    signal input b[2];
    signal output out[2];

    signal slope <-- (b[1] - a[1]) / (b[0] - a[0]);
    // UNSAFE: free until (1), where the u differ.
    slope * (b[0] - a[0]) === b[1] - a[1]; // (1)
    out[0] <== slope * slope - MONTGOMERY_A() - a[0] - b[0];
    out[1] <== slope * (a[0] - out[0]) - a[1];
}

// @notice Twice a point.
// @input(assumes) in: a point with v other than 0.
// @output(proves) out: its double, by (1) and the curve's law.
// @cost 4
template MontgomeryDouble() {
    signal input in[2];
    signal output out[2];

    signal square <== in[0] * in[0];
    signal slope <-- (3 * square + 2 * MONTGOMERY_A() * in[0] + 1) / (2 * in[1]);
    // UNSAFE: free until (1), where v is not 0.
    slope * (2 * in[1]) === 3 * square + 2 * MONTGOMERY_A() * in[0] + 1; // (1)
    out[0] <== slope * slope - MONTGOMERY_A() - 2 * in[0];
    out[1] <== slope * (in[0] - out[0]) - in[1];
}

// @notice 2 * sum + (2 * bit - 1) * point, as (sum + point) + sum without the middle point's v.
// @input(assumes) sum, point: of different u, and so are the middle point and `sum`.
// @output(proves) out: by (1), (2) and the curve's law.
// @cost 6
template MontgomeryStep() {
    signal input sum[2];
    signal input point[2];
    signal input bit;
    signal output out[2];

    signal v <== (2 * bit - 1) * point[1];
    signal first <-- (v - sum[1]) / (point[0] - sum[0]);
    // UNSAFE: free until (1), where the u differ.
    first * (point[0] - sum[0]) === v - sum[1]; // (1)
    signal u <== first * first - MONTGOMERY_A() - sum[0] - point[0];
    signal second <-- 2 * sum[1] / (sum[0] - u) - first;
    // UNSAFE: free until (2), where the u differ.
    (second + first) * (sum[0] - u) === 2 * sum[1]; // (2)
    out[0] <== second * second - MONTGOMERY_A() - sum[0] - u;
    out[1] <== second * (sum[0] - out[0]) - sum[1];
}
