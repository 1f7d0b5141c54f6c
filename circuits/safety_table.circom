pragma circom 2.2.0;

include "cells.circom";
include "generated/layout.circom";
include "generated/safety.circom";
include "grid.circom";
include "poseidon.circom";
include "range.circom";

// The safety table as the state holds it (undertow/protocol/safety_table.py).

// Words of all rings.
function RING_WORDS(cellBits) { return RINGS() << ROW_BITS(cellBits); }
// Windows and bounds, the bad, the clock, and what is used of its cell.
function TABLE_WORDS(cellBits) { return RING_WORDS(cellBits) + 3 + UNDERLYINGS(); }
// Bits of the first row of an underlying's window, and of an expiries'.
function PRICE_ROW_WIDTH(stepBits) { return EDGE_WIDTH(stepBits) - PLACE_BITS(); }
function EXPIRY_ROW_WIDTH() { return CLOCK_WIDTH() - PLACE_BITS(); }

// What the table has beside its rings.
bus Windows() {
    signal row[RINGS()]; // first of each ring's window
    signal bound[UNDERLYINGS()]; // number of the first edge above each price
    signal bad; // accounts
    signal clock; // cells
    signal used[UNDERLYINGS()]; // 2^-16 micro-USD per unit
}

// @notice Windows and clock of a table that stays.
// @output(proves) row: as they are, ranged and the bounds with them, so that the table's hash has one
// opening; rowBit: of the expiries' first row, low first.
// @cost 6 * stepBits + 54
template OpenWindows(stepBits, cellBits) {
    input Windows() windows;
    signal output clock; // cells
    signal output row[RINGS()];
    signal output rowBit[ROW_BITS(cellBits)];

    for (var u = 0; u < UNDERLYINGS(); u++) {
        Range(EDGE_WIDTH(stepBits))(windows.bound[u]);
    }
    for (var t = 0; t < EXPIRY_RING(); t++) {
        Range(PRICE_ROW_WIDTH(stepBits))(windows.row[t]);
    }
    signal bits[EXPIRY_ROW_WIDTH()] <== Bits(EXPIRY_ROW_WIDTH())(windows.row[EXPIRY_RING()]);
    for (var i = 0; i < EXPIRY_ROW_WIDTH(); i++) {
        if (i < ROW_BITS(cellBits)) {
            rowBit[i] <== bits[i];
        } else {
            _ <== bits[i];
        }
    }
    _ <== windows.bad;
    _ <== windows.used;
    clock <== windows.clock;
    row <== windows.row;
}

// @notice The table's hash (undertow/protocol/safety_table.py).
// @input(assumes) row, bound: ranged, so that their word has one opening.
// @cost 609 * ((5 * 2^(cellBits - 3) + 18) // 15) + 1
template TableHash(stepBits, cellBits) {
    signal input word[RING_WORDS(cellBits)];
    input Windows() windows;
    signal output out;

    var packed = windows.row[EXPIRY_RING()];
    for (var t = EXPIRY_RING() - 1; t >= 0; t--) {
        packed = packed * (1 << PRICE_ROW_WIDTH(stepBits)) + windows.row[t];
    }
    for (var u = UNDERLYINGS() - 1; u >= 0; u--) {
        packed = packed * (1 << EDGE_WIDTH(stepBits)) + windows.bound[u];
    }
    var R = RING_WORDS(cellBits);
    var COUNT = TABLE_WORDS(cellBits);
    var words[COUNT];
    for (var i = 0; i < R; i++) {
        words[i] = word[i];
    }
    words[R] = packed;
    words[R + 1] = windows.bad;
    words[R + 2] = windows.clock;
    for (var u = 0; u < UNDERLYINGS(); u++) {
        words[R + 3 + u] = windows.used[u];
    }
    // The first hash takes sixteen words, each later one the hash so far and fifteen.
    var HASHES = (COUNT + 13) \ 15;
    component h[HASHES];
    for (var k = 0; k < HASHES; k++) {
        h[k] = Hash(16, DOMAIN_SAFETY());
        for (var j = 0; j < 16; j++) {
            var at = 15 * k + j;
            if (k > 0 && j == 0) {
                h[k].in[j] <== h[k - 1].out;
            } else if (at < COUNT) {
                h[k].in[j] <== words[at];
            } else {
                h[k].in[j] <== 0;
            }
        }
    }
    out <== h[HASHES - 1].out;
}
