pragma circom 2.2.0;

include "compare.circom";
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

// An account as its certificate is judged.
bus Line() {
    signal free; // 2^-16 micro-USD, signed: in no price
    signal slope[UNDERLYINGS()]; // 2^-33 per micro-USD of each price, signed
}

// Of a slope's magnitude: the add-ons are the larger part.
function SLOPE_WIDTH() { return ADD_ON_WIDTH() + 1; }
// Of the least surplus: an account of more money than any equity is not certified.
function LEAST_WIDTH() { return EQUITY_WIDTH() + SURPLUS_BITS() - MONEY_BITS() + GRID_BITS() + 1; }

// What the certificates of a batch or a run are judged by.
bus Safeguards(cellBits) {
    signal index[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed: what a long has paid
    signal shock[UNDERLYINGS()]; // 2^-8 of the price: a step of the scenario grid
    signal cell[UNDERLYINGS()]; // 2^-16 micro-USD per unit in a cell of the clock
    signal clock; // cells
    signal row[RINGS()]; // first of each ring's window
    signal rowBit[cellBits - PLACE_BITS()]; // of the expiries' first row, low first
}

// @notice What has to be above zero for a certificate to be true of an account, at any price and
// time before its end. The surplus is a line of both prices, so its least value over all prices on
// the right sides of the edges is at the edges; without an edge, at a price of zero. That the ends
// lie ahead is not asked: what is behind counts as overdue.
// @param stepBits, cellBits The price grid and the rings.
// @input(assumes) held, cash: of the account. edge, expiry: canonical, as OpenCells proves.
// @input(assumes) high: a hint, the bits of an edge's number above the cell's: unique, since the
// window is as long as the ring. wrap: a hint; unique, since the cell has one place in the window.
// @input(assumes) taken: 0 or 1: what is held is about to go, so nothing can drift.
// @output(proves) losing: of each underlying, the slope towards the edge, 0 of a bad account; least:
// surplus at the ends; without an expiry nothing is held. Nothing here reaches the field's order.
// @output(proves) line, drift: what they follow from; number, until: of the ends, whatever they are
// where there is none.
// @cost 2 * 2^(stepBits - 5) + cellBits + 70
template Measure(stepBits, cellBits) {
    input Safeguards(cellBits) by;
    input Holdings() held;
    signal input cash; // 2^-16 micro-USD, signed
    input End(cellBits) edge[UNDERLYINGS()];
    input End(cellBits) expiry;
    signal input high[UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits]; // low first
    signal input wrap; // 0 or 1
    signal input taken;
    output Line() line;
    signal output drift; // 2^-16 micro-USD in a cell of the clock
    signal output number[UNDERLYINGS()]; // of the edges
    signal output until; // cells of the clock, to the expiry, signed
    signal output losing[UNDERLYINGS()]; // 2^-33 per micro-USD of the price, signed
    signal output least; // 2^-57 micro-USD, signed

    assert(UNDERLYINGS() == 2);
    var W = EDGE_WIDTH(stepBits);
    var SCALE = SURPLUS_BITS() - MONEY_BITS() + GRID_BITS();
    // The largest is a slope at the largest edge.
    assert(SLOPE_WIDTH() + GRID_BITS() + (1 << POWER_WIDTH()) + 2 < 253);
    assert(LEAST_WIDTH() < 253);
    (line.free, line.slope) <== MaintenanceLine()(held, cash, by.index, by.shock);
    var total = line.free * (1 << SCALE);
    component price[UNDERLYINGS()];
    signal window[UNDERLYINGS()];
    signal inside[UNDERLYINGS()];
    signal reached[UNDERLYINGS()];
    signal term[UNDERLYINGS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        var above = edge[u].flag;
        price[u] = Edge(stepBits);
        var at = 0;
        for (var i = 0; i < W; i++) {
            if (i < cellBits) {
                price[u].bit[i] <== edge[u].bit[i];
            } else {
                high[u][i - cellBits] * (high[u][i - cellBits] - 1) === 0;
                price[u].bit[i] <== high[u][i - cellBits];
            }
            at += price[u].bit[i] * (1 << i);
        }
        number[u] <== at;
        // The number lies in its ring's window.
        window[u] <== by.row[2 * u] + above * (by.row[2 * u + 1] - by.row[2 * u]);
        inside[u] <== edge[u].ends * (at - (1 << PLACE_BITS()) * window[u]);
        Range(cellBits)(inside[u]);
        // Of a bad account there is neither edge nor side.
        losing[u] <== line.slope[u] * (1 - 2 * above - expiry.flag);
        reached[u] <== edge[u].ends * price[u].price;
        term[u] <== line.slope[u] * reached[u];
        total += term[u];
    }
    // The expiry's place in its window.
    var place = 0;
    var first = 0;
    for (var i = 0; i < cellBits; i++) {
        place += expiry.bit[i] * (1 << i);
        if (i >= PLACE_BITS()) {
            first += by.rowBit[i - PLACE_BITS()] * (1 << i);
        }
    }
    wrap * (wrap - 1) === 0;
    var ahead = place - first + wrap * (1 << cellBits);
    Range(cellBits)(ahead);
    // Without an expiry nothing is held, so nothing can drift.
    (1 - expiry.ends - taken) * (held.gross[0] + held.gross[1]) === 0;
    signal half <== held.gross[0] * by.cell[0];
    drift <== half + held.gross[1] * by.cell[1];
    until <== (1 << PLACE_BITS()) * by.row[EXPIRY_RING()] + ahead - by.clock;
    signal drifts <== drift * until;
    least <== (1 - expiry.flag) * (total - drifts * (1 << SCALE));
}

// @notice Whether what a leaf holds is still true of it: what a withdrawal asks.
// @input(assumes) as Measure; edge, expiry: counted in the table, so they lie in their windows.
// @output(proves) stands: 0 or 1; 0 of a bad account.
// @cost 2 * 2^(stepBits - 5) + cellBits + 398
template Stands(stepBits, cellBits) {
    input Safeguards(cellBits) by;
    input Holdings() held;
    signal input cash; // 2^-16 micro-USD, signed
    input End(cellBits) edge[UNDERLYINGS()];
    input End(cellBits) expiry;
    signal input high[UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits];
    signal input wrap;
    signal output stands;

    component is = Measure(stepBits, cellBits);
    is.by <== by;
    is.held <== held;
    is.cash <== cash;
    is.edge <== edge;
    is.expiry <== expiry;
    is.high <== high;
    is.wrap <== wrap;
    is.taken <== 0;
    _ <== is.line;
    _ <== is.drift;
    _ <== is.number;
    _ <== is.until;
    signal first <== NonNegative(SLOPE_WIDTH())(is.losing[0]);
    signal second <== NonNegative(SLOPE_WIDTH())(is.losing[1]);
    signal left <== NonNegative(LEAST_WIDTH())(is.least);
    signal loses <== first * second;
    signal good <== left * (1 - expiry.flag);
    stands <== loses * good;
}
