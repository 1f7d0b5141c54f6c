pragma circom 2.2.0;

include "generated/layout.circom";

// What travels together between the steps. What more than one language knows is in the layout.

// Where a proof is valid.
bus Venue() {
    signal chainId;
    signal contract; // address of the settlement contract
}

// Lots of either direction, as stored. Zero has either sign where a word says so.
bus Position() {
    signal magnitude; // lots
    signal negative; // 0 or 1
}

// Lots of either direction, with their value.
bus Signed() {
    signal magnitude; // lots
    signal negative; // 0 or 1
    signal value; // magnitude * (1 - 2 * negative)
}

// Governed parameters of a market group.
bus MarketParams() {
    Risk() risk[INSTRUMENTS()];
    signal skewCap[INSTRUMENTS()]; // lots
    signal units[INSTRUMENTS()]; // of the underlying in a lot
    signal pricingHash[INSTRUMENTS()];
    FundingRule() funding[UNDERLYINGS()];
    signal takerFee; // 2^-20 of the notional
    signal makerFee; // 2^-20 of the notional
    signal profitCap; // 2^-16 micro-USD
    signal vesting; // seconds over which profit vests
    signal jump; // edges that a price may move in a batch and be believed
    signal penalty; // 2^-20 of the notional, of who is taken over
    signal grace; // seconds without a clean batch after which no withdrawal is paid
}

// The market table: what every batch needs of each instrument, and the hash of the rest.
bus Markets() {
    signal skews[SKEW_WORDS()]; // lots, packed
    Underlying() underlying[UNDERLYINGS()];
    signal rowHash[INSTRUMENTS()];
}

// The market table as the state holds it.
bus Table() {
    signal skews[SKEW_WORDS()]; // lots, packed
    signal underlyings[UNDERLYINGS()]; // hash of each row
    signal rows; // hash of the rows' hashes
}

// One market that a batch prices.
bus Market() {
    Signed() skew; // net position of all users
    signal mark; // micro-USD per lot
    MarketRow() row;
}

// What margin of the house needs of an instrument, per lot (undertow/protocol/sheet.py).
bus Entry() {
    signal value; // 2^-16 micro-USD, signed: mark less funding
    signal step; // 2^-8 micro-USD: value of one shock step
}

// What accounts are judged by of an underlying, per unit.
bus Unit() {
    signal price; // micro-USD
    signal value; // 2^-16 micro-USD, signed: price less funding
    signal exit; // 2^-16 micro-USD, signed: the same by the exit sheet
    signal step; // 2^-8 micro-USD: value of one shock step
    signal cell; // 2^-16 micro-USD: what funding may take in a cell of its clock
}

// What maintenance needs of an account's positions, for each underlying.
bus Holdings() {
    signal net[UNDERLYINGS()]; // units, signed
    signal size[UNDERLYINGS()]; // units, its magnitude
    signal gross[UNDERLYINGS()]; // units
    signal addOns[UNDERLYINGS()]; // 2^-33 of the price
}

// What margin needs to know of an account.
bus Book() {
    signal equity; // 2^-16 micro-USD, signed
    signal addOns; // 2^-33 micro-USD: contingencies and concentrations of all instruments
    signal loss; // 2^-8 micro-USD: of one shock step of each underlying, both against the account
    signal cells; // 2^-16 micro-USD: what funding may take in a cell of its clock
}

// One market at its batch's mark.
bus Lane() {
    signal priced; // 0 or 1: 0 where the instrument is not listed, or halted
    signal mark; // micro-USD per lot; of a halted one the last that it was a lane at
    signal units; // of the underlying in a lot
    signal contingency; // 2^-16 of the notional
    signal concentration; // 2^-32 per lot
}

// How one market clears.
bus Clearing() {
    signal price; // 2^-16 micro-USD per lot
    signal nextPrice; // 2^-16 micro-USD per lot, one lot further on the rationed side
    signal beyond; // 0 or 1: that lot is beyond the skew cap
    signal side; // 1 or -1: the rationed one
    signal takerSign; // -1, 0 or 1: sign of the fills that pay the taker's fee
    signal share; // 255ths of the heavier side that the house took
}

// What is the same for every slot of a batch.
bus Terms() {
    signal venue; // its word: chain id and contract
    signal time; // seconds, of the prices
    signal takerFee; // 2^-20 of the notional
    signal makerFee; // 2^-20 of the notional
    signal profitCap; // 2^-16 micro-USD
    signal vesting; // seconds over which profit vests
    signal room; // lots that one order may add to the open interest
}

// What a slot may do to its account, at most; the clearing decides how much of it.
bus Effect() {
    signal instrument; // index
    signal isSell; // 0 or 1
    signal left; // lots still to fill
    signal limit; // micro-USD per lot
    signal nonce; // the account's, afterwards
    signal carried; // lots, signed: net, filled before under the same nonce
    signal spends; // 0 or 1: what is not filled is spent all the same
}

// An authority's answer for one slot, against the account as it stood before the batch. All of it
// is zero where the slot has another authority, so the slot adds the answers up.
bus Verdict() {
    signal eligible; // 0 or 1: the effect may take place
    signal reason; // REASON_...
    Effect() effect;
}

// What a slot hands on to the next one.
bus Chain(lanes) {
    signal setRoot; // commits the slots so far
    signal top[TOP()]; // nodes of the accounts' tree
    signal blocked[lanes]; // 0 or 1: a marginal order of the lane was not filled whole
}
