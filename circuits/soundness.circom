pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";

// Whether the house is sound (undertow/engine/soundness.py).

// @notice The users' units after the lanes' flows.
// @input(assumes) skew, units, hot, lane, market: as the batch opened them. left: magnitudes of the
// lanes' skews afterwards.
// @output(proves) net, gross: of each underlying; nothing nets in the second.
// @cost 36 + 4 * lanes
template SkewUnits(lanes) {
    input Signed() skew[INSTRUMENTS()];
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    signal input hot[lanes][INSTRUMENTS()];
    input Lane() lane[lanes];
    input Market() market[lanes]; // before its flow
    signal input left[lanes]; // lots, magnitude
    signal input flow[lanes]; // lots, signed
    signal output net[UNDERLYINGS()]; // units, signed
    signal output gross[UNDERLYINGS()]; // units

    assert(UNDERLYINGS() == 2);
    signal all[INSTRUMENTS()];
    signal own[INSTRUMENTS()];
    var sum[UNDERLYINGS()];
    var total[UNDERLYINGS()];
    for (var i = 0; i < INSTRUMENTS(); i++) {
        _ <== skew[i].negative;
        all[i] <== skew[i].magnitude * units[i];
        own[i] <== skew[i].value * units[i];
        total[i \ EACH()] += all[i];
        sum[i \ EACH()] += own[i];
    }
    signal moves[lanes];
    signal grows[lanes];
    signal movesSecond[lanes];
    signal growsSecond[lanes];
    for (var l = 0; l < lanes; l++) {
        var second = 0;
        for (var i = EACH(); i < INSTRUMENTS(); i++) {
            second += hot[l][i];
        }
        moves[l] <== flow[l] * lane[l].units;
        grows[l] <== (left[l] - market[l].skew.magnitude) * lane[l].units;
        movesSecond[l] <== second * moves[l];
        growsSecond[l] <== second * grows[l];
        sum[0] += moves[l] - movesSecond[l];
        sum[1] += movesSecond[l];
        total[0] += grows[l] - growsSecond[l];
        total[1] += growsSecond[l];
        for (var i = 0; i < EACH(); i++) {
            _ <== hot[l][i];
        }
        _ <== lane[l].priced;
        _ <== lane[l].mark;
        _ <== lane[l].contingency;
        _ <== lane[l].concentration;
        _ <== market[l].mark;
        _ <== market[l].row;
        _ <== market[l].skew.negative;
        _ <== market[l].skew.value;
    }
    net <== sum;
    gross <== total;
}

// @notice Whether what the house owns covers what it owes, and a step of the exit sheet on each unit
// of its skew.
// @input(assumes) net, gross, unit: of ranged numbers; ledger: far narrower than the field.
// @output(proves) sound: 0 or 1.
// @cost 138
template HouseIsSound() {
    input Ledger() ledger;
    signal input net[UNDERLYINGS()]; // units, signed: of all users
    signal input gross[UNDERLYINGS()]; // units
    input Unit() unit[UNDERLYINGS()];
    signal output sound;

    // A thousand times an equity that cash of its width can make.
    var WIDTH = LEDGER_HOUSE_CASH_WIDTH() + BITS_FOR(ACCRUAL_STEPS()) + 1;
    assert(WIDTH < 251);
    _ <== ledger.insurance;
    _ <== ledger.sumCash;
    _ <== ledger.badDebt;
    _ <== ledger.openInterest;
    signal worth[UNDERLYINGS()];
    signal rounding[UNDERLYINGS()];
    var equity = ledger.houseCash + ledger.feePool;
    var steps = 0;
    for (var u = 0; u < UNDERLYINGS(); u++) {
        _ <== unit[u].exit;
        _ <== unit[u].step;
        _ <== unit[u].cell;
        worth[u] <== net[u] * unit[u].value;
        rounding[u] <== gross[u] * (unit[u].price + ACCRUAL_STEPS());
        equity -= worth[u];
        steps += rounding[u];
    }
    sound <== NonNegative(WIDTH)(equity * ACCRUAL_STEPS() - steps * (1 << MONEY_BITS()));
}

// @notice Since the marks of which time no batch has been clean.
// @input(assumes) before: 0 where the last one was. clean: 0 or 1. time: never 0.
// @output(proves) after: 0 where this one is.
// @cost 4
template UncleanSince() {
    signal input before; // seconds
    signal input clean;
    signal input time; // seconds, of the marks
    signal output after; // seconds

    signal first <== IsZero()(before);
    signal since <== before + first * (time - before);
    after <== (1 - clean) * since;
}

// @notice Whether withdrawals are paid: a batch was clean no longer ago than the grace.
// @input(assumes) since: 0 or a time no later than `time`. grace: governed.
// @output(proves) pays: 0 or 1.
// @cost 38
template Pays() {
    signal input since; // seconds: UncleanSince
    signal input time; // seconds, of the marks
    signal input grace; // seconds
    signal output pays;

    signal last <== IsZero()(since);
    signal passed <== NonNegative(SEALED_TIME_WIDTH())(time - since - grace);
    pays <== 1 - (1 - last) * passed;
}
