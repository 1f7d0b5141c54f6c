pragma circom 2.2.0;

include "compare.circom";
include "fees.circom";
include "lanes.circom";
include "nouns.circom";
include "price.circom";
include "range.circom";
include "select.circom";
include "share.circom";

// Step 3, and the clearing rule for one slot (undertow/engine/clearing.py).

// @notice Prices one lane at the batch's net flow.
// @input(assumes) market: advanced to the lane's mark.
// @input(assumes) flow, side: hints. The flow is unique: the rule for the fills holds for one flow
// only (docs/adr/0001-one-clearing-flow.md). The side matters only when an order is rationed, and
// then the rule forces it.
// @input(assumes) traded: of the slots' fills, which are summed up once they are known.
// @output(proves) pool, kept: after the flow, and what the flow pays beyond the pool's change.
// @cost 1895
template ClearMarket() {
    input Signed() skew;
    signal input kappa; // 2^-32 micro-USD per lot squared
    signal input keep; // 2^-8: the pool's share of what builds the skew
    signal input before; // 2^-16 micro-USD: the pool
    signal input mark; // micro-USD per lot
    signal input makerFee; // 2^-20 of the notional
    signal input spread; // steps of the grid: half of it
    signal input skewCap; // lots
    signal input flowCap; // lots that a batch may add to the skew
    signal input houseGrows; // 0 or 1: the house may take new skew
    signal input flow; // lots, signed
    signal input side; // 1 or -1
    signal input traded; // lots: the fills' magnitudes
    output Clearing() clearing;
    signal output pool; // 2^-16 micro-USD
    signal output kept; // 2^-16 micro-USD

    (side - 1) * (side + 1) === 0;
    Supply() supply <== OpenSupply()(skew, kappa, keep, before, mark, makerFee,
        spread);
    signal flat <== IsZero()(skew.value);
    signal toFlat <== (1 - flat) * (2 * skew.negative - 1);
    Quote() at <== QuoteFlow()(supply, toFlat, flow);
    Quote() further <== QuoteFlow()(supply, toFlat, flow + side);

    // Skew up to the cap and the flow's, or as it is where that is larger.
    var LARGEST = LOTS_WIDTH() + 1;
    assert(PRICING_FLOW_CAP_WIDTH() <= LOTS_WIDTH());
    signal reach <== Smaller(LARGEST)(skewCap, skew.magnitude + flowCap);
    signal cap <== Larger(LARGEST)(houseGrows * reach, skew.magnitude);
    // On the other side of zero the flow's alone. A flow that starts or ends at zero may count as
    // such a one: its bound is the same, or it is within any.
    signal turned <== Smaller(LARGEST)(cap, flowCap);
    signal most <== cap + at.move.crosses * (turned - cap);
    signal mostFurther <== cap + further.move.crosses * (turned - cap);
    Range(LARGEST)(most - at.skew);
    signal within <== NonNegative(MOVED_WIDTH())(mostFurther - further.skew);

    // A flow's share of the growth joins what is left; without a flow the pool stays.
    var SHARE = MARKET_ROW_POOL_WIDTH() + PRICING_KEEP_WIDTH();
    signal joins <== FloorShift(SHARE, KEEP_BITS())(keep * at.move.grown);
    pool <== before + (1 - at.none) * (at.move.left + joins - before);
    kept <== at.premium * flow - pool + before;

    clearing.price <== mark * (1 << MONEY_BITS()) + at.premium;
    clearing.nextPrice <== mark * (1 << MONEY_BITS()) + further.premium;
    clearing.beyond <== 1 - within;
    clearing.side <== side;
    signal grows <== NonNegative(MOVED_WIDTH())(at.skew - skew.magnitude - 1);
    signal taking <== (2 * grows - 1) * at.sign;
    clearing.takerSign <== (1 - at.none) * taking;
    clearing.share <== NetFlowShare()(flow, traded);
}

// @notice Step 3 for all lanes.
// @input(assumes) hot: 1 for each lane's instrument, else 0. market: advanced.
// @output(proves) pool: after the flow; kept: of all lanes.
template ClearMarkets(lanes) {
    signal input hot[lanes][INSTRUMENTS()];
    input Market() market[lanes];
    signal input halts[lanes]; // 0 or 1
    input Pricing() pricing[lanes];
    signal input makerFee; // 2^-20 of the notional
    signal input spread[UNDERLYINGS()]; // steps of the grid: half of it
    input Entry() sheet[INSTRUMENTS()];
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    input Risk() risk[INSTRUMENTS()];
    signal input skewCap[INSTRUMENTS()]; // lots
    signal input houseGrows; // 0 or 1
    signal input flow[lanes]; // lots, signed
    signal input side[lanes]; // 1 or -1
    signal input traded[lanes]; // lots: the fills' magnitudes
    output Lane() lane[lanes];
    output Clearing() clearing[lanes];
    signal output value[lanes]; // 2^-16 micro-USD per lot, signed: mark less funding
    signal output pool[lanes]; // 2^-16 micro-USD
    signal output kept; // 2^-16 micro-USD

    component clear[lanes];
    signal unpriced[lanes];
    signal apart[lanes];
    assert(UNDERLYINGS() == 2);
    var sum = 0;
    for (var l = 0; l < lanes; l++) {
        var mark = market[l].mark;
        unpriced[l] <== IsZero()(mark);
        lane[l].priced <== (1 - halts[l]) * (1 - unpriced[l]);
        lane[l].mark <== mark;
        lane[l].units <== Dot(INSTRUMENTS())(hot[l], units);
        (value[l], lane[l].contingency, lane[l].concentration) <== ChooseEntry()(hot[l], sheet, risk);
        clear[l] = ClearMarket();
        clear[l].skew <== market[l].skew;
        clear[l].kappa <== market[l].row.kappa;
        clear[l].keep <== pricing[l].keep;
        clear[l].before <== market[l].row.pool;
        clear[l].mark <== mark;
        clear[l].makerFee <== makerFee;
        var second = 0;
        for (var i = EACH(); i < INSTRUMENTS(); i++) {
            second += hot[l][i];
        }
        apart[l] <== second * (spread[1] - spread[0]);
        clear[l].spread <== spread[0] + apart[l];
        clear[l].skewCap <== Dot(INSTRUMENTS())(hot[l], skewCap);
        clear[l].flowCap <== pricing[l].flowCap;
        clear[l].houseGrows <== houseGrows;
        clear[l].flow <== flow[l];
        clear[l].side <== side[l];
        clear[l].traded <== traded[l];
        clearing[l] <== clear[l].clearing;
        pool[l] <== clear[l].pool;
        sum += clear[l].kept;
        _ <== pricing[l].depthMin;
        _ <== pricing[l].depthMax;
        _ <== pricing[l].depthPerVariance;
    }
    kept <== sum;
}

// @notice The clearing rule for one slot: whole for whoever accepts the price and, on the rationed
// side, the price of one lot more; nothing for whoever refuses the price; in slot order for those
// between, where only the last one filled may be filled in part.
// @input(assumes) lots: a hint; whole or nothing but for marginal slots, and those fill in slot
// order and sum to the flow.
// @cost 219
template ClearSlot() {
    signal input eligible; // 0 or 1
    signal input isSell; // 0 or 1
    signal input left; // lots still to fill
    signal input limit; // micro-USD per lot
    input Clearing() clearing; // of the slot's instrument
    signal input blocked; // 0 or 1: an earlier marginal slot of the lane was not filled whole
    signal input lots; // magnitude of the fill
    signal output fill; // lots, signed
    signal output takes; // 0 or 1: the fill pays the taker's fee
    signal output short; // 0 or 1: marginal, and not filled whole

    // A limit, a mark and a premium fit the comparison.
    var WIDTH = PREMIUM_WIDTH() + 1;
    assert(PRICE_WIDTH() + 1 + MONEY_BITS() < PREMIUM_WIDTH());
    signal sign <== 1 - 2 * isSell;
    signal room <== sign * (limit * (1 << MONEY_BITS()) - clearing.price);
    signal accepts <== NonNegative(WIDTH)(room);
    signal nextRoom <== sign * (limit * (1 << MONEY_BITS()) - clearing.nextPrice);
    signal acceptsNext <== NonNegative(WIDTH)(nextRoom);
    _ <== clearing.share;
    signal onSide <== (1 + clearing.side * sign) / 2;
    signal surely <== acceptsNext * (1 - clearing.beyond);
    signal willing <== eligible * accepts;
    signal limited <== onSide * (1 - surely);
    signal marginal <== willing * limited;

    Range(LOTS_WIDTH())(lots);
    Range(LOTS_WIDTH())(left - lots);
    (1 - willing) * lots === 0;
    (willing - marginal) * (left - lots) === 0;
    signal late <== marginal * blocked;
    late * lots === 0;
    signal whole <== IsZero()(left - lots);
    short <== marginal * (1 - whole);
    fill <== sign * lots;
    takes <== Takes()(clearing.takerSign, sign);
}
