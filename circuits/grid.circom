pragma circom 2.2.0;

include "compare.circom";
include "generated/layout.circom";
include "generated/safety.circom";
include "range.circom";
include "table.circom";

// The edges of the price grid, and where a price stands among them (undertow/engine/grid.py).

// Bits of an edge's number.
function EDGE_WIDTH(stepBits) { return POWER_WIDTH() + stepBits; }

// @notice An edge, from the bits of its number.
// @param stepBits A doubling has 2^stepBits steps.
// @input(assumes) bit: 0 or 1 each, low first.
// @output(proves) price: 2^-GRID_BITS micro-USD per unit; edges ascend with their numbers.
// @cost 2^(stepBits - 5) - stepBits + 17
template Edge(stepBits) {
    signal input bit[EDGE_WIDTH(stepBits)];
    signal output price;

    var LOW = stepBits - HIGH_BITS();
    var FACTORS[1 << LOW_FACTORS_BITS()] = LOW_FACTORS();
    var own[1 << LOW];
    for (var i = 0; i < 1 << LOW; i++) {
        own[i] = FACTORS[i << (LOW_FACTORS_BITS() - LOW)];
    }
    component low = Lookup(LOW, own);
    for (var i = 0; i < LOW; i++) {
        low.bit[i] <== bit[i];
    }
    component high = Lookup(HIGH_BITS(), HIGH_FACTORS());
    for (var i = 0; i < HIGH_BITS(); i++) {
        high.bit[i] <== bit[LOW + i];
    }
    // The whole doublings.
    signal power[POWER_WIDTH() - 1];
    for (var k = 1; k < POWER_WIDTH(); k++) {
        var before = k == 1 ? 1 + bit[stepBits] : power[k - 2];
        power[k - 1] <== before * (1 + bit[stepBits + k] * ((1 << (1 << k)) - 1));
    }
    signal mantissa <== low.out * high.out;
    price <== mantissa * power[POWER_WIDTH() - 2];
}

// @notice The first edge above a price.
// @param stepBits A doubling has 2^stepBits steps.
// @input(assumes) price: ranged, 0 where there is none. bound: a hint; unique, since edges ascend:
// by (1) no edge below it is above the price, by (2) it is.
// @output(proves) bit: of the bound, low first; it is 0 where the price is. low, high: the edges on
// both sides of the price, 0 below the first one.
// @cost 2^(stepBits - 4) + 174
template PriceBound(stepBits) {
    signal input price; // micro-USD per unit
    signal input bound; // number of an edge
    signal output bit[EDGE_WIDTH(stepBits)];
    signal output low; // 2^-GRID_BITS micro-USD per unit
    signal output high; // the same

    var W = EDGE_WIDTH(stepBits);
    var SCALED = PRICE_WIDTH() + GRID_BITS();
    bit <== Bits(W)(bound);
    signal none <== IsZero()(bound);
    signal below[W] <== Bits(W)(bound - 1 + none);
    signal under <== Edge(stepBits)(below);
    high <== Edge(stepBits)(bit);
    low <== (1 - none) * under;
    Range(SCALED)(price * (1 << GRID_BITS()) - low); // (1)
    Range(SCALED)(high - 1 - price * (1 << GRID_BITS())); // (2)
}
