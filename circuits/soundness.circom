pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";

// @notice Whether what the house owns covers what it owes, and a step of the exit sheet on each unit
// of its skew (undertow/engine/soundness.py).
// @input(assumes) skew, units, price: ranged; ledger and index: far narrower than the field.
// @output(proves) sound: 0 or 1.
// @cost 170
template HouseIsSound() {
    input Ledger() ledger;
    input Signed() skew[INSTRUMENTS()];
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    signal input price[UNDERLYINGS()]; // micro-USD per unit
    signal input index[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed: what a long has paid
    signal output sound;

    // A thousand times an equity that cash of its width can make.
    var WIDTH = LEDGER_HOUSE_CASH_WIDTH() + BITS_FOR(ACCRUAL_STEPS()) + 1;
    assert(WIDTH < 251);
    _ <== ledger.insurance;
    _ <== ledger.sumCash;
    var EACH = INSTRUMENTS() \ UNDERLYINGS();
    signal gross[INSTRUMENTS()];
    signal net[INSTRUMENTS()];
    signal worth[UNDERLYINGS()];
    signal rounding[UNDERLYINGS()];
    var equity = ledger.houseCash + ledger.feePool;
    var steps = 0;
    for (var u = 0; u < UNDERLYINGS(); u++) {
        var all = 0;
        var sum = 0;
        for (var i = EACH * u; i < EACH * (u + 1); i++) {
            _ <== skew[i].value;
            gross[i] <== skew[i].magnitude * units[i];
            net[i] <== gross[i] * (1 - 2 * skew[i].negative);
            all += gross[i];
            sum += net[i];
        }
        worth[u] <== sum * (price[u] * (1 << MONEY_BITS()) - index[u]);
        rounding[u] <== all * (price[u] + ACCRUAL_STEPS());
        equity -= worth[u];
        steps += rounding[u];
    }
    sound <== NonNegative(WIDTH)(equity * ACCRUAL_STEPS() - steps * (1 << MONEY_BITS()));
}
