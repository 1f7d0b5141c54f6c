pragma circom 2.2.0;

include "cells.circom";
include "certificate.circom";
include "generated/safety.circom";
include "maintenance.circom";
include "nouns.circom";

// What a slot does to the safety table (undertow/engine/safety.py: recertify).

// @notice Puts a certificate, checked, in place of what a leaf holds.
// @input(assumes) held, cash: of the account after the slot.
// @input(assumes) old: bits of the leaf's word before, which was one that (1) let pass, or zero.
// after: the word of the leaf afterwards. Both leaves bind the challenge. high, wrap: hints, see
// Measure.
// @output(proves) term: what the table's polynomial at the challenge gains.
// @cost 2 * 2^(stepBits - 5) + 16 * cellBits + 390
template Recertify(stepBits, cellBits) {
    input Safeguards(cellBits) by;
    signal input power[POWERS(cellBits)]; // z^(2^k) of the challenge
    input Holdings() held;
    signal input cash; // 2^-16 micro-USD, signed
    signal input old[CELLS_WIDTH()]; // 0 or 1 each, low first
    signal input after;
    signal input high[UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits];
    signal input wrap;
    signal output term;

    component was = EndsOf(cellBits);
    was.bit <== old;
    component new = OpenCells(cellBits); // (1)
    new.word <== after;
    component certify = Certify(stepBits, cellBits);
    certify.by <== by;
    certify.held <== held;
    certify.cash <== cash;
    certify.edge <== new.edge;
    certify.expiry <== new.expiry;
    certify.high <== high;
    certify.wrap <== wrap;
    signal gone <== CellsTerm(cellBits)(was.edge, was.expiry, power);
    signal come <== CellsTerm(cellBits)(new.edge, new.expiry, power);
    term <== come - gone;
}
