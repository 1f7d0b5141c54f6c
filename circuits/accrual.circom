pragma circom 2.2.0;

include "divide.circom";
include "nouns.circom";
include "range.circom";

// The exit sheet's funding (undertow/engine/accrual.py).

// Of how many times a price holds ACCRUAL_STEPS micro-USD.
function PART_WIDTH() { return UNIT_PRICE_WIDTH() - BITS_FOR(ACCRUAL_STEPS()) + 1; }

// @notice A funding index rounded down to a whole number of the price's steps.
// @input(assumes) index: below 2^54 in magnitude, as undertow/protocol/accruals.py argues; then
// the quotient fits its width, and what does not fit is refused. price: ranged.
// @output(proves) accrual: micro-USD per unit, signed; fits ACCRUAL_WIDTH with half the range added.
// @cost 150
template Accrual() {
    signal input index; // 2^-16 micro-USD per unit, signed
    signal input price; // micro-USD per unit: the mark
    signal output accrual;

    signal part <== FloorDivide(PART_WIDTH(), BITS_FOR(ACCRUAL_STEPS()))(price, ACCRUAL_STEPS());
    var step = part + 1;
    // Lifted by half the range of quotients, so that what is divided is not negative.
    var LIFT = 1 << (ACCRUAL_WIDTH() - 1);
    signal lifted <== FloorDivide(ACCRUAL_WIDTH(), PART_WIDTH() + MONEY_BITS())(
        index + LIFT * step * (1 << MONEY_BITS()), step * (1 << MONEY_BITS()));
    accrual <== (lifted - LIFT) * step;
}
