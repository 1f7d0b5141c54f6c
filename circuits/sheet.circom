pragma circom 2.2.0;

include "divide.circom";
include "nouns.circom";

// The price sheet's lines of perpetuals (undertow/protocol/sheet.py).

// Widths of what a line holds.
function STEP_SHIFT() { return STEP_UNIT_BITS() + SHOCK_BITS() - MONEY_BITS(); }
function STEP_WIDTH() { return PRICE_WIDTH() + RISK_SHOCK_WIDTH() - STEP_SHIFT(); }
function CONTINGENCY_WIDTH() { return PRICE_WIDTH() + RISK_CONTINGENCY_WIDTH(); }
// Half the concentration is what a lot adds for each lot held.
function CONCENTRATION_SHIFT() { return DEPTH_BITS() - MONEY_BITS() + 1; }
function CONCENTRATION_WIDTH() {
    return PRICE_WIDTH() + RISK_CONCENTRATION_WIDTH() - CONCENTRATION_SHIFT();
}

// @notice Every instrument's line at these prices and funding indices.
// @input(assumes) price, units, risk: ranged.
// @cost 1680
template PriceSheet() {
    signal input price[INSTRUMENTS()]; // micro-USD per lot
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    signal input index[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed: what a long has paid
    input Risk() risk[INSTRUMENTS()];
    output Entry() sheet[INSTRUMENTS()];

    // A price times a contingency is counted in money as it stands.
    assert(CONTINGENCY_BITS() == MONEY_BITS());
    for (var i = 0; i < INSTRUMENTS(); i++) {
        sheet[i].value <== price[i] * (1 << MONEY_BITS())
            - units[i] * index[i \ EACH()];
        sheet[i].step <== FloorShift(STEP_WIDTH() + STEP_SHIFT(), STEP_SHIFT())(
            price[i] * risk[i].shock + (1 << STEP_SHIFT()) - 1);
        sheet[i].contingency <== price[i] * risk[i].contingency;
        sheet[i].concentration <== FloorShift(CONCENTRATION_WIDTH() + CONCENTRATION_SHIFT(),
            CONCENTRATION_SHIFT())(
            price[i] * risk[i].concentration + (1 << CONCENTRATION_SHIFT()) - 1);
    }
}
