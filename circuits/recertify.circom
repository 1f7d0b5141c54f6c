pragma circom 2.2.0;

include "cells.circom";
include "certificate.circom";
include "generated/safety.circom";
include "maintenance.circom";
include "nouns.circom";
include "takeover.circom";
include "touched.circom";

// What a slot does to the safety table (undertow/engine/recertify.py).

// What a slot says of its account that follows from what it says elsewhere: hints.
bus Hints(stepBits, cellBits) {
    signal high[UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits]; // bits of its edges' numbers
    signal wrap; // 0 or 1: its expiry's cell stands before its window's start in the ring
    signal keeps; // 0 or 1: it is taken, and its owner keeps something
    signal owes; // 0 or 1: it is taken, and has less than nothing
    signal loses; // 0 or 1: it is taken, and what it has is charged
    signal dust; // 2^-33 micro-USD that round the charge up
    signal side[UNDERLYINGS()]; // 0 or 1: the upper edge of the price's step is the worse one
}

// @notice Puts a certificate, checked, in place of what a leaf holds, or takes the account over.
// @input(assumes) held, cash, equity, charge: of the account as its order left it.
// @input(assumes) touches: 0 or 1: as CertifyOrTake.
// @input(assumes) old: bits of the leaf's word before, which was one that (1) let pass, or zero.
// after: the word of the leaf afterwards. Both leaves bind the challenge. hints: see Measure, Share
// and CertifyOrTake.
// @output(proves) term: what the table's polynomial at the challenge gains. taken, shares: as
// CertifyOrTake.
// @cost 2 * 2^(stepBits - 5) + 2 * stepBits + 16 * cellBits + 504
template Recertify(stepBits, cellBits) {
    input Safeguards(cellBits) by;
    input Steps() step;
    signal input power[POWERS(cellBits)]; // z^(2^k) of the challenge
    signal input touches;
    input Holdings() held;
    signal input cash; // 2^-16 micro-USD, signed
    signal input equity; // 2^-16 micro-USD, signed
    signal input charge; // 2^-33 micro-USD
    signal input old[CELLS_WIDTH()]; // 0 or 1 each, low first
    signal input after;
    input Hints(stepBits, cellBits) hints;
    signal output term;
    signal output taken;
    output Shares() shares;

    component was = EndsOf(cellBits);
    was.bit <== old;
    component new = OpenCells(cellBits); // (1)
    new.word <== after;
    component proved = CertifyOrTake(stepBits, cellBits);
    proved.by <== by;
    proved.step <== step;
    proved.touches <== touches;
    proved.held <== held;
    proved.cash <== cash;
    proved.edge <== new.edge;
    proved.expiry <== new.expiry;
    proved.high <== hints.high;
    proved.wrap <== hints.wrap;
    proved.equity <== equity;
    proved.charge <== charge;
    proved.keeps <== hints.keeps;
    proved.owes <== hints.owes;
    proved.loses <== hints.loses;
    proved.dust <== hints.dust;
    proved.side <== hints.side;
    taken <== proved.taken;
    shares <== proved.shares;
    signal gone <== CellsTerm(cellBits)(was.edge, was.expiry, power);
    signal come <== CellsTerm(cellBits)(new.edge, new.expiry, power);
    term <== come - gone;
}
