pragma circom 2.2.0;

include "generated/safety.circom";
include "grid.circom";
include "maintenance.circom";
include "nouns.circom";
include "range.circom";

// A certificate: up to where an account stays above maintenance (undertow/engine/certificate.py).

// One end of a certificate as the leaf has it.
bus End(cellBits) {
    signal bit[cellBits]; // of the cell, low first
    signal flag; // 0 or 1: an edge above; of the expiry, that the account is bad
    signal ends; // 0 or 1: there is an end
}

// Of a slope's magnitude: the add-ons are the larger part.
function SLOPE_WIDTH() { return ADD_ON_WIDTH() + 1; }
// Of the least surplus: an account of more money than any equity is not certified.
function LEAST_WIDTH() { return EQUITY_WIDTH() + SURPLUS_BITS() - MONEY_BITS() + GRID_BITS() + 1; }

// @notice Requires that a certificate is true of an account, at any price and time before its end.
// The surplus is a line of both prices, so its least value over all prices on the right sides of
// the edges is at the edges; without an edge, at a price of zero. That the ends lie ahead is not
// asked: what is behind counts as overdue.
// @param stepBits, cellBits The price grid and the rings.
// @input(assumes) free, slope, gross: of the account after the slot. cell: ranged.
// @input(assumes) edge, expiry: canonical, as OpenCells proves; edge of the underlyings in order.
// @input(assumes) high: a hint, the bits of an edge's number above the cell's: unique, since the
// window is as long as the ring. wrap: a hint; unique, since the cell has one place in the window.
// @cost 2 * 2^(stepBits - 5) + cellBits + 405
template Certify(stepBits, cellBits) {
    signal input free; // 2^-16 micro-USD, signed
    signal input slope[UNDERLYINGS()]; // 2^-33 per micro-USD of the price, signed
    signal input gross[UNDERLYINGS()]; // units
    signal input cell[UNDERLYINGS()]; // 2^-16 micro-USD per unit in a cell of the clock
    signal input clock; // cells
    signal input row[RINGS()]; // first of each ring's window
    signal input rowBit[cellBits - PLACE_BITS()]; // of the expiries' first row, low first
    input End(cellBits) edge[UNDERLYINGS()];
    input End(cellBits) expiry;
    signal input high[UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits]; // low first
    signal input wrap; // 0 or 1

    assert(UNDERLYINGS() == 2);
    var W = EDGE_WIDTH(stepBits);
    // Nothing here reaches the field's order: the largest is a slope at the largest edge.
    assert(SLOPE_WIDTH() + GRID_BITS() + (1 << POWER_WIDTH()) + 2 < 253);
    assert(LEAST_WIDTH() < 253);
    var bad = expiry.flag;
    var total = free * (1 << (SURPLUS_BITS() - MONEY_BITS() + GRID_BITS()));
    component price[UNDERLYINGS()];
    signal window[UNDERLYINGS()];
    signal inside[UNDERLYINGS()];
    signal losing[UNDERLYINGS()];
    signal at[UNDERLYINGS()];
    signal term[UNDERLYINGS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        var above = edge[u].flag;
        price[u] = Edge(stepBits);
        var number = 0;
        for (var i = 0; i < W; i++) {
            if (i < cellBits) {
                price[u].bit[i] <== edge[u].bit[i];
            } else {
                high[u][i - cellBits] * (high[u][i - cellBits] - 1) === 0;
                price[u].bit[i] <== high[u][i - cellBits];
            }
            number += price[u].bit[i] * (1 << i);
        }
        // The number lies in its ring's window.
        window[u] <== row[2 * u] + above * (row[2 * u + 1] - row[2 * u]);
        inside[u] <== edge[u].ends * (number - (1 << PLACE_BITS()) * window[u]);
        Range(cellBits)(inside[u]);
        // The account loses on the edge's side alone. Of a bad one there is neither edge nor side.
        losing[u] <== slope[u] * (1 - 2 * above - bad);
        Range(SLOPE_WIDTH())(losing[u]);
        at[u] <== edge[u].ends * price[u].price;
        term[u] <== slope[u] * at[u];
        total += term[u];
    }
    // The expiry's place in its window.
    var place = 0;
    var first = 0;
    for (var i = 0; i < cellBits; i++) {
        place += expiry.bit[i] * (1 << i);
        if (i >= PLACE_BITS()) {
            first += rowBit[i - PLACE_BITS()] * (1 << i);
        }
    }
    wrap * (wrap - 1) === 0;
    var ahead = place - first + wrap * (1 << cellBits);
    Range(cellBits)(ahead);
    // Without an expiry nothing is held, so nothing can drift.
    (1 - expiry.ends) * (gross[0] + gross[1]) === 0;
    signal half <== gross[0] * cell[0];
    signal each <== half + gross[1] * cell[1];
    signal drift <== each * ((1 << PLACE_BITS()) * row[EXPIRY_RING()] + ahead - clock);
    signal least <== (1 - bad) * (total
        - drift * (1 << (SURPLUS_BITS() - MONEY_BITS() + GRID_BITS())));
    Range(LEAST_WIDTH())(least);
}
