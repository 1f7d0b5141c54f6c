pragma circom 2.2.0;

include "accrual.circom";
include "compare.circom";
include "divide.circom";
include "nouns.circom";

// Step 2: funding and variance of one market at a new mark (undertow/engine/funding.py). All that
// enters is ranged: the row and the skew when they were written, the rule by whoever governs.

// @notice How the funding rate moves in some seconds: with the skew, which stops counting at the
// saturation.
// @output(proves) change: of `rate`, 2^-40 of the notional per second.
template FundingRate() {
    input Signed() skew;
    signal input rate; // 2^-40 of the notional per second
    signal input elapsed; // seconds
    input Pricing() pricing;
    signal output change;

    _ <== skew.value;
    _ <== pricing.depthMin;
    _ <== pricing.depthMax;
    _ <== pricing.depthPerVariance;
    signal active <== NonNegative(LOTS_WIDTH())(skew.magnitude - pricing.fundingDeadZone);
    signal counted <== Smaller(LOTS_WIDTH())(skew.magnitude, pricing.fundingSaturation);
    signal signedLots <== counted * (1 - 2 * skew.negative);
    signal velocity <== pricing.fundingVelocity * signedLots;
    var SHIFT = FUNDING_VELOCITY_BITS() - FUNDING_RATE_BITS();
    var WIDTH = PRICING_FUNDING_VELOCITY_WIDTH() + LOTS_WIDTH() + MARKET_ROW_TIME_WIDTH();
    signal step <== FloorShift(WIDTH, SHIFT)(velocity * elapsed);
    // A rate is smaller than a step, and so than the bits that one more needs.
    assert(PRICING_FUNDING_RATE_MAX_WIDTH() < WIDTH - SHIFT);
    signal capped <== Smaller(WIDTH - SHIFT + 1)(rate + step, pricing.fundingRateMax);
    signal clamped <== Larger(WIDTH - SHIFT + 1)(capped, -pricing.fundingRateMax);
    change <== active * (clamped - rate);
}

// @notice How the mean of the squared return moves, by which depth follows volatility.
// @input(assumes) lastPrice: not 0.
// @output(proves) change: of `variance`, 2^-32; a return beyond 100% counts as 100%.
template Variance() {
    signal input price; // micro-USD per lot
    signal input lastPrice; // micro-USD per lot
    signal input variance; // 2^-32
    signal output change;

    signal moved <== Magnitude(PRICE_WIDTH())(price - lastPrice);
    var WIDTH = PRICE_WIDTH() + RETURN_BITS();
    signal ratio <== FloorDivide(WIDTH, PRICE_WIDTH())(moved * (1 << RETURN_BITS()), lastPrice);
    signal one <== Smaller(WIDTH)(ratio, (1 << RETURN_BITS()) - 1);
    assert(2 * RETURN_BITS() == VARIANCE_BITS());
    change <== FloorShift(MARKET_ROW_VARIANCE_WIDTH(), VARIANCE_SHIFT())(one * one - variance);
}

// @notice A market at a new mark. The first mark of a market only sets it.
// @output(proves) after: rate, index, accrual and variance moved; depth and pool are as they were.
// `time` is not before the last one.
// @cost 934
template AdvanceFunding() {
    input Market() market;
    input Pricing() pricing;
    signal input price; // micro-USD per lot
    signal input time; // seconds
    output Market() after;

    _ <== market.row.accrual;
    signal first <== IsZero()(market.row.price);
    signal known <== 1 - first;
    signal elapsed <== time - market.row.time;
    Range(MARKET_ROW_TIME_WIDTH())(elapsed);

    signal moves <== FundingRate()(market.skew, market.row.fundingRate, elapsed, pricing);
    signal newRate <== market.row.fundingRate + known * moves;

    // The index takes the mean of both rates over the time between the marks.
    var SHIFT = FUNDING_RATE_BITS() - MONEY_BITS() + 1;
    var WIDTH = PRICING_FUNDING_RATE_MAX_WIDTH() + 1 + PRICE_WIDTH() + MARKET_ROW_TIME_WIDTH();
    signal perSecond <== (market.row.fundingRate + newRate) * price;
    signal paid <== FloorShift(WIDTH, SHIFT)(perSecond * elapsed);
    signal decay <== Variance()(price, market.row.price + first, market.row.variance);

    after.skew <== market.skew;
    after.funding <== market.funding + known * paid;
    after.row.pool <== market.row.pool;
    after.row.kappa <== market.row.kappa;
    after.row.fundingRate <== newRate;
    after.row.variance <== market.row.variance + known * decay;
    after.row.price <== price;
    after.row.time <== time;
    after.row.accrual <== Accrual()(after.funding, price);
}
