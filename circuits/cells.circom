pragma circom 2.2.0;

include "certificate.circom";
include "generated/safety.circom";
include "range.circom";
include "table.circom";

// Where a leaf's certificate is counted (undertow/protocol/cells.py).

// Bits of a row within its ring.
function ROW_BITS(cellBits) { return cellBits - PLACE_BITS(); }
// Powers of the challenge: of a row within a ring, then of whole rings.
function POWERS(cellBits) { return ROW_BITS(cellBits) + 3; }

// @notice The parts of a leaf's word, from its bits.
// @input(assumes) bit: 0 or 1 each, low first; of a word as OpenCells takes it.
template EndsOf(cellBits) {
    signal input bit[CELLS_WIDTH()];
    output End(cellBits) edge[UNDERLYINGS()];
    output End(cellBits) expiry;

    assert(CELLS_WIDTH() == (UNDERLYINGS() + 1) * (CELL_WIDTH() + 2));
    for (var k = 0; k <= UNDERLYINGS(); k++) {
        var at = k * (CELL_WIDTH() + 2);
        for (var i = 0; i < CELL_WIDTH(); i++) {
            if (i >= cellBits) {
                _ <== bit[at + i];
            } else if (k < UNDERLYINGS()) {
                edge[k].bit[i] <== bit[at + i];
            } else {
                expiry.bit[i] <== bit[at + i];
            }
        }
        if (k < UNDERLYINGS()) {
            edge[k].flag <== bit[at + CELL_WIDTH()];
            edge[k].ends <== bit[at + CELL_WIDTH() + 1];
        } else {
            expiry.flag <== bit[at + CELL_WIDTH()];
            expiry.ends <== bit[at + CELL_WIDTH() + 1];
        }
    }
}

// @notice The parts of a leaf's word.
// @param cellBits Of a ring's cell; higher bits of a wider ring's are refused.
// @output(proves) edge, expiry: the only ones of this word. What is not there is zero, by (1), and
// a bad account has no edge and no cell, by (2).
// @cost 3 * cellBits + 11
template OpenCells(cellBits) {
    signal input word;
    output End(cellBits) edge[UNDERLYINGS()];
    output End(cellBits) expiry;

    signal bits[CELLS_WIDTH()] <== Bits(CELLS_WIDTH())(word);
    (edge, expiry) <== EndsOf(cellBits)(bits);
    var place[UNDERLYINGS() + 1];
    for (var k = 0; k <= UNDERLYINGS(); k++) {
        var at = k * (CELL_WIDTH() + 2);
        for (var i = 0; i < CELL_WIDTH(); i++) {
            place[k] += bits[at + i] * (1 << i);
            if (i >= cellBits) {
                bits[at + i] === 0;
            }
        }
        (1 - bits[at + CELL_WIDTH() + 1]) * (place[k] + bits[at + CELL_WIDTH()]) === 0; // (1)
    }
    expiry.flag * (edge[0].ends + edge[1].ends + place[UNDERLYINGS()]) === 0; // (2)
}

// @notice The term of one end: its counter's place in the word times its row's power of z.
// @input(assumes) end: canonical: all zero where there is none, and then the product is one.
// @cost 2 * cellBits - 2
template EndTerm(cellBits) {
    input End(cellBits) end;
    signal input power[ROW_BITS(cellBits) + 1]; // z^(2^k)
    signal output term;

    var PLACES = 1 << PLACE_BITS();
    var shift[PLACES];
    for (var i = 0; i < PLACES; i++) {
        shift[i] = 1 << (COUNTER_WIDTH() * i);
    }
    component place = Lookup(PLACE_BITS(), shift);
    for (var i = 0; i < PLACE_BITS(); i++) {
        place.bit[i] <== end.bit[i];
    }
    // By rows of the ring, and by one ring where the edge is above or the account bad.
    var N = ROW_BITS(cellBits) + 1;
    signal factor[N];
    signal product[N - 1];
    for (var k = 0; k < N; k++) {
        var before = k == 0 ? place.out : product[k == 0 ? 0 : k - 1];
        var bit = k < N - 1 ? end.bit[PLACE_BITS() + (k < N - 1 ? k : 0)] : end.flag;
        factor[k] <== bit * (power[k] - 1);
        if (k < N - 1) {
            product[k] <== before * (1 + factor[k]);
        } else {
            term <== before * (1 + factor[k]) - (1 - end.ends);
        }
    }
}

// @notice What a certificate adds to the table's polynomial at z: the sum over its ends.
// @input(assumes) edge, expiry: of an opened word.
// @cost 6 * cellBits - 4
template CellsTerm(cellBits) {
    input End(cellBits) edge[UNDERLYINGS()];
    input End(cellBits) expiry;
    signal input power[POWERS(cellBits)]; // z^(2^k)
    signal output term;

    assert(UNDERLYINGS() == 2);
    var N = ROW_BITS(cellBits) + 1;
    component at[UNDERLYINGS() + 1];
    for (var k = 0; k <= UNDERLYINGS(); k++) {
        at[k] = EndTerm(cellBits);
        if (k < UNDERLYINGS()) {
            at[k].end <== edge[k];
        } else {
            at[k].end <== expiry;
        }
        for (var i = 0; i < N; i++) {
            at[k].power[i] <== power[i];
        }
    }
    // Two rings for each underlying, then the expiries, then the bad.
    signal second <== at[1].term * power[N];
    term <== at[0].term + second + at[2].term * power[N + 1];
}
