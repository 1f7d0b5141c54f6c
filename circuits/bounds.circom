pragma circom 2.2.0;

include "cells.circom";
include "compare.circom";
include "generated/layout.circom";
include "generated/safety.circom";
include "grid.circom";
include "range.circom";
include "select.circom";

// The numbers that divide each ring into what is passed and what is not (undertow/engine/rings.py).

// Where a ring is divided into what is passed and what is not.
bus Bound(cellBits) {
    signal row;
    signal hot[1 << ROW_BITS(cellBits)]; // of the row modulo the ring's size
    signal place[1 << PLACE_BITS()]; // within the row
}

// The steps of the grid that a batch's prices are in.
bus Steps() {
    signal low[UNDERLYINGS()]; // 2^-24 micro-USD per unit: 0 below the first edge
    signal high[UNDERLYINGS()]; // the same
    signal bound[UNDERLYINGS()]; // number of the upper edge
}

// @notice A bound by its row and its place there.
// @input(assumes) bit: the number's low bits.
// @cost 3 * 2^(cellBits - 4) + 9
template SplitBound(cellBits) {
    signal input number;
    signal input bit[cellBits]; // low first
    output Bound(cellBits) bound;

    component hot = OneHot(ROW_BITS(cellBits));
    component place = OneHot(PLACE_BITS());
    var rest = number;
    for (var i = 0; i < cellBits; i++) {
        if (i < PLACE_BITS()) {
            place.bit[i] <== bit[i];
            rest -= bit[i] * (1 << i);
        } else {
            hot.bit[i - PLACE_BITS()] <== bit[i];
        }
    }
    bound.row <== rest / (1 << PLACE_BITS());
    bound.hot <== hot.out;
    bound.place <== place.out;
}

// @notice The bounds of all rings: of the prices, and of the clock.
// @input(assumes) price: ranged. number: hints, unique (PriceBound).
// @output(proves) bound: of the underlyings in order, then the number behind the clock. step: of the
// prices.
// @cost 2^(stepBits - 3) + 9 * 2^(cellBits - 4) + 410
template Bounds(stepBits, cellBits) {
    signal input price[UNDERLYINGS()]; // micro-USD per unit
    signal input number[UNDERLYINGS()];
    signal input clock; // cells
    output Bound(cellBits) bound[UNDERLYINGS() + 1];
    output Steps() step;

    component split[UNDERLYINGS() + 1];
    signal above[UNDERLYINGS()][EDGE_WIDTH(stepBits)];
    signal due[CLOCK_WIDTH()] <== Bits(CLOCK_WIDTH())(clock + 1);
    for (var u = 0; u <= UNDERLYINGS(); u++) {
        split[u] = SplitBound(cellBits);
        if (u < UNDERLYINGS()) {
            (above[u], step.low[u], step.high[u]) <== PriceBound(stepBits)(price[u], number[u]);
            step.bound[u] <== number[u];
            split[u].number <== number[u];
            for (var i = 0; i < EDGE_WIDTH(stepBits); i++) {
                if (i < cellBits) {
                    split[u].bit[i] <== above[u][i];
                } else {
                    _ <== above[u][i];
                }
            }
        } else {
            split[u].number <== clock + 1;
            for (var i = 0; i < CLOCK_WIDTH(); i++) {
                if (i < cellBits) {
                    split[u].bit[i] <== due[i];
                } else {
                    _ <== due[i];
                }
            }
        }
        bound[u] <== split[u].bound;
    }
}

// @notice Whether no price jumped since the batch before.
// @input(assumes) before, after: numbers of edges, ranged. jump: governed.
// @cost 4 * stepBits + 43
template Steady(stepBits) {
    signal input before[UNDERLYINGS()]; // first edge above the price
    signal input after[UNDERLYINGS()]; // the same
    signal input jump; // edges
    signal output steady; // 0 or 1

    assert(UNDERLYINGS() == 2);
    var W = EDGE_WIDTH(stepBits) + 1;
    assert(JUMP_WIDTH() < W);
    signal rises[UNDERLYINGS()];
    signal falls[UNDERLYINGS()];
    signal near[UNDERLYINGS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        rises[u] <== NonNegative(W)(jump - after[u] + before[u]);
        falls[u] <== NonNegative(W)(jump + after[u] - before[u]);
        near[u] <== rises[u] * falls[u];
    }
    steady <== near[0] * near[1];
}
