pragma circom 2.2.0;

include "accrual.circom";
include "compare.circom";
include "divide.circom";
include "nouns.circom";
include "range.circom";
include "spread.circom";
include "words.circom";

// Step 2 for the underlyings: funding and variance at new marks (undertow/engine/funding.py). All
// that enters is ranged: the row and the skews when they were written, the rule by whoever governs.

// Of the magnitude of a rate.
function RATE_WIDTH() { return FUNDING_RULE_RATE_MAX_WIDTH(); }

// @notice How a rate moves in some seconds at one skew: with it up to a bound, or back to zero.
// @input(assumes) skew: below 2^NET_WIDTH in magnitude. rate: below 2^RATE_WIDTH. elapsed: ranged.
// @output(proves) end: the rate afterwards, below the same; area: twice its integral. Only the
// division's quotient is a hint, and it has one value.
// @cost 585
template FundingRamp() {
    signal input rate; // 2^-72 of the notional per second, signed
    signal input skew; // units, signed
    signal input elapsed; // seconds
    input FundingRule() rule;
    signal output end;
    signal output area; // 2^-73 of the notional, signed

    _ <== rule.cell;
    _ <== rule.spreadBase;
    _ <== rule.spreadSlope;
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

// @notice An underlying's funding index in money: what a long of one unit has paid.
// @input(assumes) funding: below 2^111 in magnitude: twice the widest rate at the highest price for
// 2^32 seconds. What is not has no witness.
// @cost 114
template FundingIndex() {
    signal input funding; // 2^-73 micro-USD per unit, signed
    signal output index; // 2^-16 micro-USD per unit, signed

    index <== FloorShift(UNDERLYING_FUNDING_WIDTH(), FUNDING_BITS() - MONEY_BITS())(funding);
}

// @notice The funding indices of all underlyings in money.
// @cost 228
template FundingIndices() {
    input Underlying() underlying[UNDERLYINGS()];
    signal output index[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed

    for (var u = 0; u < UNDERLYINGS(); u++) {
        _ <== underlying[u].fundingRate;
        _ <== underlying[u].variance;
        _ <== underlying[u].price;
        index[u] <== FundingIndex()(underlying[u].funding);
    }
}

// @notice An underlying at a new mark. Before the first one there is no rate, and no time passes.
// @input(assumes) halts: 0 or 1. counted: `elapsed`, at most 2^VARIANCE_TIME_BITS.
// @output(proves) after: rate and index moved, and variance where the mark is a price; index,
// accrual: of it.
// @cost 1051
template AdvanceFunding() {
    input Underlying() before;
    input FundingRule() rule;
    signal input skew; // units, signed: net of all users, while the time passed
    signal input mark; // micro-USD per unit
    signal input halts; // 0 or 1: the mark is no price
    signal input elapsed; // seconds
    signal input counted; // seconds that variance forgets
    output Underlying() after;
    signal output index; // 2^-16 micro-USD per unit, signed
    signal output accrual; // micro-USD per unit, signed

    signal none <== IsZero()(mark);
    signal seconds <== (1 - none) * elapsed;
    signal area;
    (after.fundingRate, area) <== FundingRamp()(before.fundingRate, skew, seconds, rule);
    after.funding <== before.funding + area * mark;
    signal first <== IsZero()(before.price);
    signal change <== Variance()(mark, before.price + first, before.variance, counted);
    signal prices <== (1 - first) * (1 - halts);
    signal still <== IsZero()(counted);
    signal learns <== prices * (1 - still);
    after.variance <== before.variance + learns * change;
    after.price <== mark + halts * (before.price - mark);
    index <== FundingIndex()(after.funding);
    accrual <== Accrual()(index, mark);
}

// @notice The underlyings at their marks.
// @input(assumes) skew, units, price: ranged. halted: 0 or 1 each.
// @output(proves) after: as the next batch finds them; index: of each, in money; accruals: their
// only packing, since each fits its width.
// @output(proves) elapsed: not negative; a price that is older than the last one has no witness.
// @cost 2191
template AdvanceUnderlyings() {
    input Underlying() before[UNDERLYINGS()];
    input FundingRule() rule[UNDERLYINGS()];
    input Signed() skew[INSTRUMENTS()];
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    signal input price[UNDERLYINGS()]; // micro-USD per unit
    signal input halted[UNDERLYINGS()]; // 0 or 1
    signal input elapsed; // seconds since the last batch's prices
    output Underlying() after[UNDERLYINGS()];
    signal output index[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed
    signal output accruals; // micro-USD per unit, packed

    Range(SEALED_TIME_WIDTH())(elapsed);
    signal counted <== Smaller(SEALED_TIME_WIDTH())(elapsed, 1 << VARIANCE_TIME_BITS());
    signal held[INSTRUMENTS()];
    signal accrued[UNDERLYINGS()];
    signal lifted[UNDERLYINGS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        var net = 0;
        for (var i = EACH() * u; i < EACH() * (u + 1); i++) {
            _ <== skew[i].magnitude;
            _ <== skew[i].negative;
            held[i] <== units[i] * skew[i].value;
            net += held[i];
        }
        (after[u], index[u], accrued[u]) <== AdvanceFunding()(before[u], rule[u], net,
            price[u], halted[u], elapsed, counted);
        lifted[u] <== accrued[u] + (1 << (ACCRUAL_WIDTH() - 1));
    }
    assert(ACCRUAL_WORDS() == 1);
    signal word[1] <== PackWords(UNDERLYINGS(), ACCRUAL_WIDTH(), ACCRUALS_PER_WORD())(lifted);
    accruals <== word[0];
}
