pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";

// What margin needs to know of an account, as it stands and after a trade
// (undertow/engine/margin.py). Perpetuals of one underlying move alike, so their steps are summed.

// How many 2^-33 micro-USD, in which margin is counted, are in the unit of a contingency.
function CONTINGENCY_UNIT() { return 1 << (REQUIREMENT_BITS() - CONTINGENCY_BITS()); }

// @notice Equity, add-ons, loss of one step and cells of the clock, from an account's positions.
// @cost 85
template OpenBook() {
    signal input cash; // 2^-16 micro-USD, signed
    input Signed() position[INSTRUMENTS()];
    input Entry() sheet[INSTRUMENTS()];
    output Book() book;

    var N = INSTRUMENTS();
    signal worth[N];
    signal moves[N];
    signal concentrated[N];
    signal addOn[N];
    signal cell[N];
    var equity = cash;
    var addOns = 0;
    var cells = 0;
    var loss[UNDERLYINGS()];
    for (var i = 0; i < N; i++) {
        _ <== position[i].negative;
        worth[i] <== position[i].value * sheet[i].value;
        moves[i] <== position[i].value * sheet[i].step;
        concentrated[i] <== position[i].magnitude * sheet[i].concentration;
        addOn[i] <== position[i].magnitude
            * (sheet[i].contingency * CONTINGENCY_UNIT() + concentrated[i]);
        cell[i] <== position[i].magnitude * sheet[i].cell;
        equity += worth[i];
        addOns += addOn[i];
        cells += cell[i];
        loss[i \ (N \ UNDERLYINGS())] += moves[i];
    }
    book.equity <== equity;
    book.addOns <== addOns;
    book.loss <== loss;
    book.cells <== cells;
}

// @notice Whether something is held that is halted.
// @input(assumes) position: magnitudes ranged, so their sum is zero only if each is.
// @output(proves) holds: 0 or 1.
// @cost 20
template HoldsHalted() {
    signal input halted[INSTRUMENTS()]; // 0 or 1
    input Signed() position[INSTRUMENTS()];
    signal output holds;

    signal held[INSTRUMENTS()];
    var lots = 0;
    for (var i = 0; i < INSTRUMENTS(); i++) {
        _ <== position[i].negative;
        _ <== position[i].value;
        held[i] <== halted[i] * position[i].magnitude;
        lots += held[i];
    }
    signal none <== IsZero()(lots);
    holds <== 1 - none;
}

// @notice The book after a trade in one instrument.
// @input(assumes) before, after: the position's magnitudes; the trade is between them.
// @output(proves) later: the book with the trade's cost, and its add-ons and losses.
// @cost 9
template TradeBook() {
    input Book() book;
    input Entry() entry;
    signal input second; // 0 or 1: of the second underlying
    signal input before; // lots, magnitude
    signal input after; // lots, magnitude
    signal input size; // lots, signed
    signal input over; // micro-USD per lot, signed: what a lot costs above its mark
    signal input fee; // 2^-16 micro-USD
    output Book() later;

    _ <== entry.value;
    assert(UNDERLYINGS() == 2);
    signal cost <== size * over;
    // a^2 - b^2 = (a - b) (a + b): the contingency's product takes the concentration along.
    signal concentrated <== (after + before) * entry.concentration;
    signal moves <== size * entry.step;
    signal movesSecond <== moves * second;
    later.equity <== book.equity - cost * (1 << MONEY_BITS()) - fee;
    later.addOns <== book.addOns
        + (after - before) * (entry.contingency * CONTINGENCY_UNIT() + concentrated);
    later.cells <== book.cells + (after - before) * entry.cell;
    later.loss[0] <== book.loss[0] + moves - movesSecond;
    later.loss[1] <== book.loss[1] + movesSecond;
}
