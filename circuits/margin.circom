pragma circom 2.1.6;

include "signed.circom";

// out = equity that counts, less the initial requirement (matcher/margin.py), given
// loss[u], the value of one shock step of underlying u, signed.
//
// The 33 scenarios are points (i, j) of the two underlyings' steps, and a book of perpetuals loses
// i * loss[0] + j * loss[1] in one. The largest loss lies on a corner of their convex hull, and the
// corners are (+-4, +-4): four times the sum of both magnitudes. docs/adr/0004-margin-by-corners.md.
template Surplus() {
    signal input equity;
    signal input allowed; // net deposits plus the profit that counts
    signal input contingency;
    signal input loss[2];
    signal output out;

    component first = Absolute(64);
    component second = Absolute(64);
    first.in <== loss[0];
    second.in <== loss[1];
    signal worst <== 4 * (first.magnitude + second.magnitude);
    signal counted <== Smaller(114)(equity, allowed);
    // 20/16 of the worst loss in units of 2^26.
    out <== counted - contingency - worst * 5 * (1 << 24);
}
