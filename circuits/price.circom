pragma circom 2.2.0;

include "compare.circom";
include "divide.circom";
include "nouns.circom";

// Price of a batch: the funded potential with its ratchet (undertow/engine/price.py). All that
// enters but the flow is ranged, and the flow is ranged here.

// Of the magnitude of a skew that some flow leads to, and of a flow: more is refused.
function MOVED_WIDTH() { return LOTS_WIDTH() + 2; }
function POTENTIAL_SHIFT() { return KAPPA_BITS() - MONEY_BITS(); }
// Of the magnitude of a premium per lot. A flow pays at most the depth times its own size and that
// of both skews together, so at most this much per lot, with two bits to spare.
function PREMIUM_WIDTH() {
    return MARKET_ROW_KAPPA_WIDTH() + MOVED_WIDTH() + 1 - POTENTIAL_SHIFT() + 2;
}

// @notice Depth of a market at a new mark: it rises at once and falls by at most 2^-RATCHET_SHIFT.
// @input(assumes) variance: of the underlying, at that mark.
// @output(proves) after: depth moved; the pool gave up what it held above the potential.
// @output(proves) released: 2^-16 micro-USD that the pool gave up.
// @cost 544
template AdvanceDepth() {
    input Market() market;
    input Pricing() pricing;
    signal input variance; // 2^-32
    output Market() after;
    signal output released;

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
    var POTENTIAL = KAPPA + 2 * LOTS_WIDTH();
    signal ceiling <== FloorShift(POTENTIAL, POTENTIAL_SHIFT())(
        kappa * square + (1 << POTENTIAL_SHIFT()) - 1);
    assert(POTENTIAL - POTENTIAL_SHIFT() <= MARKET_ROW_POOL_WIDTH());
    released <== Larger(MARKET_ROW_POOL_WIDTH())(market.row.pool - ceiling, 0);

    after.skew <== market.skew;
    after.mark <== market.mark;
    after.row.pool <== market.row.pool - released;
    after.row.kappa <== kappa;
}

// What the house offers in one market, whatever the flow.
bus Supply() {
    Signed() skew;
    signal kappa; // 2^-32 micro-USD per lot squared
    signal pool; // 2^-16 micro-USD
    signal square; // of the skew
    signal potential; // kappa * square
}

// @notice The pool once users' net position moved from the skew to another one.
// @input(assumes) end: ranged.
// @output(proves) pool: one of three branches. A move that ends at zero skew, or starts from it,
// falls in another branch than in Python with the same value: the pool is zero there.
template PoolAfter() {
    input Supply() supply;
    input Signed() end;
    signal output pool;

    _ <== supply.skew.value;
    _ <== end.value;
    var negative = supply.skew.negative;
    signal crosses <== negative + end.negative - 2 * negative * end.negative;
    signal grows <== NonNegative(MOVED_WIDTH())(end.magnitude - supply.skew.magnitude);
    signal shrinks <== (1 - crosses) * (1 - grows);
    signal square <== end.magnitude * end.magnitude;
    signal potential <== supply.kappa * square;
    signal share <== supply.pool * square;
    // crosses: kappa end^2 / 2^16; grows: pool + kappa (end^2 - skew^2) / 2^16;
    // shrinks: pool end^2 / skew^2. Exactly one applies, since crossing wins over growing.
    var ONE = 1 << POTENTIAL_SHIFT();
    signal lifted <== (1 - crosses) * supply.potential;
    signal numerator <== potential - lifted + shrinks * (share - potential + supply.potential);
    signal denominator <== ONE + shrinks * (supply.square - ONE);
    signal due <== FloorDivide(MARKET_ROW_POOL_WIDTH(), 2 * LOTS_WIDTH())(
        numerator + denominator - 1, denominator);
    signal keeps <== (1 - crosses - shrinks) * supply.pool;
    pool <== keeps + due;
}

// The house's quote for a net flow.
bus Quote() {
    signal none; // 0 or 1: no flow
    signal sign; // 1 or -1: of the flow or, without one, of the lot that reduces the skew
    signal premium; // 2^-16 micro-USD per lot, signed: over the mark
    signal pool; // 2^-16 micro-USD: after the flow or, without one, after that lot
    signal skew; // lots: magnitude of the skew that the premium is for
}

// @notice The premium that a net flow leads to, and the pool after it. At zero flow the premium is
// that of the first lot that would reduce the skew.
// @output(proves) quote: for a flow and a new skew below 2^MOVED_WIDTH; more is refused.
// @cost 483
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
    quote.pool <== PoolAfter()(supply, end);

    // sign * ceil((pool after - pool) / size), lifted by 2^PREMIUM_WIDTH to be positive.
    var LIFT = 1 << PREMIUM_WIDTH();
    signal nothing <== IsZero()(size.magnitude);
    signal divisor <== size.magnitude + nothing;
    signal lifted <== FloorDivide(PREMIUM_WIDTH() + 2, MOVED_WIDTH() + 1)(
        quote.pool - supply.pool + divisor - 1 + divisor * LIFT, divisor);
    quote.sign <== 1 - 2 * size.negative;
    quote.premium <== quote.sign * (lifted - LIFT);
}
