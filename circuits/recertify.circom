pragma circom 2.2.0;

include "cells.circom";
include "certificate.circom";
include "generated/safety.circom";
include "maintenance.circom";
include "nouns.circom";

// What a slot does to the safety table (undertow/engine/safety.py: recertify).

// What all slots of a batch are certified by.
bus Safeguards(cellBits) {
    signal index[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed: what a long has paid
    signal shock[UNDERLYINGS()]; // 2^-8 of the price: a step of the scenario grid
    signal cell[UNDERLYINGS()]; // 2^-16 micro-USD per unit in a cell of the clock
    signal clock; // cells
    signal row[RINGS()]; // first of each ring's window
    signal rowBit[cellBits - PLACE_BITS()]; // of the expiries' first row, low first
    signal power[POWERS(cellBits)]; // z^(2^k) of the challenge
}

// @notice Puts a certificate, checked, in place of what a leaf holds.
// @input(assumes) held, cash: of the account after the slot.
// @input(assumes) before, after: the words of the leaves before and after, which their hashes bind
// and with them the challenge. high, wrap: hints, see Certify.
// @output(proves) term: what the table's polynomial at the challenge gains.
// @cost 2 * 2^(stepBits - 5) + 19 * cellBits + 528
template Recertify(stepBits, cellBits) {
    input Safeguards(cellBits) by;
    input Holdings() held;
    signal input cash; // 2^-16 micro-USD, signed
    signal input before;
    signal input after;
    signal input high[UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits];
    signal input wrap;
    signal output term;

    component old = OpenCells(cellBits);
    component new = OpenCells(cellBits);
    old.word <== before;
    new.word <== after;
    component line = MaintenanceLine();
    line.held <== held;
    line.cash <== cash;
    line.index <== by.index;
    line.shock <== by.shock;
    component certify = Certify(stepBits, cellBits);
    certify.free <== line.free;
    certify.slope <== line.slope;
    certify.gross <== held.gross;
    certify.cell <== by.cell;
    certify.clock <== by.clock;
    certify.row <== by.row;
    certify.rowBit <== by.rowBit;
    certify.edge <== new.edge;
    certify.expiry <== new.expiry;
    certify.high <== high;
    certify.wrap <== wrap;
    signal gone <== CellsTerm(cellBits)(old.edge, old.expiry, by.power);
    signal come <== CellsTerm(cellBits)(new.edge, new.expiry, by.power);
    term <== come - gone;
}
