pragma circom 2.2.0;

include "nouns.circom";

// The price sheet's lines of perpetuals (undertow/protocol/sheet.py). Nothing of them is rounded.

// Widths of what a line holds.
function STEP_WIDTH() { return PRICE_WIDTH() + RISK_SHOCK_WIDTH(); }
function CONTINGENCY_WIDTH() { return PRICE_WIDTH() + RISK_CONTINGENCY_WIDTH(); }
function CONCENTRATION_WIDTH() { return PRICE_WIDTH() + RISK_CONCENTRATION_WIDTH(); }
function CELL_WIDTH() { return UNIT_WIDTH() + FUNDING_RULE_CELL_WIDTH(); }

// @notice Every instrument's line at these prices and funding indices.
// @input(assumes) price, units, risk, rule: ranged.
// @cost 80
template PriceSheet() {
    signal input price[INSTRUMENTS()]; // micro-USD per lot
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    signal input index[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed: what a long has paid
    input Risk() risk[INSTRUMENTS()];
    input FundingRule() rule[UNDERLYINGS()];
    output Entry() sheet[INSTRUMENTS()];

    for (var u = 0; u < UNDERLYINGS(); u++) {
        _ <== rule[u].deadZone;
        _ <== rule[u].velocity;
        _ <== rule[u].decay;
        _ <== rule[u].rateMax;
        _ <== rule[u].spreadBase;
        _ <== rule[u].spreadSlope;
    }
    // A price times a contingency is counted in money as it stands, and half a price times a
    // concentration in what margin is counted in.
    assert(CONTINGENCY_BITS() == MONEY_BITS());
    assert(DEPTH_BITS() + 1 == REQUIREMENT_BITS());
    for (var i = 0; i < INSTRUMENTS(); i++) {
        sheet[i].value <== price[i] * (1 << MONEY_BITS()) - units[i] * index[i \ EACH()];
        sheet[i].step <== price[i] * risk[i].shock;
        sheet[i].contingency <== price[i] * risk[i].contingency;
        sheet[i].concentration <== price[i] * risk[i].concentration;
        sheet[i].cell <== units[i] * rule[i \ EACH()].cell;
    }
}
