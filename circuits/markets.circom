pragma circom 2.2.0;

include "account.circom";
include "compare.circom";
include "nouns.circom";
include "price.circom";
include "select.circom";

// Steps 2 and 6: what new marks do to the priced markets, and what the flow leaves of them
// (undertow/engine/markets.py).

// @notice A market after step 2: as it was, if its instrument is halted.
// @input(assumes) halts: 0 or 1. moved: of the same skew and mark.
// @cost 2
template StandOrMove() {
    signal input halts;
    input Market() before;
    input Market() moved;
    output Market() after;

    _ <== moved.skew;
    _ <== moved.mark;
    after.skew <== before.skew;
    after.mark <== before.mark;
    after.row.pool <== moved.row.pool + halts * (before.row.pool - moved.row.pool);
    after.row.kappa <== moved.row.kappa + halts * (before.row.kappa - moved.row.kappa);
}

// @notice Opens a lane's row and rule against their hashes and advances its market.
// @input(assumes) hot: 1 for the lane's instrument, else 0. halted: 0 or 1 each.
// @output(proves) market: depth at the lane's mark; as it was, if halted.
// @output(proves) rowHash: what the table holds of the row so far.
// @cost 1224
template AdvanceMarket() {
    signal input hot[INSTRUMENTS()];
    input Signed() skew[INSTRUMENTS()];
    signal input rowHashes[INSTRUMENTS()];
    signal input pricingHash[INSTRUMENTS()];
    signal input price[INSTRUMENTS()]; // micro-USD per lot
    signal input halted[INSTRUMENTS()]; // 0 or 1
    signal input variance[UNDERLYINGS()]; // 2^-40
    input MarketRow() row;
    input Pricing() pricing;
    output Market() market;
    signal output halts; // 0 or 1
    signal output rowHash;
    signal output released; // 2^-16 micro-USD that the pool gave up

    var N = INSTRUMENTS();
    rowHash <== Dot(N)(hot, rowHashes);
    signal openedRow <== MarketRowHash()(row);
    rowHash === openedRow;
    signal wantedPricing <== Dot(N)(hot, pricingHash);
    signal openedPricing <== PricingHash()(pricing);
    wantedPricing === openedPricing;

    Market() before;
    before.skew <== ChooseSigned()(hot, skew);
    before.mark <== Dot(N)(hot, price);
    before.row <== row;
    assert(UNDERLYINGS() == 2);
    var second = 0;
    for (var i = N \ UNDERLYINGS(); i < N; i++) {
        second += hot[i];
    }
    signal its <== variance[0] + second * (variance[1] - variance[0]);
    signal freed;
    Market() moved;
    (moved, freed) <== AdvanceDepth()(before, pricing, its);
    halts <== Dot(N)(hot, halted);
    market <== StandOrMove()(halts, before, moved);
    released <== (1 - halts) * freed;
}

// @notice One number of each instrument, of which the lanes' moved.
// @input(assumes) hot: 1 for a lane's instrument, else 0.
// @cost 16 * lanes
template MoveEach(lanes) {
    signal input hot[lanes][INSTRUMENTS()];
    signal input by[lanes];
    signal input before[INSTRUMENTS()];
    signal output after[INSTRUMENTS()];

    signal sum[lanes][INSTRUMENTS()];
    for (var i = 0; i < INSTRUMENTS(); i++) {
        for (var l = 0; l < lanes; l++) {
            if (l == 0) {
                sum[l][i] <== before[i] + hot[l][i] * by[l];
            } else {
                sum[l][i] <== sum[l - 1][i] + hot[l][i] * by[l];
            }
        }
        after[i] <== sum[lanes - 1][i];
    }
}

// @notice Step 2 for all lanes.
// @output(proves) released: 2^-16 micro-USD that the pools gave up.
template AdvanceMarkets(lanes) {
    signal input hot[lanes][INSTRUMENTS()];
    input Signed() skew[INSTRUMENTS()];
    signal input rowHashes[INSTRUMENTS()];
    signal input pricingHash[INSTRUMENTS()];
    signal input price[INSTRUMENTS()]; // micro-USD per lot
    signal input halted[INSTRUMENTS()]; // 0 or 1
    input Underlying() underlying[UNDERLYINGS()]; // at the new marks
    input MarketRow() row[lanes];
    input Pricing() pricing[lanes];
    output Market() market[lanes];
    signal output halts[lanes]; // 0 or 1
    signal output rowHash[lanes]; // what the table holds so far
    signal output released;

    var variance[UNDERLYINGS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        variance[u] = underlying[u].variance;
        _ <== underlying[u].funding;
        _ <== underlying[u].fundingRate;
        _ <== underlying[u].price;
    }
    component advance[lanes];
    var sum = 0;
    for (var l = 0; l < lanes; l++) {
        advance[l] = AdvanceMarket();
        advance[l].hot <== hot[l];
        advance[l].skew <== skew;
        advance[l].rowHashes <== rowHashes;
        advance[l].pricingHash <== pricingHash;
        advance[l].price <== price;
        advance[l].halted <== halted;
        advance[l].variance <== variance;
        advance[l].row <== row[l];
        advance[l].pricing <== pricing[l];
        market[l] <== advance[l].market;
        halts[l] <== advance[l].halts;
        rowHash[l] <== advance[l].rowHash;
        sum += advance[l].released;
    }
    released <== sum;
}

// @notice The table after the lanes' flows and the takeovers.
// @input(assumes) underlying, market: advanced; pool: after the flow. given: lots of those who were
// taken, added up as the words are.
// @output(proves) after: its skews are ranged by what bounds all positions together: no order adds
// more to them than its part of what is left (JudgeOrder), and a takeover adds nothing.
// @cost 295 * lanes + 3
template CommitMarkets(lanes) {
    signal input hot[lanes][INSTRUMENTS()];
    input Markets() before;
    input Underlying() underlying[UNDERLYINGS()];
    signal input rowHash[lanes]; // of the lanes' rows so far
    input Market() market[lanes];
    signal input pool[lanes];
    signal input flow[lanes];
    signal input given[SKEW_WORDS()];
    output Markets() after;
    signal output left[lanes]; // lots, magnitudes of the lanes' skews before the takeovers

    _ <== before.underlying;
    signal moved[lanes][SKEW_WORDS()];
    var skews[SKEW_WORDS()];
    for (var w = 0; w < SKEW_WORDS(); w++) {
        skews[w] = before.skews[w] - given[w];
    }
    MarketRow() row[lanes];
    signal written[lanes];
    signal by[lanes];
    for (var l = 0; l < lanes; l++) {
        _ <== market[l].mark;
        _ <== market[l].row.pool;
        _ <== market[l].skew.magnitude;
        _ <== market[l].skew.negative;
        left[l] <== Magnitude(LOTS_WIDTH())(market[l].skew.value + flow[l]);
        moved[l] <== SkewMove()(hot[l], flow[l]);
        for (var w = 0; w < SKEW_WORDS(); w++) {
            skews[w] += moved[l][w];
        }
        row[l].pool <== pool[l];
        row[l].kappa <== market[l].row.kappa;
        written[l] <== MarketRowHash()(row[l]);
        by[l] <== written[l] - rowHash[l];
    }
    after.skews <== skews;
    after.underlying <== underlying;
    after.rowHash <== MoveEach(lanes)(hot, by, before.rowHash);
}
