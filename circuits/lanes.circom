pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";
include "range.circom";
include "select.circom";

// The instruments that a batch prices, and what a slot needs of the one that it acts in.

// @notice Opens the lanes' instruments.
// @output(proves) hot: 1 for each lane's instrument, else 0; the instruments ascend, so that they
// differ.
// @output(proves) word: what the set root commits of them (undertow/protocol/order_set.py).
// @cost 34 * lanes + 5 * (lanes - 1) + 1
template OpenLanes(lanes) {
    signal input instrument[lanes];
    signal output hot[lanes][INSTRUMENTS()];
    signal output word;

    var WIDTH = ORDER_INSTRUMENT_WIDTH();
    assert(1 << WIDTH == INSTRUMENTS());
    var sum = 0;
    for (var l = 0; l < lanes; l++) {
        hot[l] <== OneHot(WIDTH)(Bits(WIDTH)(instrument[l]));
        sum += instrument[l] * (1 << (WIDTH * l));
        if (l > 0) {
            Range(WIDTH)(instrument[l] - instrument[l - 1] - 1);
        }
    }
    word <== sum;
}

// @notice The line of a sheet that each lane is priced by.
// @input(assumes) hot: 1 for the lane's instrument, else 0.
// @cost 80
template ChooseEntry() {
    signal input hot[INSTRUMENTS()];
    input Entry() sheet[INSTRUMENTS()];
    output Entry() chosen;

    var N = INSTRUMENTS();
    var value[N];
    var step[N];
    var contingency[N];
    var concentration[N];
    var cell[N];
    for (var i = 0; i < N; i++) {
        value[i] = sheet[i].value;
        step[i] = sheet[i].step;
        contingency[i] = sheet[i].contingency;
        concentration[i] = sheet[i].concentration;
        cell[i] = sheet[i].cell;
    }
    chosen.value <== Dot(N)(hot, value);
    chosen.step <== Dot(N)(hot, step);
    chosen.contingency <== Dot(N)(hot, contingency);
    chosen.concentration <== Dot(N)(hot, concentration);
    chosen.cell <== Dot(N)(hot, cell);
}

// @notice The lane of an instrument.
// @input(assumes) instrument: of the lanes, all different.
// @output(proves) inLane: 1 for the lane of `wanted`, else 0.
// @output(proves) itsLane, itsClearing: of that lane; all zero, so not priced, where the batch has
// none for it.
// @cost 15 * lanes
template ChooseLane(lanes) {
    signal input wanted; // index of an instrument
    signal input instrument[lanes];
    input Lane() lane[lanes];
    input Clearing() clearing[lanes];
    signal output inLane[lanes];
    output Lane() itsLane;
    output Clearing() itsClearing;

    var FIELDS = 12;
    signal sum[lanes][FIELDS];
    for (var l = 0; l < lanes; l++) {
        inLane[l] <== IsZero()(wanted - instrument[l]);
        var field[FIELDS] = [lane[l].priced, lane[l].mark, lane[l].entry.value, lane[l].entry.step,
            lane[l].entry.contingency, lane[l].entry.concentration, lane[l].entry.cell,
            clearing[l].price, clearing[l].nextPrice, clearing[l].beyond, clearing[l].side,
            clearing[l].takerSign];
        for (var f = 0; f < FIELDS; f++) {
            if (l == 0) {
                sum[l][f] <== inLane[l] * field[f];
            } else {
                sum[l][f] <== sum[l - 1][f] + inLane[l] * field[f];
            }
        }
    }
    var last = lanes - 1;
    itsLane.priced <== sum[last][0];
    itsLane.mark <== sum[last][1];
    itsLane.entry.value <== sum[last][2];
    itsLane.entry.step <== sum[last][3];
    itsLane.entry.contingency <== sum[last][4];
    itsLane.entry.concentration <== sum[last][5];
    itsLane.entry.cell <== sum[last][6];
    itsClearing.price <== sum[last][7];
    itsClearing.nextPrice <== sum[last][8];
    itsClearing.beyond <== sum[last][9];
    itsClearing.side <== sum[last][10];
    itsClearing.takerSign <== sum[last][11];
}
