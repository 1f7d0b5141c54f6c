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
// @cost 27 * lanes + 5 * (lanes - 1) + 1
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

// @notice What a lane's instrument is margined by, and what the house takes it at.
// @input(assumes) hot: 1 for the lane's instrument, else 0.
// @cost 48
template ChooseEntry() {
    signal input hot[INSTRUMENTS()];
    input Entry() sheet[INSTRUMENTS()];
    input Risk() risk[INSTRUMENTS()];
    signal output value; // 2^-16 micro-USD per lot, signed
    signal output contingency; // 2^-16 of the notional
    signal output concentration; // 2^-32 per lot

    var N = INSTRUMENTS();
    var values[N];
    var contingencies[N];
    var concentrations[N];
    for (var i = 0; i < N; i++) {
        _ <== sheet[i].step;
        _ <== risk[i].shock;
        values[i] = sheet[i].value;
        contingencies[i] = risk[i].contingency;
        concentrations[i] = risk[i].concentration;
    }
    value <== Dot(N)(hot, values);
    contingency <== Dot(N)(hot, contingencies);
    concentration <== Dot(N)(hot, concentrations);
}

// @notice The lane of an instrument.
// @input(assumes) instrument: of the lanes, all different.
// @output(proves) inLane: 1 for the lane of `wanted`, else 0.
// @output(proves) itsLane, itsClearing: of that lane; all zero, so not priced, where the batch has
// none for it.
// @cost 14 * lanes
template ChooseLane(lanes) {
    signal input wanted; // index of an instrument
    signal input instrument[lanes];
    input Lane() lane[lanes];
    input Clearing() clearing[lanes];
    signal output inLane[lanes];
    output Lane() itsLane;
    output Clearing() itsClearing;

    var FIELDS = 11;
    signal sum[lanes][FIELDS];
    for (var l = 0; l < lanes; l++) {
        inLane[l] <== IsZero()(wanted - instrument[l]);
        var field[FIELDS] = [lane[l].priced, lane[l].mark, lane[l].units, lane[l].contingency,
            lane[l].concentration, clearing[l].price, clearing[l].nextPrice, clearing[l].beyond,
            clearing[l].side, clearing[l].takerSign, clearing[l].share];
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
    itsLane.units <== sum[last][2];
    itsLane.contingency <== sum[last][3];
    itsLane.concentration <== sum[last][4];
    itsClearing.price <== sum[last][5];
    itsClearing.nextPrice <== sum[last][6];
    itsClearing.beyond <== sum[last][7];
    itsClearing.side <== sum[last][8];
    itsClearing.takerSign <== sum[last][9];
    itsClearing.share <== sum[last][10];
}
