pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";

// The price sheet (undertow/protocol/sheet.py): per lot for the house, per unit of the underlyings for
// the accounts. Nothing of it is rounded.

// @notice Each underlying's step of the scenario grid: its instruments have one, but for those that
// are not listed and have none.
// @cost 58
template ShockOfEach() {
    input Risk() risk[INSTRUMENTS()];
    signal output shock[UNDERLYINGS()]; // 2^-8 of the price

    signal none[INSTRUMENTS()];
    signal known[INSTRUMENTS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        for (var j = 0; j < EACH(); j++) {
            var i = EACH() * u + j;
            _ <== risk[i].contingency;
            _ <== risk[i].concentration;
            if (j == 0) {
                none[i] <== 0;
                known[i] <== risk[i].shock;
            } else {
                none[i] <== IsZero()(known[i - 1]);
                known[i] <== known[i - 1] + none[i] * risk[i].shock;
            }
        }
        shock[u] <== known[EACH() * u + EACH() - 1];
        for (var i = EACH() * u; i < EACH() * (u + 1); i++) {
            risk[i].shock * (risk[i].shock - shock[u]) === 0;
        }
    }
}

// @notice What accounts are judged by of each underlying.
// @input(assumes) price, shock: ranged.
// @cost 6
template PriceUnits() {
    signal input price[UNDERLYINGS()]; // micro-USD per unit
    signal input index[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed: what a long has paid
    signal input accrual[UNDERLYINGS()]; // micro-USD per unit, signed: the same of the exit sheet
    signal input shock[UNDERLYINGS()]; // 2^-8 of the price
    input FundingRule() rule[UNDERLYINGS()];
    output Unit() unit[UNDERLYINGS()];

    for (var u = 0; u < UNDERLYINGS(); u++) {
        _ <== rule[u].deadZone;
        _ <== rule[u].velocity;
        _ <== rule[u].decay;
        _ <== rule[u].rateMax;
        unit[u].price <== price[u];
        unit[u].value <== price[u] * (1 << MONEY_BITS()) - index[u];
        unit[u].exit <== (price[u] - accrual[u]) * (1 << MONEY_BITS());
        unit[u].step <== price[u] * shock[u];
        unit[u].cell <== rule[u].cell;
        _ <== rule[u].spreadBase;
        _ <== rule[u].spreadSlope;
    }
}

// @notice Every instrument's line at these prices and funding indices.
// @input(assumes) price, units, risk: ranged.
// @cost 32
template PriceSheet() {
    signal input price[INSTRUMENTS()]; // micro-USD per lot
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    signal input index[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed: what a long has paid
    input Risk() risk[INSTRUMENTS()];
    output Entry() sheet[INSTRUMENTS()];

    for (var i = 0; i < INSTRUMENTS(); i++) {
        sheet[i].value <== price[i] * (1 << MONEY_BITS()) - units[i] * index[i \ EACH()];
        sheet[i].step <== price[i] * risk[i].shock;
        _ <== risk[i].contingency;
        _ <== risk[i].concentration;
    }
}
