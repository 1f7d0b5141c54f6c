pragma circom 2.1.6;

include "compare.circom";
include "poseidon.circom";
include "signed.circom";

// Step 2 for one market: funding, variance and depth at a new index price (undertow/engine/funding.py,
// undertow/engine/price.py). The first price of a market only sets price and depth.
template AdvanceMarket() {
    signal input pool;
    signal input kappa;
    signal input fundingRate;
    signal input variance;
    signal input lastPrice;
    signal input lastTime;
    signal input funding; // index
    signal input skewMagnitude;
    signal input skewNegative;
    signal input price;
    signal input time;
    signal input rule[7]; // depthMin, depthMax, depthPerVariance, deadZone, saturation, velocity, rateMax
    signal output newPool;
    signal output newKappa;
    signal output newRate;
    signal output newVariance;
    signal output newFunding;
    signal output released;

    signal first <== IsZero()(lastPrice);
    signal known <== 1 - first;
    signal elapsed <== time - lastTime;
    _ <== Range(32)(elapsed);

    // Funding rate: moves with the skew, which stops counting at the saturation.
    signal active <== NonNegative(31)(skewMagnitude - rule[3]);
    signal counted <== Smaller(31)(skewMagnitude, rule[4]);
    signal signed <== counted * (1 - 2 * skewNegative);
    signal velocity <== rule[5] * signed;
    component step = FloorShift(92, 16);
    step.in <== velocity * elapsed;
    signal capped <== Smaller(80)(fundingRate + step.quotient, rule[6]);
    signal clamped <== Larger(80)(capped, -rule[6]);
    signal moves <== known * active;
    newRate <== fundingRate + moves * (clamped - fundingRate);

    // Funding index: the mean of both rates over the time between the prices.
    signal perSecond <== (fundingRate + newRate) * price;
    component paid = FloorShift(100, 25);
    paid.in <== perSecond * elapsed;
    newFunding <== funding + known * paid.quotient;

    // Variance: EWMA of the squared return; a return beyond 100% counts as 100%.
    component moved = Absolute(36);
    moved.in <== price - lastPrice;
    component ratio = FloorDivide(52, 36);
    ratio.num <== moved.magnitude * (1 << 16);
    ratio.den <== lastPrice + 1 - known;
    signal return_ <== Smaller(52)(ratio.quotient, (1 << 16) - 1);
    component decay = FloorShift(33, 5);
    decay.in <== return_ * return_ - variance;
    newVariance <== variance + known * decay.quotient;

    // Depth: rises at once, falls by at most 1/256; the pool releases what it holds above.
    component wanted = FloorShift(66, 16);
    wanted.in <== newVariance * rule[2];
    signal floored <== Larger(52)(wanted.quotient, rule[0]);
    signal coefficient <== Smaller(52)(floored, rule[1]);
    component target = FloorShift(50, 1);
    target.in <== price * coefficient + 1;
    component fall = FloorShift(48, 8);
    fall.in <== kappa;
    newKappa <== Larger(50)(target.quotient, kappa - fall.quotient);
    signal square <== skewMagnitude * skewMagnitude;
    component ceiling = FloorShift(110, 16);
    ceiling.in <== newKappa * square + (1 << 16) - 1;
    released <== Larger(96)(pool - ceiling.quotient, 0);
    newPool <== pool - released;
}

// The premium that a net flow leads to, and the pool after it (undertow/engine/price.py). At zero flow
// the premium is that of the first lot that would reduce the skew, and the pool is the caller's.
// A flow that ends at zero skew, or starts from it, falls in another branch than in Python with
// the same value: the pool is zero there.
template Quote() {
    signal input skew;
    signal input skewMagnitude;
    signal input skewNegative;
    signal input skewSquare;
    signal input depthOfSkew; // kappa * skewSquare
    signal input skewSign; // -1, 0 or 1
    signal input pool;
    signal input kappa;
    signal input flow;
    signal output isZero; // no flow
    signal output sign; // of the flow or, without one, of the lot that reduces the skew
    signal output premium;
    signal output poolAfter;
    signal output after; // magnitude of the skew that the premium is for

    isZero <== IsZero()(flow);
    signal effective <== flow - isZero * skewSign;
    component size = Absolute(32);
    size.in <== effective;
    component end = Absolute(32);
    end.in <== skew + effective;
    after <== end.magnitude;

    signal crosses <== skewNegative + end.negative - 2 * skewNegative * end.negative;
    signal grows <== NonNegative(32)(end.magnitude - skewMagnitude);
    signal shrinks <== (1 - crosses) * (1 - grows);
    signal endSquare <== end.magnitude * end.magnitude;
    signal depthOfEnd <== kappa * endSquare;
    signal share <== pool * endSquare;
    // crosses: kappa end^2 / 2^16; grows: pool + kappa (end^2 - skew^2) / 2^16;
    // shrinks: pool end^2 / skew^2. Exactly one applies, since crossing wins over growing.
    signal lifted <== (1 - crosses) * depthOfSkew;
    signal numerator <== depthOfEnd - lifted + shrinks * (share - depthOfEnd + depthOfSkew);
    signal denominator <== (1 << 16) + shrinks * (skewSquare - (1 << 16));
    signal due <== FloorDivide(96, 62)(numerator + denominator - 1, denominator);
    signal keeps <== (1 - crosses - shrinks) * pool;
    poolAfter <== keeps + due;

    // sign * ceil((poolAfter - pool) / size), lifted by 2^67 * size to be positive.
    signal none <== IsZero()(size.magnitude);
    signal divisor <== size.magnitude + none;
    signal lots <== FloorDivide(69, 33)(poolAfter - pool + divisor - 1 + divisor * (1 << 67), divisor);
    sign <== 1 - 2 * size.negative;
    premium <== sign * (lots - (1 << 67));
}

// Step 3 for one lane: price the advanced market at the batch's net flow. The flow
// and the rationed side are hints. The flow is unique: the fills' rule holds for one flow only
// (docs/adr/0001-one-clearing-flow.md). The side matters only when an order is rationed, and then
// the rule forces it.
template Lane() {
    signal input skew;
    signal input skewMagnitude;
    signal input skewNegative;
    signal input price;
    signal input skewCap;
    signal input houseGrows;
    signal input pool; // advanced
    signal input kappa; // advanced
    signal input flow;
    signal input side; // 1 or -1
    signal output newPool;
    signal output dust;
    signal output clearing; // price per lot
    signal output next; // price per lot, one lot further on the rationed side
    signal output beyond; // 1 when that lot is beyond the cap
    signal output takerSign; // sign of the fills that pay the taker's fee

    (side - 1) * (side + 1) === 0;
    signal square <== skewMagnitude * skewMagnitude;
    signal depth <== kappa * square;
    signal flat <== IsZero()(skew);
    signal sign <== (1 - flat) * (1 - 2 * skewNegative);

    component at = Quote();
    component further = Quote();
    at.flow <== flow;
    further.flow <== flow + side;
    at.skew <== skew;
    at.skewMagnitude <== skewMagnitude;
    at.skewNegative <== skewNegative;
    at.skewSquare <== square;
    at.depthOfSkew <== depth;
    at.skewSign <== sign;
    at.pool <== pool;
    at.kappa <== kappa;
    further.skew <== skew;
    further.skewMagnitude <== skewMagnitude;
    further.skewNegative <== skewNegative;
    further.skewSquare <== square;
    further.depthOfSkew <== depth;
    further.skewSign <== sign;
    further.pool <== pool;
    further.kappa <== kappa;

    signal cap <== Larger(31)(houseGrows * skewCap, skewMagnitude);
    _ <== Range(31)(cap - at.after);
    signal within <== NonNegative(32)(cap - further.after);
    beyond <== 1 - within;

    newPool <== pool + (1 - at.isZero) * (at.poolAfter - pool);
    dust <== at.premium * flow - newPool + pool;
    clearing <== price * (1 << 16) + at.premium;
    next <== price * (1 << 16) + further.premium;
    signal grows <== NonNegative(32)(at.after - skewMagnitude - 1);
    signal taking <== (2 * grows - 1) * at.sign;
    takerSign <== (1 - at.isZero) * taking;
}
