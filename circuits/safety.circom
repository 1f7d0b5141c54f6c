pragma circom 2.2.0;

include "bounds.circom";
include "cells.circom";
include "clock.circom";
include "generated/layout.circom";
include "generated/safety.circom";
include "range.circom";
include "recertify.circom";
include "rings.circom";
include "safety_table.circom";

// The safety table in a batch (undertow/engine/safety.py): every account is above maintenance, the
// touched ones by their certificates, all others because what is counted of them is not passed.

// @notice Step 2: prices, clock and windows of a batch, before its touches.
// @input(assumes) price, indexBefore, index, cell, shock: ranged. before: opened by its hash; what
// is packed there is ranged here.
// @input(assumes) after: hints, and `steps` and `anywhere` with them: bounds unique, clock and
// windows free as Clock and MoveWindow say. Its count of the bad is CloseTable's.
// @output(proves) by, power: what the slots are certified by; rowHot: of each window; bound: of the rings;
// step, steady: what takeovers are judged by.
// @cost 609 * ((5 * 2^(cellBits - 3) + 18) // 15) + 2^(stepBits - 3) + 14 * stepBits + 49 * 2^(cellBits - 4) + 6 * cellBits + 833
template OpenTable(stepBits, cellBits) {
    signal input z;
    signal input word[RING_WORDS(cellBits)];
    input Windows() before;
    input Windows() after;
    signal input price[UNDERLYINGS()]; // micro-USD per unit
    signal input indexBefore[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed
    signal input index[UNDERLYINGS()]; // the same
    signal input cell[UNDERLYINGS()]; // 2^-16 micro-USD per unit in a cell of the clock
    signal input shock[UNDERLYINGS()]; // 2^-8 of the price
    signal input steps; // of the clock
    signal input anywhere[RINGS()]; // 0 or 1
    signal input jump; // edges
    output Safeguards(cellBits) by;
    signal output power[POWERS(cellBits)]; // z^(2^k)
    signal output rowHot[RINGS()][1 << ROW_BITS(cellBits)];
    output Bound(cellBits) bound[UNDERLYINGS() + 1];
    output Steps() step;
    signal output steady; // 0 or 1: no price jumped
    signal output hash;

    var N = ROW_BITS(cellBits);
    hash <== TableHash(stepBits, cellBits)(word, before);
    component time = Clock();
    time.before <== indexBefore;
    time.after <== index;
    time.cell <== cell;
    time.used <== before.used;
    time.clock <== before.clock;
    time.steps <== steps;
    time.nextClock === after.clock;
    time.nextUsed === after.used;
    (bound, step) <== Bounds(stepBits, cellBits)(price, after.bound, after.clock);
    steady <== Steady(stepBits)(before.bound, after.bound, jump);
    for (var u = 0; u < UNDERLYINGS(); u++) {
        Range(EDGE_WIDTH(stepBits))(before.bound[u]);
    }
    component window[RINGS()];
    for (var t = 0; t < RINGS(); t++) {
        window[t] = MoveWindow(cellBits,
            t == EXPIRY_RING() ? EXPIRY_ROW_WIDTH() : PRICE_ROW_WIDTH(stepBits));
        for (var i = 0; i < 1 << N; i++) {
            window[t].word[i] <== word[(t << N) + i];
        }
        window[t].row <== before.row[t];
        window[t].next <== after.row[t];
        window[t].anywhere <== anywhere[t];
        rowHot[t] <== window[t].hot;
    }
    by.index <== index;
    by.shock <== shock;
    by.cell <== cell;
    by.clock <== after.clock;
    by.row <== after.row;
    by.rowBit <== window[EXPIRY_RING()].bits;
    for (var t = 0; t < EXPIRY_RING(); t++) {
        for (var i = 0; i < N; i++) {
            _ <== window[t].bits[i];
        }
    }
    _ <== after.bad;
    for (var k = 0; k < POWERS(cellBits); k++) {
        power[k] <== k == 0 ? z : power[k == 0 ? 0 : k - 1] * power[k == 0 ? 0 : k - 1];
    }
}

// @notice Steps 6 and 7: the table after the touches, and the claim that all is well.
// @input(assumes) word, newWord: bound with the leaves by the words that the challenge is a hash
// of. So the polynomial that (1) has at the challenge is zero, up to its degree over the field's
// order: every counter moved by what the slots say.
// @input(assumes) moved: the sum of all slots' terms. idle: hints, free (NothingPassed).
// @input(assumes) clean: a claim. It may be 0 whatever is true, and 1 only if nothing is passed,
// nobody is bad, the house is sound and no price jumped.
// @output(proves) hash: of the new table.
// @cost 609 * ((5 * 2^(cellBits - 3) + 18) // 15) + 4 * stepBits + 15 * 2^(cellBits - 3) + 5 * cellBits + 1131
template CloseTable(stepBits, cellBits) {
    signal input z;
    signal input word[RING_WORDS(cellBits)];
    signal input newWord[RING_WORDS(cellBits)];
    input Windows() before;
    input Windows() after;
    signal input rowHot[RINGS()][1 << ROW_BITS(cellBits)];
    input Bound(cellBits) bound[UNDERLYINGS() + 1];
    signal input moved;
    signal input clean; // 0 or 1
    signal input idle[RINGS()]; // 0 or 1
    signal input sound; // 0 or 1: the house's equity covers what it owes
    signal input steady; // 0 or 1: no price jumped
    signal output hash;

    var N = ROW_BITS(cellBits);
    var WORDS = RING_WORDS(cellBits);
    _ <== before;
    signal gain[WORDS];
    for (var w = WORDS - 1; w >= 0; w--) {
        var above = w == WORDS - 1 ? after.bad - before.bad : gain[w == WORDS - 1 ? w : w + 1];
        gain[w] <== above * z + newWord[w] - word[w];
    }
    gain[0] === moved; // (1)
    hash <== TableHash(stepBits, cellBits)(newWord, after);

    clean * (clean - 1) === 0;
    clean * (1 - sound) === 0;
    clean * (1 - steady) === 0;
    clean * after.bad === 0;
    component ring[RINGS()];
    for (var t = 0; t < RINGS(); t++) {
        if (t == EXPIRY_RING()) {
            ring[t] = NothingPassed(0, cellBits, EXPIRY_ROW_WIDTH());
        } else {
            ring[t] = NothingPassed(1 - t % 2, cellBits, PRICE_ROW_WIDTH(stepBits));
        }
        for (var i = 0; i < 1 << N; i++) {
            ring[t].word[i] <== newWord[(t << N) + i];
        }
        ring[t].row <== after.row[t];
        ring[t].rowHot <== rowHot[t];
        ring[t].bound <== bound[t \ 2].row;
        ring[t].boundHot <== bound[t \ 2].hot;
        ring[t].placeHot <== bound[t \ 2].place;
        ring[t].clean <== clean;
        ring[t].idle <== idle[t];
    }
}
