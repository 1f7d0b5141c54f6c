pragma circom 2.2.0;

include "compare.circom";
include "divide.circom";
include "nouns.circom";
include "range.circom";
include "spread.circom";

// Price of a batch: the funded potential with its ratchet, a retained share and a bounded refund
// (undertow/engine/price.py). All that enters but the flow is ranged, and the flow is ranged here.

// Of the magnitude of a skew that some flow leads to, and of a flow: more is refused.
function MOVED_WIDTH() { return LOTS_WIDTH() + 2; }
function POTENTIAL_SHIFT() { return KAPPA_BITS() - MONEY_BITS(); }
function GRID_WIDTH() { return PRICE_WIDTH(); }
// Of the magnitude of a premium per lot. A flow pays at most the depth times its own size and that
// of both skews together, and steps of the grid more: at most this much, with two bits to spare.
function PREMIUM_WIDTH() {
    return MARKET_ROW_KAPPA_WIDTH() + MOVED_WIDTH() + 1 - POTENTIAL_SHIFT() + 2;
}

// @notice Depth of a market at a new mark: it rises at once and falls by at most 2^-RATCHET_SHIFT.
// @input(assumes) variance: of the underlying, at that mark.
// @output(proves) after: depth moved; released: what the pool held above its share of the
// potential, which it gave up.
// @cost 562
template AdvanceDepth() {
    input Market() market;
    input Pricing() pricing;
    signal input variance; // 2^-40
    output Market() after;
    signal output released;

    _ <== pricing.flowCap;
    // What volatility asks for, in bounds, and half of it as depth.
    var WANTED = UNDERLYING_VARIANCE_WIDTH() + PRICING_DEPTH_PER_VARIANCE_WIDTH();
    var SHIFT = VARIANCE_BITS() + DEPTH_PER_VARIANCE_BITS() - DEPTH_BITS();
    signal wanted <== FloorShift(WANTED, SHIFT)(variance * pricing.depthPerVariance);
    signal floored <== Larger(WANTED - SHIFT)(wanted, pricing.depthMin);
    signal coefficient <== Smaller(WANTED - SHIFT)(floored, pricing.depthMax);
    assert(DEPTH_BITS() == KAPPA_BITS());
    assert(PRICE_WIDTH() + PRICING_DEPTH_MAX_WIDTH() <= MARKET_ROW_KAPPA_WIDTH() + 1);
    signal target <== FloorShift(PRICE_WIDTH() + PRICING_DEPTH_MAX_WIDTH(), 1)(
        market.mark * coefficient + 1);

    // The ratchet.
    var KAPPA = MARKET_ROW_KAPPA_WIDTH();
    signal fall <== FloorShift(KAPPA, RATCHET_SHIFT())(market.row.kappa);
    signal kappa <== Larger(KAPPA)(target, market.row.kappa - fall);
    signal square <== market.skew.magnitude * market.skew.magnitude;
    signal potential <== kappa * square;
    var SHARE = KAPPA + 2 * LOTS_WIDTH() + PRICING_KEEP_WIDTH();
    signal ceiling <== FloorShift(SHARE, POTENTIAL_SHIFT() + KEEP_BITS())(pricing.keep * potential);
    assert(SHARE - POTENTIAL_SHIFT() - KEEP_BITS() <= MARKET_ROW_POOL_WIDTH() + 1);
    released <== Larger(MARKET_ROW_POOL_WIDTH())(market.row.pool - ceiling, 0);

    after.skew <== market.skew;
    after.mark <== market.mark;
    after.row.pool <== market.row.pool - released;
    after.row.kappa <== kappa;
}

// What the house offers in one market; all of it is fixed before the flow is known.
bus Supply() {
    Signed() skew;
    signal kappa; // 2^-32 micro-USD per lot squared
    signal keep; // 2^-8: the pool's share of what builds the skew
    signal pool; // 2^-16 micro-USD
    signal refund; // 2^-16 micro-USD: most that unwinding a lot is paid
    signal grid; // 2^-16 micro-USD: a premium is a multiple of it
    signal spread; // steps of the grid: half of what buyers and sellers of a flow lie apart
    signal square; // of the skew
    signal potential; // kappa * square
}

// @notice What the house offers at a mark.
// @input(assumes) skew, kappa, keep, pool, mark, makerFee, spread: ranged.
// @cost 107
template OpenSupply() {
    input Signed() skew;
    signal input kappa; // 2^-32 micro-USD per lot squared
    signal input keep; // 2^-8
    signal input pool; // 2^-16 micro-USD
    signal input mark; // micro-USD per lot
    signal input makerFee; // 2^-20 of the notional
    signal input spread; // steps of the grid
    output Supply() supply;

    supply.skew <== skew;
    supply.kappa <== kappa;
    supply.keep <== keep;
    supply.pool <== pool;
    supply.spread <== spread;
    // Both fees of a round trip: a power of two less is left out than of one.
    var FEES = PRICE_WIDTH() + MARKET_PARAMS_MAKER_FEE_WIDTH();
    supply.refund <== FloorShift(FEES, FEE_BITS() - MONEY_BITS() - 1)(mark * makerFee);
    var STEPS = PRICE_WIDTH() + BITS_FOR(GRID_FACTOR());
    supply.grid <== FloorShift(STEPS, GRID_SHIFT())(mark * GRID_FACTOR() + (1 << GRID_SHIFT()));
    assert(STEPS - GRID_SHIFT() <= GRID_WIDTH());
    supply.square <== skew.magnitude * skew.magnitude;
    supply.potential <== kappa * supply.square;
}

// What a move of the skew comes to, 2^-16 micro-USD each.
bus Move() {
    signal paid; // by all users together, signed
    signal left; // of the pool that was there
    signal grown; // potential, of which the pool takes its share
    signal crosses; // 0 or 1: the signs of both skews differ
}

// @notice What users pay for a move from the skew to another one, and what it does to the pool.
// @input(assumes) end, size: ranged; size: magnitude of the move.
// @output(proves) move: one of three branches. A move that ends at zero skew, or starts from it,
// falls in another branch than in Python with the same values: the pool is zero there.
template MoveSkew() {
    input Supply() supply;
    input Signed() end;
    signal input size; // lots
    output Move() move;

    _ <== supply.skew.value;
    _ <== end.value;
    _ <== supply.keep;
    _ <== supply.grid;
    _ <== supply.spread;
    var negative = supply.skew.negative;
    signal crosses <== negative + end.negative - 2 * negative * end.negative;
    move.crosses <== crosses;
    signal grows <== NonNegative(MOVED_WIDTH())(end.magnitude - supply.skew.magnitude);
    signal shrinks <== (1 - crosses) * (1 - grows);
    signal square <== end.magnitude * end.magnitude;
    signal potential <== supply.kappa * square;
    signal share <== supply.pool * square;
    // crosses: kappa end^2 / 2^16; grows: kappa (end^2 - skew^2) / 2^16; shrinks: what stays of the
    // pool, pool end^2 / skew^2. Exactly one applies, since crossing wins over growing.
    var ONE = 1 << POTENTIAL_SHIFT();
    signal lifted <== (1 - crosses) * supply.potential;
    signal numerator <== potential - lifted + shrinks * (share - potential + supply.potential);
    signal denominator <== ONE + shrinks * (supply.square - ONE);
    signal due <== FloorDivide(MARKET_ROW_POOL_WIDTH(), 2 * LOTS_WIDTH())(
        numerator + denominator - 1, denominator);
    signal stays <== shrinks * due;
    move.grown <== due - stays;

    // The pool is freed whole when the skew crosses, and is not when it grows; of what is freed
    // users get no more than the refund for each lot that unwinds.
    var turns = crosses + shrinks;
    signal freed <== turns * supply.pool - stays;
    signal unwound <== supply.skew.magnitude + shrinks * (size - supply.skew.magnitude);
    signal most <== supply.refund * unwound;
    signal least <== Smaller(MARKET_ROW_POOL_WIDTH())(freed, most);
    signal back <== turns * least;
    move.paid <== move.grown - back;
    move.left <== supply.pool - freed;
}

// The house's quote for a net flow.
bus Quote() {
    signal none; // 0 or 1: no flow
    signal sign; // 1 or -1: of the flow or, without one, of the lot that reduces the skew
    signal premium; // 2^-16 micro-USD per lot, signed: over the mark
    signal skew; // lots: magnitude of the skew that the premium is for
    Move() move; // of the flow or, without one, of that lot
}

// @notice The premium and half spread that a net flow leads to, and what it does to the pool. At
// zero flow the premium is that of the first lot that would reduce the skew, without the spread.
// @output(proves) quote: for a flow and a new skew below 2^MOVED_WIDTH; more is refused.
// @cost 664
template QuoteFlow() {
    input Supply() supply;
    signal input toFlat; // lots, signed: one lot that reduces the skew, 0 where there is none
    signal input flow; // lots, signed
    output Quote() quote;

    quote.none <== IsZero()(flow);
    signal effective <== flow + quote.none * toFlat;
    component size = Absolute(MOVED_WIDTH());
    size.in <== effective;
    Signed() end;
    end.value <== supply.skew.value + effective;
    (end.magnitude, end.negative) <== Absolute(MOVED_WIDTH())(end.value);
    quote.skew <== end.magnitude;
    quote.move <== MoveSkew()(supply, end, size.magnitude);

    // sign * grid * ceil(paid / (size grid)), lifted by 2^PREMIUM_WIDTH to be positive.
    var LIFT = 1 << PREMIUM_WIDTH();
    signal nothing <== IsZero()(size.magnitude);
    signal divisor <== (size.magnitude + nothing) * supply.grid;
    signal lifted <== FloorDivide(PREMIUM_WIDTH() + 2, MOVED_WIDTH() + 1 + GRID_WIDTH())(
        quote.move.paid + divisor - 1 + divisor * LIFT, divisor);
    quote.sign <== 1 - 2 * size.negative;
    signal steps <== quote.sign * (lifted - LIFT);
    // A flow pays the half spread, whichever way it goes.
    assert(SPREAD_WIDTH() + GRID_WIDTH() < PREMIUM_WIDTH());
    signal trades <== quote.sign * (1 - quote.none);
    signal apart <== trades * supply.spread;
    quote.premium <== (steps + apart) * supply.grid;
}
