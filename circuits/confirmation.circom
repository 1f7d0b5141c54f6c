pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";
include "price.circom";

// @notice What the owner of a fill is told of its price (undertow/engine/confirmation.py).
// @input(assumes) fee: 0 without a fill.
// @output(proves) confirmation: all of it 0 without a fill.
// @cost 5
template ConfirmFill() {
    signal input fill; // lots, signed
    signal input fee; // 2^-16 micro-USD
    signal input index; // 2^-16 micro-USD per unit, signed
    signal input premium; // 2^-16 micro-USD per lot, signed
    signal input share; // 255ths
    output Confirmation() confirmation;

    assert(PREMIUM_WIDTH() <= CONFIRMATION_PREMIUM_WIDTH());
    assert(UNDERLYING_FUNDING_WIDTH() - FUNDING_BITS() + MONEY_BITS() < CONFIRMATION_INDEX_WIDTH());
    signal nothing <== IsZero()(fill);
    confirmation.share <== share - nothing * share;
    confirmation.fee <== fee;
    confirmation.index <== index - nothing * index;
    confirmation.premium <== premium - nothing * premium;
}
