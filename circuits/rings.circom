pragma circom 2.2.0;

include "cells.circom";
include "compare.circom";
include "generated/safety.circom";
include "range.circom";
include "select.circom";

// The rings' windows and what is passed (undertow/engine/rings.py). A window's rows stand in the
// ring from its first row modulo the ring's size on, round the end.

// @notice The sum of a ring's rows from one on to before another, round the ring's end.
// @param rows How many the ring has.
// @input(assumes) from, to: 1 at those rows, else 0. count: how many rows lie between, or that less
// the ring's size; the sum is then negative. The differences between neighbours in the mask of these
// rows are known, and their number fixes the rest.
// @cost rows
template SumBetween(rows) {
    signal input word[rows];
    signal input from[rows];
    signal input to[rows];
    signal input count;
    signal output out;

    _ <== from[0];
    _ <== to[0];
    var mask[rows];
    var sum = 0;
    for (var i = 1; i < rows; i++) {
        mask[i] = mask[i - 1] + from[i] - to[i];
        sum += mask[i];
    }
    signal part[rows - 1];
    for (var i = 0; i < rows; i++) {
        var own = mask[i] + (count - sum) / rows;
        if (i == 0) {
            part[0] <== own * word[0];
        } else if (i < rows - 1) {
            part[i] <== part[i - 1] + own * word[i];
        } else {
            out <== part[i - 1] + own * word[i];
        }
    }
}

// @notice Moves a ring's window, or not; what leaves it is empty.
// @param width Of a row's number.
// @input(assumes) word: sums of counters below 2^COUNTER_WIDTH, so that none of their sums wraps.
// @input(assumes) next: a hint, free: any window that leaves nothing behind. anywhere: a hint, 1
// for a window that moves by more than a ring's rows, which needs an empty ring.
// @output(proves) bits, hot: of the window's first row modulo the ring's size.
// @cost 2 * width + 4 * 2^(cellBits - 3) + cellBits + 1
template MoveWindow(cellBits, width) {
    var N = ROW_BITS(cellBits);
    var ROWS = 1 << N;
    signal input word[ROWS]; // before the batch's touches
    signal input row;
    signal input next;
    signal input anywhere; // 0 or 1
    signal output bits[N];
    signal output hot[ROWS];

    signal old[width] <== Bits(width)(row);
    signal new[width] <== Bits(width)(next);
    component was = OneHot(N);
    component is = OneHot(N);
    for (var i = 0; i < width; i++) {
        if (i < N) {
            was.bit[i] <== old[i];
            is.bit[i] <== new[i];
            bits[i] <== new[i];
        } else {
            _ <== old[i];
            _ <== new[i];
        }
    }
    hot <== is.out;
    anywhere * (anywhere - 1) === 0;
    signal moved <== (1 - anywhere) * (next - row + ROWS);
    Range(N + 1)(moved);
    // Of a move downwards the sum is negative, which makes no difference to one that is zero.
    signal leaving <== SumBetween(ROWS)(word, was.out, is.out, next - row);
    var all = 0;
    for (var i = 0; i < ROWS; i++) {
        all += word[i];
    }
    (1 - anywhere) * leaving === 0;
    anywhere * all === 0;
}

// @notice Requires, where `clean` is claimed, that nothing in a ring is passed.
// @param upwards 1: numbers from the bound on are passed; 0: those below it.
// @param width Of a row's number, the bound's included.
// @input(assumes) word: as of MoveWindow, after the batch's touches. rowHot, boundHot: of rows
// modulo the ring's size; place: of the bound within its row.
// @input(assumes) clean: 0 or 1, a claim: 0 asks for nothing. idle: a hint, 1 only of an empty ring.
// @cost width + 2 * 2^(cellBits - 3) + cellBits + 217
template NothingPassed(upwards, cellBits, width) {
    var ROWS = 1 << ROW_BITS(cellBits);
    var PLACES = 1 << PLACE_BITS();
    signal input word[ROWS];
    signal input row; // first of the window
    signal input rowHot[ROWS];
    signal input bound; // its row
    signal input boundHot[ROWS];
    signal input placeHot[PLACES];
    signal input clean;
    signal input idle;

    var all = 0;
    for (var i = 0; i < ROWS; i++) {
        all += word[i];
    }
    idle * (idle - 1) === 0;
    idle * all === 0;
    signal asked <== clean * (1 - idle);
    // How many rows of the window are passed whole; below zero, not even the bound's own is in it.
    var whole = upwards == 1 ? row + ROWS - 1 - bound : bound - row;
    signal reaches <== NonNegative(width + 1)(whole);
    signal counts <== asked * reaches;
    signal rows <== counts * whole;
    Range(ROW_BITS(cellBits))(rows);
    component full = SumBetween(ROWS);
    full.word <== word;
    full.count <== whole;
    for (var i = 0; i < ROWS; i++) {
        // Behind the bound's row up to the window's end, or from its start to before that row.
        full.from[i] <== upwards == 1 ? boundHot[(i + ROWS - 1) % ROWS] : rowHot[i];
        full.to[i] <== upwards == 1 ? rowHot[i] : boundHot[i];
    }
    // The bound's own row in parts.
    signal split <== Dot(ROWS)(boundHot, word);
    signal bits[PLACES * COUNTER_WIDTH()] <== Bits(PLACES * COUNTER_WIDTH())(split);
    var upTo = 0;
    signal part[PLACES];
    for (var p = 0; p < PLACES; p++) {
        var counter = 0;
        for (var b = 0; b < COUNTER_WIDTH(); b++) {
            counter += bits[COUNTER_WIDTH() * p + b] * (1 << b);
        }
        upTo += placeHot[p];
        part[p] <== (p == 0 ? 0 : part[p == 0 ? 0 : p - 1]) + (upwards == 1 ? upTo : 1 - upTo) * counter;
    }
    counts * (full.out + part[PLACES - 1]) === 0;
}
