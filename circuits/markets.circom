pragma circom 2.2.0;

include "account.circom";
include "funding.circom";
include "nouns.circom";
include "price.circom";
include "select.circom";

// Steps 2 and 6: what a new mark does to the priced markets, and what the flow leaves of them
// (undertow/engine/markets.py).

// @notice A market after step 2: as it was, if its instrument is halted.
// @input(assumes) halts: 0 or 1.
// @cost 8
template StandOrMove() {
    signal input halts;
    input Market() before;
    input Market() moved;
    output Market() after;

    _ <== moved.skew;
    after.skew <== before.skew;
    after.funding <== moved.funding + halts * (before.funding - moved.funding);
    after.row.pool <== moved.row.pool + halts * (before.row.pool - moved.row.pool);
    after.row.kappa <== moved.row.kappa + halts * (before.row.kappa - moved.row.kappa);
    after.row.fundingRate <== moved.row.fundingRate
        + halts * (before.row.fundingRate - moved.row.fundingRate);
    after.row.variance <== moved.row.variance + halts * (before.row.variance - moved.row.variance);
    after.row.price <== moved.row.price + halts * (before.row.price - moved.row.price);
    after.row.time <== moved.row.time + halts * (before.row.time - moved.row.time);
    after.row.accrual <== moved.row.accrual + halts * (before.row.accrual - moved.row.accrual);
}

// @notice Opens a lane's row and rule against their hashes and advances its market.
// @input(assumes) hot: 1 for the lane's instrument, else 0. halted: 0 or 1 each.
// @output(proves) market: funding, variance and depth at the lane's mark; as it was, if halted.
// @output(proves) rowHash: what the table holds of the row so far.
// @cost 2364
template AdvanceMarket() {
    signal input hot[INSTRUMENTS()];
    input Signed() skew[INSTRUMENTS()];
    signal input fundings[INSTRUMENTS()]; // 2^-16 micro-USD per lot, signed
    signal input rowHashes[INSTRUMENTS()];
    signal input pricingHash[INSTRUMENTS()];
    signal input price[INSTRUMENTS()]; // micro-USD per lot
    signal input halted[INSTRUMENTS()]; // 0 or 1
    signal input time; // seconds
    input MarketRow() row;
    input Pricing() pricing;
    output Market() market;
    signal output halts; // 0 or 1
    signal output rowHash;
    signal output funding; // 2^-16 micro-USD per lot: how much more it is
    signal output accrual; // micro-USD per lot: how much more it is
    signal output released; // 2^-16 micro-USD that the pool gave up

    var N = INSTRUMENTS();
    rowHash <== Dot(N)(hot, rowHashes);
    signal openedRow <== MarketRowHash()(row);
    rowHash === openedRow;
    signal wantedPricing <== Dot(N)(hot, pricingHash);
    signal openedPricing <== PricingHash()(pricing);
    wantedPricing === openedPricing;

    Market() before;
    before.skew <== ChoosePosition()(hot, skew);
    before.funding <== Dot(N)(hot, fundings);
    before.row <== row;
    signal mark <== Dot(N)(hot, price);
    Market() funded <== AdvanceFunding()(before, pricing, mark, time);
    signal freed;
    Market() moved;
    (moved, freed) <== AdvanceDepth()(funded, pricing);
    halts <== Dot(N)(hot, halted);
    market <== StandOrMove()(halts, before, moved);
    released <== (1 - halts) * freed;
    funding <== market.funding - before.funding;
    accrual <== market.row.accrual - row.accrual;
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
// @output(proves) funding: indices of all instruments, moved where a lane is.
// @output(proves) accruals: words of all instruments', moved where a lane is.
// @output(proves) released: 2^-16 micro-USD that the pools gave up.
template AdvanceMarkets(lanes) {
    signal input hot[lanes][INSTRUMENTS()];
    input Signed() skew[INSTRUMENTS()];
    input Markets() markets;
    signal input oldAccruals[ACCRUAL_WORDS()]; // micro-USD per lot, packed
    signal input pricingHash[INSTRUMENTS()];
    signal input price[INSTRUMENTS()]; // micro-USD per lot
    signal input halted[INSTRUMENTS()]; // 0 or 1
    signal input time; // seconds
    input MarketRow() row[lanes];
    input Pricing() pricing[lanes];
    output Market() market[lanes];
    signal output halts[lanes]; // 0 or 1
    signal output rowHash[lanes]; // what the table holds so far
    signal output funding[INSTRUMENTS()];
    signal output accruals[ACCRUAL_WORDS()];
    signal output released;

    _ <== markets.skews;
    component advance[lanes];
    signal moves[lanes];
    signal accrued[lanes];
    var sum = 0;
    for (var l = 0; l < lanes; l++) {
        advance[l] = AdvanceMarket();
        advance[l].hot <== hot[l];
        advance[l].skew <== skew;
        advance[l].fundings <== markets.funding;
        advance[l].rowHashes <== markets.rowHash;
        advance[l].pricingHash <== pricingHash;
        advance[l].price <== price;
        advance[l].halted <== halted;
        advance[l].time <== time;
        advance[l].row <== row[l];
        advance[l].pricing <== pricing[l];
        market[l] <== advance[l].market;
        halts[l] <== advance[l].halts;
        rowHash[l] <== advance[l].rowHash;
        moves[l] <== advance[l].funding;
        accrued[l] <== advance[l].accrual;
        sum += advance[l].released;
    }
    funding <== MoveEach(lanes)(hot, moves, markets.funding);
    accruals <== MoveAccruals(lanes)(hot, accrued, oldAccruals);
    released <== sum;
}

// @notice The table after the lanes' flows.
// @input(assumes) market: advanced; pool: after the flow.
// @input(assumes) funding: indices of all instruments at the new prices.
// @cost 437 * lanes
template CommitMarkets(lanes) {
    signal input hot[lanes][INSTRUMENTS()];
    input Markets() before;
    signal input rowHash[lanes]; // of the lanes' rows so far
    signal input funding[INSTRUMENTS()];
    input Market() market[lanes];
    signal input pool[lanes];
    signal input flow[lanes];
    output Markets() after;

    _ <== before.funding;
    signal moved[lanes][POSITION_WORDS()];
    MarketRow() row[lanes];
    signal written[lanes];
    signal by[lanes];
    for (var l = 0; l < lanes; l++) {
        _ <== market[l].funding;
        _ <== market[l].row.pool;
        var words[POSITION_WORDS()] = before.skews;
        if (l > 0) {
            words = moved[l - 1];
        }
        moved[l] <== ReplacePosition()(words, hot[l], market[l].skew,
            market[l].skew.value + flow[l]);
        row[l].pool <== pool[l];
        row[l].kappa <== market[l].row.kappa;
        row[l].fundingRate <== market[l].row.fundingRate;
        row[l].variance <== market[l].row.variance;
        row[l].price <== market[l].row.price;
        row[l].time <== market[l].row.time;
        row[l].accrual <== market[l].row.accrual;
        written[l] <== MarketRowHash()(row[l]);
        by[l] <== written[l] - rowHash[l];
    }
    after.skews <== moved[lanes - 1];
    after.funding <== funding;
    after.rowHash <== MoveEach(lanes)(hot, by, before.rowHash);
}
