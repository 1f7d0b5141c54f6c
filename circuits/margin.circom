pragma circom 2.1.6;

include "signed.circom";

// out = equity that counts, less the initial requirement (undertow/engine/margin.py), given
// loss[u], the value of one shock step of underlying u, signed.
//
// The 33 scenarios are points (i, j) of the two underlyings' steps, and a book of perpetuals loses
// i * loss[0] + j * loss[1] in one. The largest loss lies on a corner of their convex hull, and the
// corners are (+-4, +-4): four times the sum of both magnitudes. docs/adr/0004-margin-by-corners.md.
//
// All that enters is ranged: lots held are below 2^30 and at most 2^31 after an order, a step is at
// most 2^28, a contingency per lot below 2^52 and a concentration per lot squared at most 2^32. The
// sums are asserted to fit the comparators, which range what they compare and are far narrower than
// the field: nothing wraps.
template Surplus() {
    signal input equity;
    signal input allowed; // net deposits plus the profit that counts
    signal input addOns; // contingencies and concentrations of all instruments
    signal input loss[2];
    signal output out;

    // The steps of eight instruments and an order; the add-ons of sixteen instruments, where a
    // contingency is the smaller part.
    assert(3 + 31 + 28 <= 62);
    assert(31 + 52 < 2 * 31 + 32);
    assert(4 + 2 * 31 + 32 + 1 < 114);
    component first = Absolute(62);
    component second = Absolute(62);
    first.in <== loss[0];
    second.in <== loss[1];
    signal worst <== 4 * (first.magnitude + second.magnitude);
    signal counted <== Smaller(114)(equity, allowed);
    // 20/16 of the worst loss in units of 2^26.
    out <== counted - addOns - worst * 5 * (1 << 24);
}
