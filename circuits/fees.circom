pragma circom 2.2.0;

include "divide.circom";
include "nouns.circom";

// @notice What lots pay beside their price, rounded up (undertow/engine/fees.py).
// @input(assumes) lots, mark, rate: ranged.
// @output(proves) fee: 2^-16 micro-USD.
// @cost 91
template FeeOf() {
    signal input lots; // magnitude
    signal input mark; // micro-USD per lot
    signal input rate; // 2^-20 of the notional
    signal output fee;

    var SHIFT = FEE_BITS() - MONEY_BITS();
    var WIDTH = LOTS_WIDTH() + PRICE_WIDTH() + MARKET_PARAMS_TAKER_FEE_WIDTH();
    signal perLot <== mark * rate;
    fee <== FloorShift(WIDTH, SHIFT)(lots * perLot + (1 << SHIFT) - 1);
}

// @notice Whether a fill is on the side that adds to the house's skew, and so pays the taker's fee.
// @input(assumes) takerSign: -1, 0 or 1. sign: 1 or -1.
// @cost 1
template Takes() {
    signal input takerSign;
    signal input sign;
    signal output out;

    out <== takerSign * (takerSign + sign) / 2;
}
