pragma circom 2.2.0;

include "compare.circom";
include "divide.circom";
include "nouns.circom";
include "root.circom";

// Variance of an underlying and the half spread that follows from it (undertow/engine/spread.py).

// Of the magnitude of a deviation: a root that is rounded up may be the least that does not fit.
function DEVIATION_WIDTH() { return UNDERLYING_VARIANCE_WIDTH() / 2 + 1; }
// Of a half spread, in steps of the grid.
function SPREAD_WIDTH() {
    return DEVIATION_WIDTH() + FUNDING_RULE_SPREAD_SLOPE_WIDTH() - SPREAD_SLOPE_BITS() + 1;
}

// @notice How the mean of the squared return moves at a new price, rounded up.
// @input(assumes) price, lastPrice: ranged; lastPrice: not 0. variance: ranged.
// @input(assumes) seconds: those that count, 1 to 2^VARIANCE_TIME_BITS.
// @output(proves) change: of `variance`; a return beyond 2^-RETURN_SHIFT counts as that.
// The mean stays in its width: a price adds less than 2^-(VARIANCE_SHIFT + 2 RETURN_SHIFT), and a
// second takes as large a part of what would not fit.
// @cost 189
template Variance() {
    signal input price; // micro-USD per unit
    signal input lastPrice; // micro-USD per unit
    signal input variance; // 2^-40
    signal input seconds;
    signal output change;

    var MOST = RETURN_BITS() - RETURN_SHIFT();
    signal moved <== Magnitude(UNIT_PRICE_WIDTH())(price - lastPrice);
    signal small <== NonNegative(UNIT_PRICE_WIDTH() + RETURN_SHIFT())(
        lastPrice - moved * (1 << RETURN_SHIFT()) - 1);
    signal counted <== small * moved;
    signal ratio <== FloorDivide(MOST, UNIT_PRICE_WIDTH())(
        counted * (1 << RETURN_BITS()), lastPrice);
    var one = ratio + (1 - small) * ((1 << MOST) - 1);
    assert(2 * RETURN_BITS() == VARIANCE_BITS());
    assert(VARIANCE_SHIFT() + 2 * RETURN_SHIFT() >= VARIANCE_SHIFT() + VARIANCE_TIME_BITS());
    signal learnt <== one * one;
    signal forgotten <== variance * seconds;
    signal less <== FloorShift(UNDERLYING_VARIANCE_WIDTH() + VARIANCE_TIME_BITS(),
        VARIANCE_TIME_BITS() + VARIANCE_SHIFT())(
        forgotten - learnt * (1 << VARIANCE_TIME_BITS()));
    change <== -less;
}

// @notice The half spread of an underlying's perpetuals, rounded up.
// @input(assumes) base, slope: ranged.
// @output(proves) steps: of the grid; below 2^SPREAD_WIDTH.
// @cost 110
template HalfSpread() {
    signal input variance; // 2^-40
    signal input base; // steps of the grid
    signal input slope; // 2^-16 steps for each 2^-20 of the deviation
    signal output steps;

    assert(FUNDING_RULE_SPREAD_BASE_WIDTH() < SPREAD_WIDTH());
    signal deviation <== SquareRoot(DEVIATION_WIDTH() - 1)(variance);
    signal product <== deviation * slope;
    signal wide <== FloorShift(DEVIATION_WIDTH() + FUNDING_RULE_SPREAD_SLOPE_WIDTH(),
        SPREAD_SLOPE_BITS())(product + (1 << SPREAD_SLOPE_BITS()) - 1);
    steps <== base + wide;
}

// @notice The half spreads of all underlyings.
// @input(assumes) underlying: at the new marks.
template HalfSpreads() {
    input Underlying() underlying[UNDERLYINGS()];
    input FundingRule() rule[UNDERLYINGS()];
    signal output steps[UNDERLYINGS()];

    for (var u = 0; u < UNDERLYINGS(); u++) {
        _ <== underlying[u].funding;
        _ <== underlying[u].fundingRate;
        _ <== underlying[u].price;
        _ <== rule[u].deadZone;
        _ <== rule[u].velocity;
        _ <== rule[u].decay;
        _ <== rule[u].rateMax;
        _ <== rule[u].cell;
        steps[u] <== HalfSpread()(underlying[u].variance, rule[u].spreadBase,
            rule[u].spreadSlope);
    }
}
