pragma circom 2.2.0;

include "accrual.circom";
include "compare.circom";
include "divide.circom";
include "nouns.circom";

// Step 2 for one underlying: funding and variance at a new mark (undertow/engine/funding.py). All
// that enters is ranged: the row and the skews when they were written, the rule by whoever governs.

// Of the magnitude of a rate.
function RATE_WIDTH() { return FUNDING_RULE_RATE_MAX_WIDTH(); }

// @notice How a rate moves in some seconds at one skew: with it up to a bound, or back to zero.
// @input(assumes) skew: below 2^NET_WIDTH in magnitude. rate: below 2^RATE_WIDTH. elapsed: ranged.
// @output(proves) end: the rate afterwards, below the same; area: twice its integral. Only the
// division's quotient is a hint, and it has one value.
// @cost 610
template FundingRamp() {
    signal input rate; // 2^-72 of the notional per second, signed
    signal input skew; // units, signed
    signal input elapsed; // seconds
    input FundingRule() rule;
    signal output end;
    signal output area; // 2^-73 of the notional, signed

    _ <== rule.lead;
    component net = Absolute(NET_WIDTH());
    net.in <== skew;
    signal active <== NonNegative(NET_WIDTH())(net.magnitude - rule.deadZone);
    signal falls <== NonNegative(RATE_WIDTH())(rate);
    // Up with a positive skew, or against a negative rate; a rate of zero is at its bound.
    signal turned <== active * (net.negative - falls);
    signal sign <== 1 - 2 * (turned + falls);

    var STEEPNESS = FUNDING_RULE_VELOCITY_WIDTH() + NET_WIDTH();
    assert(FUNDING_RULE_DECAY_WIDTH() <= STEEPNESS);
    signal pull <== rule.velocity * net.magnitude;
    signal steepness <== active * (pull - rule.decay) + rule.decay;
    signal bound <== active * rule.rateMax;
    signal target <== sign * bound;
    signal run <== steepness * elapsed;
    // How far the rate may still go.
    signal way <== Larger(RATE_WIDTH() + 1)(bound - sign * rate, 0);
    var RUN = STEEPNESS + SEALED_TIME_WIDTH();
    assert(RATE_WIDTH() + 1 <= RUN);
    signal reaches <== NonNegative(RUN)(run - way);
    signal level <== IsZero()(steepness);
    signal square <== way * way;
    var SQUARE = 2 * (RATE_WIDTH() + 1);
    signal lag <== FloorDivide(SQUARE, STEEPNESS)(reaches * square, steepness + level);

    signal moved <== rate + sign * run;
    end <== moved + reaches * (target - moved);
    signal free <== (rate + moved) * elapsed;
    signal late <== sign * lag;
    signal held <== 2 * target * elapsed - late;
    area <== free + reaches * (held - free);
}

// @notice How the mean of the squared return moves, by which depth follows volatility.
// @input(assumes) lastPrice: not 0.
// @output(proves) change: of `variance`, 2^-32; a return beyond 100% counts as 100%.
template Variance() {
    signal input price; // micro-USD per unit
    signal input lastPrice; // micro-USD per unit
    signal input variance; // 2^-32
    signal output change;

    signal moved <== Magnitude(PRICE_WIDTH())(price - lastPrice);
    var WIDTH = PRICE_WIDTH() + RETURN_BITS();
    signal ratio <== FloorDivide(WIDTH, PRICE_WIDTH())(moved * (1 << RETURN_BITS()), lastPrice);
    signal one <== Smaller(WIDTH)(ratio, (1 << RETURN_BITS()) - 1);
    assert(2 * RETURN_BITS() == VARIANCE_BITS());
    change <== FloorShift(UNDERLYING_VARIANCE_WIDTH(), VARIANCE_SHIFT())(one * one - variance);
}

// @notice An underlying's funding index in money: what a long of one unit has paid.
// @input(assumes) funding: below 2^121 in magnitude: twice the widest rate at the highest price for
// 2^32 seconds. What is not has no witness.
// @cost 124
template FundingIndex() {
    signal input funding; // 2^-73 micro-USD per unit, signed
    signal output index; // 2^-16 micro-USD per unit, signed

    index <== FloorShift(UNDERLYING_FUNDING_WIDTH(), FUNDING_BITS() - MONEY_BITS())(funding);
}

// @notice An underlying at a new mark. The first one only sets it: there is neither skew nor rate.
// @output(proves) after: rate, index and variance moved; index, accrual: of it.
// @cost 1189
template AdvanceFunding() {
    input Underlying() before;
    input FundingRule() rule;
    signal input skew; // units, signed: net of all users, while the time passed
    signal input price; // micro-USD per unit
    signal input elapsed; // seconds
    output Underlying() after;
    signal output index; // 2^-16 micro-USD per unit, signed
    signal output accrual; // micro-USD per unit, signed

    signal area;
    (after.fundingRate, area) <== FundingRamp()(before.fundingRate, skew, elapsed, rule);
    after.funding <== before.funding + area * price;
    signal first <== IsZero()(before.price);
    signal change <== Variance()(price, before.price + first, before.variance);
    after.variance <== before.variance + (1 - first) * change;
    after.price <== price;
    index <== FundingIndex()(after.funding);
    accrual <== Accrual()(index, price);
}
