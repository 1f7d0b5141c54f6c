pragma circom 2.2.0;

// Written by scripts/write_layouts.py from undertow/protocol/layout.py.

include "poseidon.circom";
include "range.circom";

// What each hash is for.
function DOMAIN_PLAIN() { return 0; }
function DOMAIN_NODE() { return 1; }
function DOMAIN_LEAF() { return 2; }
function DOMAIN_ORDER() { return 3; }
function DOMAIN_SET() { return 4; }
function DOMAIN_TABLE() { return 5; }
function DOMAIN_STATE() { return 6; }
function DOMAIN_STREAM() { return 7; }
function DOMAIN_WORDS() { return 8; }
function DOMAIN_VIEW_KEY() { return 9; }
function DOMAIN_PARAMS() { return 10; }
function DOMAIN_LEDGER() { return 11; }
function DOMAIN_SEALED() { return 12; }
function DOMAIN_HOUSE() { return 13; }
function DOMAIN_HOUSE_SALT() { return 14; }
function DOMAIN_SAFETY() { return 15; }

// What a slot acts on.
function AUTHORITY_TOUCH() { return 0; }
function AUTHORITY_ORDER() { return 1; }

// Why an account changed, or did not.
function REASON_CLEARED() { return 0; }
function REASON_REPEATED() { return 1; }
function REASON_STALE_NONCE() { return 2; }
function REASON_EXPIRED() { return 3; }
function REASON_NOT_PRICED() { return 4; }
function REASON_FEE_CAP() { return 5; }
function REASON_NOT_REDUCING() { return 6; }
function REASON_POSITION_RANGE() { return 7; }
function REASON_MARGIN() { return 8; }
function REASON_EDGE() { return 9; }
function REASON_TAKEN() { return 10; }
function REASON_NOT_CLEAN() { return 11; }
function REASON_REQUEST() { return 14; }
function REASON_DECOY() { return 15; }

// Types of a request.
function KIND_NONE() { return 0; }
function KIND_OPEN() { return 1; }
function KIND_DEPOSIT() { return 2; }
function KIND_WITHDRAW() { return 3; }
function KIND_HOUSE_DEPOSIT() { return 4; }

// What the public words speak of.
function STATEMENT_BATCH() { return 1; }
function STATEMENT_REQUESTS() { return 2; }

// Sizes.
function INSTRUMENTS() { return 16; }
function UNDERLYINGS() { return 2; }
function EACH() { return 8; }
function ARITY() { return 8; }
function DEPTH() { return 8; }
function LEVELS() { return 6; }
function TOP() { return 64; }
function HALTED_AT() { return 52; }
function PRICE_WIDTH() { return 36; }
function LOTS_WIDTH() { return 30; }
function NET_WIDTH() { return 43; }
function EQUITY_WIDTH() { return 101; }
function SECRET_WIDTH() { return 252; }
function CONTRACT_WIDTH() { return 160; }

// Scales: counted in 2^-bits of a unit.
function MONEY_BITS() { return 16; }
function KAPPA_BITS() { return 32; }
function DEPTH_BITS() { return 32; }
function VARIANCE_BITS() { return 40; }
function RETURN_BITS() { return 20; }
function DEPTH_PER_VARIANCE_BITS() { return 16; }
function SPREAD_SLOPE_BITS() { return 16; }
function FUNDING_BITS() { return 73; }
function KEEP_BITS() { return 8; }
function FEE_BITS() { return 20; }
function SHOCK_BITS() { return 8; }
function CONTINGENCY_BITS() { return 16; }
function REQUIREMENT_BITS() { return 33; }

// Factors of the rules.
function SHOCK_STEPS() { return 4; }
function SHARE_ONE() { return 255; }
function HOUSE_STEPS() { return 6; }
function INITIAL_FACTOR() { return 80; }
function ADD_ON_FACTOR() { return 65; }
function FACTOR_ONE() { return 64; }
function LEAST_EQUITY() { return 655360000000; }
function RATCHET_SHIFT() { return 8; }
function GRID_FACTOR() { return 21; }
function GRID_SHIFT() { return 5; }
function VARIANCE_SHIFT() { return 5; }
function VARIANCE_TIME_BITS() { return 6; }
function RETURN_SHIFT() { return 3; }
function ACCRUAL_STEPS() { return 1000; }

// One value for each instrument or underlying, several to a word.
// Positions of an account, lots; the highest bit is the sign.
function POSITION_WIDTH() { return 31; }
function POSITIONS_PER_WORD() { return 6; }
function POSITION_WORDS() { return 3; }
// Skews of the markets, lots; half the range is added.
function SKEW_WIDTH() { return 31; }
function SKEWS_PER_WORD() { return 6; }
function SKEW_WORDS() { return 3; }
// Marks, micro-USD per unit, zero for an unlisted underlying; behind the last a bit for each, 1 where it is halted.
function UNIT_PRICE_WIDTH() { return 26; }
function UNIT_PRICES_PER_WORD() { return 8; }
function UNIT_PRICE_WORDS() { return 1; }
// Largest absolute skew that the house takes on, lots.
function CAP_WIDTH() { return 30; }
function CAPS_PER_WORD() { return 8; }
function CAP_WORDS() { return 2; }
// Units of the underlying in a lot.
function UNIT_WIDTH() { return 10; }
function UNITS_PER_WORD() { return 16; }
function UNIT_WORDS() { return 1; }
// Risk parameters, packed.
function RISKS_PER_WORD() { return 6; }
function RISK_WORDS() { return 3; }
// Rules of funding of the underlyings, packed.
function FUNDING_RULES_PER_WORD() { return 1; }
function FUNDING_RULE_WORDS() { return 2; }
// Funding indices of the exit sheet, micro-USD per unit; half the range is added.
function ACCRUAL_WIDTH() { return 40; }
function ACCRUALS_PER_WORD() { return 4; }
function ACCRUAL_WORDS() { return 1; }

// What a trader signs.
bus Order() {
    signal account; // index
    signal instrument; // index
    signal bid; // lots to buy; 0 for none
    signal ask; // lots to sell; 0 for none
    signal limitPrice; // micro-USD per lot: the bid's limit
    signal nonce; // an equal one continues a partial fill
    signal expiry; // seconds: no price of a later time may fill it
    signal reduceOnly; // 0 or 1
    signal immediateOrCancel; // 0 or 1
    signal feeCap; // 2^-20 of the notional
    signal spread; // micro-USD per lot: the ask's limit less the bid's
}

// Its word, low bits first.
function ORDER_WIDTH() { return 250; }
function ORDER_ACCOUNT_WIDTH() { return 24; }
function ORDER_INSTRUMENT_WIDTH() { return 4; }
function ORDER_BID_WIDTH() { return 29; }
function ORDER_ASK_WIDTH() { return 29; }
function ORDER_LIMIT_PRICE_WIDTH() { return 36; }
function ORDER_NONCE_WIDTH() { return 32; }
function ORDER_EXPIRY_WIDTH() { return 40; }
function ORDER_FEE_CAP_WIDTH() { return 20; }
function ORDER_SPREAD_WIDTH() { return 34; }
function ORDER_WIDTHS() { return [24, 4, 29, 29, 36, 32, 40, 1, 1, 20, 34]; }
function ORDER_AT() { return [0, 24, 28, 57, 86, 122, 154, 194, 195, 196, 216]; }

// One entry of the vault's queue; the contract has checked it.
bus Request() {
    signal kind; // KIND_...
    signal account; // index; 0 for the house and for padding
    signal amount; // micro-USD
}

// Its word, low bits first.
function REQUEST_WIDTH() { return 91; }
function REQUEST_KIND_WIDTH() { return 3; }
function REQUEST_ACCOUNT_WIDTH() { return 24; }
function REQUEST_AMOUNT_WIDTH() { return 64; }
function REQUEST_WIDTHS() { return [3, 24, 64]; }
function REQUEST_AT() { return [0, 3, 27]; }

// What is published of a touched account, encrypted to its owner.
bus Delta() {
    signal instrument; // index
    signal reason; // REASON_...
    signal fill; // lots, signed
    signal nonce; // the new one
    signal filled; // lots, net, under that nonce, signed
    signal cells; // Cells of the new leaf, packed
    signal cash; // change, 2^-16 micro-USD, signed
}

// Its word, low bits first.
function DELTA_WIDTH() { return 128; }
function DELTA_INSTRUMENT_WIDTH() { return 4; }
function DELTA_REASON_WIDTH() { return 4; }
function DELTA_FILL_WIDTH() { return 31; }
function DELTA_NONCE_WIDTH() { return 32; }
function DELTA_FILLED_WIDTH() { return 30; }
function DELTA_CELLS_WIDTH() { return 27; }
function DELTA_CASH_WIDTH() { return 120; }
function DELTA_WIDTHS() { return [4, 4, 31, 32, 30, 27]; }
function DELTA_AT() { return [0, 4, 8, 39, 71, 101, 128]; }

// What a fill came to, encrypted to its owner; all zero without a fill.
bus Confirmation() {
    signal share; // 255ths of the heavier side that the house took
    signal fee; // 2^-16 micro-USD
    signal index; // 2^-16 micro-USD per unit: funding since listing, signed
    signal premium; // 2^-16 micro-USD per lot, over the mark, signed
}

// Its word, low bits first.
function CONFIRMATION_WIDTH() { return 145; }
function CONFIRMATION_SHARE_WIDTH() { return 8; }
function CONFIRMATION_FEE_WIDTH() { return 82; }
function CONFIRMATION_INDEX_WIDTH() { return 55; }
function CONFIRMATION_PREMIUM_WIDTH() { return 67; }
function CONFIRMATION_WIDTHS() { return [8, 82, 55]; }
function CONFIRMATION_AT() { return [0, 8, 90, 145]; }

// Governed risk parameters of one instrument.
bus Risk() {
    signal shock; // one step of the scenario grid, 2^-8 of the price
    signal contingency; // static add-on, 2^-16 of the notional
    signal concentration; // 2^-32 per lot
}

// Its word, low bits first.
function RISK_WIDTH() { return 39; }
function RISK_SHOCK_WIDTH() { return 10; }
function RISK_CONTINGENCY_WIDTH() { return 16; }
function RISK_CONCENTRATION_WIDTH() { return 13; }
function RISK_WIDTHS() { return [10, 16, 13]; }
function RISK_AT() { return [0, 10, 26]; }

// Governed rule of an underlying: its funding, and how far the house's prices lie apart.
bus FundingRule() {
    signal deadZone; // units of net skew below which the rate decays
    signal velocity; // 2^-72 of the notional per second, second and unit
    signal decay; // 2^-72 of the notional per second and second
    signal rateMax; // 2^-72 of the notional per second
    signal cell; // 2^-16 micro-USD per unit: a cell of the funding clock
    signal spreadBase; // steps of the grid: half spread of a still price
    signal spreadSlope; // 2^-16 steps for each 2^-20 of the deviation in 64 s
}

// Its word, low bits first.
function FUNDING_RULE_WIDTH() { return 245; }
function FUNDING_RULE_DEAD_ZONE_WIDTH() { return 43; }
function FUNDING_RULE_VELOCITY_WIDTH() { return 30; }
function FUNDING_RULE_DECAY_WIDTH() { return 52; }
function FUNDING_RULE_RATE_MAX_WIDTH() { return 52; }
function FUNDING_RULE_CELL_WIDTH() { return 44; }
function FUNDING_RULE_SPREAD_BASE_WIDTH() { return 10; }
function FUNDING_RULE_SPREAD_SLOPE_WIDTH() { return 14; }
function FUNDING_RULE_WIDTHS() { return [43, 30, 52, 52, 44, 10, 14]; }
function FUNDING_RULE_AT() { return [0, 43, 73, 125, 177, 221, 231]; }

// An account; its leaf is the hash of these words.
bus Account() {
    signal owner[2]; // key that signs its orders
    signal viewKey; // shared with the operator; encrypts its deltas
    signal version; // changes so far
    signal nonce; // of the last order that was eligible
    signal filled; // lots, net, under that nonce, signed
    signal cash; // 2^-16 micro-USD, signed
    signal settled; // 2^-16 micro-USD, signed
    signal pending; // 2^-16 micro-USD: equity above that
    signal since; // seconds, of the marks that both are of
    signal positions[3]; // lots; behind the last one the cells
}

function ACCOUNT_WORDS() { return 13; }
function ACCOUNT_VERSION_WIDTH() { return 32; }
function ACCOUNT_NONCE_WIDTH() { return 32; }
function ACCOUNT_FILLED_WIDTH() { return 29; }
function ACCOUNT_CASH_WIDTH() { return 120; }
function ACCOUNT_SETTLED_WIDTH() { return 120; }
function ACCOUNT_PENDING_WIDTH() { return 120; }
function ACCOUNT_SINCE_WIDTH() { return 32; }
function ACCOUNT_POSITIONS_WIDTH() { return 186; }
function ACCOUNT_CELLS_WIDTH() { return 27; }
function ACCOUNT_CELLS_AT() { return 124; }

// Governed parameters of one market; only a priced one needs them.
bus Pricing() {
    signal depthMin; // 2^-32 per lot, of the depth coefficient
    signal depthMax; // 2^-32 per lot, of the depth coefficient
    signal depthPerVariance; // 2^-16, risk aversion times holding time
    signal keep; // 2^-8 of what builds the skew: for whoever unwinds it
    signal flowCap; // lots that a batch may add to the skew
}

function PRICING_WORDS() { return 5; }
function PRICING_DEPTH_MIN_WIDTH() { return 13; }
function PRICING_DEPTH_MAX_WIDTH() { return 13; }
function PRICING_DEPTH_PER_VARIANCE_WIDTH() { return 32; }
function PRICING_KEEP_WIDTH() { return 9; }
function PRICING_FLOW_CAP_WIDTH() { return 30; }

// A perpetual between batches; only a priced one needs its row.
bus MarketRow() {
    signal pool; // 2^-16 micro-USD
    signal kappa; // 2^-32 micro-USD per lot squared
}

function MARKET_ROW_WORDS() { return 2; }
function MARKET_ROW_POOL_WIDTH() { return 96; }
function MARKET_ROW_KAPPA_WIDTH() { return 48; }

// An underlying between batches; every batch moves it, whichever markets have a lane.
bus Underlying() {
    signal funding; // 2^-73 micro-USD per unit since listing, exact, signed
    signal fundingRate; // 2^-72 of the notional per second, signed
    signal variance; // 2^-40, mean of the squared return in 64 seconds
    signal price; // micro-USD per unit, the last one; 0 before the first
}

function UNDERLYING_WORDS() { return 4; }
function UNDERLYING_FUNDING_WIDTH() { return 111; }
function UNDERLYING_FUNDING_RATE_WIDTH() { return 52; }
function UNDERLYING_VARIANCE_WIDTH() { return 40; }
function UNDERLYING_PRICE_WIDTH() { return 26; }

// The house's own money; users' positions stand in the market table.
bus Ledger() {
    signal houseCash; // 2^-16 micro-USD, signed
    signal insurance; // 2^-16 micro-USD, signed
    signal feePool; // 2^-16 micro-USD, signed
    signal sumCash; // 2^-16 micro-USD, signed
    signal badDebt; // 2^-16 micro-USD, signed
    signal openInterest; // lots of all positions, nothing netted
}

function LEDGER_WORDS() { return 6; }
function LEDGER_HOUSE_CASH_WIDTH() { return 120; }
function LEDGER_INSURANCE_WIDTH() { return 120; }
function LEDGER_FEE_POOL_WIDTH() { return 120; }
function LEDGER_SUM_CASH_WIDTH() { return 120; }
function LEDGER_BAD_DEBT_WIDTH() { return 120; }
function LEDGER_OPEN_INTEREST_WIDTH() { return 30; }

// Market table, ledger and safety table, as the state holds them: what the operator knows.
bus SealedWords() {
    signal skews[3]; // lots
    signal underlyings[2]; // hash of each underlying's row
    signal rows; // hash of the instruments' hashes of rows
    signal time; // seconds, of the last batch's prices
    signal ledger; // hash
    signal safety; // hash of the safety table
    signal uncleanSince; // seconds: marks since which no batch was clean; 0 if the last was
    signal salt; // secret, another one for each batch and run
}

function SEALED_WORDS() { return 11; }
function SEALED_SKEWS_WIDTH() { return 186; }
function SEALED_TIME_WIDTH() { return 32; }
function SEALED_UNCLEAN_SINCE_WIDTH() { return 32; }

// The house's half of the state: what is sealed, and the exit sheet, which anybody knows.
bus HouseWords() {
    signal sealed; // hash of SealedWords
    signal marks; // micro-USD per unit, and who is halted
    signal accruals; // micro-USD per unit
}

function HOUSE_WORDS() { return 3; }
function HOUSE_MARKS_WIDTH() { return 208; }
function HOUSE_ACCRUALS_WIDTH() { return 160; }

// Governed parameters of a market group; the contract holds the hash.
bus MarketParamsWords() {
    signal risks[3]; // Risk, packed
    signal caps[2]; // lots
    signal units; // of the underlying in a lot
    signal pricing; // hash of the instruments' hashes of pricing
    signal funding[2]; // FundingRule, packed
    signal takerFee; // 2^-20 of the notional, the half spread included
    signal makerFee; // 2^-20 of the notional, not above the taker's
    signal profitCap; // 2^-16 micro-USD above what is settled that count for new risk
    signal vesting; // seconds over which profit vests, at least 1
    signal jump; // edges of the grid that a price may move in a batch and be believed
    signal penalty; // 2^-20 of the notional, of who is taken over, beside concentration
    signal grace; // seconds without a clean batch after which no withdrawal is paid
}

function MARKET_PARAMS_WORDS() { return 16; }
function MARKET_PARAMS_RISKS_WIDTH() { return 234; }
function MARKET_PARAMS_CAPS_WIDTH() { return 240; }
function MARKET_PARAMS_UNITS_WIDTH() { return 160; }
function MARKET_PARAMS_FUNDING_WIDTH() { return 245; }
function MARKET_PARAMS_TAKER_FEE_WIDTH() { return 20; }
function MARKET_PARAMS_MAKER_FEE_WIDTH() { return 20; }
function MARKET_PARAMS_PROFIT_CAP_WIDTH() { return 96; }
function MARKET_PARAMS_VESTING_WIDTH() { return 24; }
function MARKET_PARAMS_JUMP_WIDTH() { return 8; }
function MARKET_PARAMS_PENALTY_WIDTH() { return 20; }
function MARKET_PARAMS_GRACE_WIDTH() { return 32; }

// The committed state.
bus StateWords() {
    signal accounts; // root of the accounts' tree
    signal house; // hash of HouseWords
}

function STATE_WORDS() { return 2; }

// What a batch publishes first; the contract knows it.
bus BatchHeader() {
    signal chainId; // of the settlement contract
    signal contract; // address of the settlement contract
    signal number; // of the batch or of the run, from one
    signal kind; // STATEMENT_...
    signal prevStateRoot; // before
    signal newStateRoot; // after
    signal setRoot; // commits the orders before their price is known
    signal prices; // micro-USD per unit, and who is halted
    signal time; // seconds, of the prices
    signal marketParamsHash; // the contract's
}

function BATCH_HEADER_WORDS() { return 10; }

// What a batch publishes of the house's half of the new state; its marks are the prices.
bus BatchHouse() {
    signal sealed; // what the new state hides of the house
    signal accruals; // micro-USD per unit
    signal clean; // 1: all accounts are above maintenance; 0 says nothing
}

function BATCH_HOUSE_WORDS() { return 3; }

// What a batch publishes of each slot's account.
bus Touch() {
    signal account; // index
    signal leaf; // the new one
    signal ciphertext; // Delta, encrypted
    signal confirmation; // Confirmation, encrypted
}

function TOUCH_WORDS() { return 4; }

// What a run of requests publishes first; the contract knows it.
bus RequestsHeader() {
    signal chainId; // of the settlement contract
    signal contract; // address of the settlement contract
    signal number; // of the batch or of the run, from one
    signal kind; // STATEMENT_...
    signal prevStateRoot; // before
    signal newStateRoot; // after
    signal operatorKey[2]; // BabyJubJub
    signal marketParamsHash; // the contract's
}

function REQUESTS_HEADER_WORDS() { return 9; }

// What a run publishes of the house's half of the new state; the exit sheet stays.
bus RequestsHouse() {
    signal sealed; // what the new state hides of the house
}

function REQUESTS_HOUSE_WORDS() { return 1; }

// What a run publishes of each request.
bus Served() {
    signal word; // Request, packed
    signal key[2]; // of an opening: an eighth of the owner's
    signal paid; // micro-USD that a withdrawal credits
    signal leaf; // the new one; 0 for none
    signal ciphertext; // Delta, encrypted; 0 for none
}

function SERVED_WORDS() { return 6; }

// The fields of a word of 250 bits, so its decomposition is unique.
template OpenOrder() {
    signal input word;
    output Order() order;
    signal output bits[250]; // of the word, low first

    var WIDTHS[11] = ORDER_WIDTHS();
    var fields[11];
    var at = 0;
    bits <== Bits(250)(word);
    for (var f = 0; f < 11; f++) {
        for (var b = 0; b < WIDTHS[f]; b++) {
            fields[f] += bits[at + b] * (1 << b);
        }
        at += WIDTHS[f];
    }
    order.account <== fields[0];
    order.instrument <== fields[1];
    order.bid <== fields[2];
    order.ask <== fields[3];
    order.limitPrice <== fields[4];
    order.nonce <== fields[5];
    order.expiry <== fields[6];
    order.reduceOnly <== fields[7];
    order.immediateOrCancel <== fields[8];
    order.feeCap <== fields[9];
    order.spread <== fields[10];
}

// The fields of a word of 91 bits, so its decomposition is unique.
template OpenRequest() {
    signal input word;
    output Request() request;
    signal output bits[91]; // of the word, low first

    var WIDTHS[3] = REQUEST_WIDTHS();
    var fields[3];
    var at = 0;
    bits <== Bits(91)(word);
    for (var f = 0; f < 3; f++) {
        for (var b = 0; b < WIDTHS[f]; b++) {
            fields[f] += bits[at + b] * (1 << b);
        }
        at += WIDTHS[f];
    }
    request.kind <== fields[0];
    request.account <== fields[1];
    request.amount <== fields[2];
}

// The word of fields that are ranged, so that a word has one opening.
template PackRisk() {
    input Risk() risk;
    signal output word;

    Range(10)(risk.shock);
    Range(16)(risk.contingency);
    Range(13)(risk.concentration);
    word <== risk.shock + risk.contingency * (1 << 10) + risk.concentration * (1 << 26);
}

// The word of fields that are ranged, so that a word has one opening.
template PackFundingRule() {
    input FundingRule() fundingRule;
    signal output word;

    Range(43)(fundingRule.deadZone);
    Range(30)(fundingRule.velocity);
    Range(52)(fundingRule.decay);
    Range(52)(fundingRule.rateMax);
    Range(44)(fundingRule.cell);
    Range(10)(fundingRule.spreadBase);
    Range(14)(fundingRule.spreadSlope);
    word <== fundingRule.deadZone + fundingRule.velocity * (1 << 43)
        + fundingRule.decay * (1 << 73) + fundingRule.rateMax * (1 << 125)
        + fundingRule.cell * (1 << 177) + fundingRule.spreadBase * (1 << 221)
        + fundingRule.spreadSlope * (1 << 231);
}

// The word of fields that are ranged by what made them.
template PackDelta() {
    input Delta() delta;
    signal output word;

    word <== delta.instrument + delta.reason * (1 << 4) + (delta.fill + (1 << 30)) * (1 << 8)
        + delta.nonce * (1 << 39) + (delta.filled + (1 << 29)) * (1 << 71)
        + delta.cells * (1 << 101) + delta.cash * (1 << 128);
}

// The word of fields that are ranged by what made them.
template PackConfirmation() {
    input Confirmation() confirmation;
    signal output word;

    word <== confirmation.share + confirmation.fee * (1 << 8) + (confirmation.index
        + (1 << 54)) * (1 << 90) + confirmation.premium * (1 << 145);
}

template Leaf() {
    input Account() account;
    signal output out;

    out <== Hash(13, DOMAIN_LEAF())([account.owner[0], account.owner[1], account.viewKey,
        account.version, account.nonce, account.filled, account.cash, account.settled,
        account.pending, account.since, account.positions[0], account.positions[1],
        account.positions[2]]);
}

template PricingHash() {
    input Pricing() pricing;
    signal output out;

    out <== Hash(5, DOMAIN_PARAMS())([pricing.depthMin, pricing.depthMax,
        pricing.depthPerVariance, pricing.keep, pricing.flowCap]);
}

template MarketRowHash() {
    input MarketRow() marketRow;
    signal output out;

    out <== Hash(2, DOMAIN_TABLE())([marketRow.pool, marketRow.kappa]);
}

template UnderlyingHash() {
    input Underlying() underlying;
    signal output out;

    out <== Hash(4, DOMAIN_TABLE())([underlying.funding, underlying.fundingRate,
        underlying.variance, underlying.price]);
}

template LedgerHash() {
    input Ledger() ledger;
    signal output out;

    out <== Hash(6, DOMAIN_LEDGER())([ledger.houseCash, ledger.insurance, ledger.feePool,
        ledger.sumCash, ledger.badDebt, ledger.openInterest]);
}

template SealedHash() {
    input SealedWords() sealed;
    signal output out;

    out <== Hash(11, DOMAIN_SEALED())([sealed.skews[0], sealed.skews[1], sealed.skews[2],
        sealed.underlyings[0], sealed.underlyings[1], sealed.rows, sealed.time, sealed.ledger,
        sealed.safety, sealed.uncleanSince, sealed.salt]);
}

template HouseHash() {
    input HouseWords() house;
    signal output out;

    out <== Hash(3, DOMAIN_HOUSE())([house.sealed, house.marks, house.accruals]);
}

template MarketParamsHash() {
    input MarketParamsWords() marketParams;
    signal output out;

    out <== Hash(16, DOMAIN_PARAMS())([marketParams.risks[0], marketParams.risks[1],
        marketParams.risks[2], marketParams.caps[0], marketParams.caps[1], marketParams.units,
        marketParams.pricing, marketParams.funding[0], marketParams.funding[1],
        marketParams.takerFee, marketParams.makerFee, marketParams.profitCap, marketParams.vesting,
        marketParams.jump, marketParams.penalty, marketParams.grace]);
}

template StateRoot() {
    input StateWords() state;
    signal output out;

    out <== Hash(2, DOMAIN_STATE())([state.accounts, state.house]);
}

// All public words, in order: BatchHeader, BatchHouse, `count` times Touch.
template BatchWords(count) {
    input BatchHeader() header;
    input BatchHouse() house;
    input Touch() touch[count];
    signal output words[13 + 4 * count];

    words[0] <== header.chainId;
    words[1] <== header.contract;
    words[2] <== header.number;
    words[3] <== header.kind;
    words[4] <== header.prevStateRoot;
    words[5] <== header.newStateRoot;
    words[6] <== header.setRoot;
    words[7] <== header.prices;
    words[8] <== header.time;
    words[9] <== header.marketParamsHash;
    words[10] <== house.sealed;
    words[11] <== house.accruals;
    words[12] <== house.clean;
    for (var i = 0; i < count; i++) {
        words[13 + 4 * i] <== touch[i].account;
        words[14 + 4 * i] <== touch[i].leaf;
        words[15 + 4 * i] <== touch[i].ciphertext;
        words[16 + 4 * i] <== touch[i].confirmation;
    }
}

// All public words, in order: RequestsHeader, RequestsHouse, `count` times Served.
template RequestsWords(count) {
    input RequestsHeader() header;
    input RequestsHouse() house;
    input Served() served[count];
    signal output words[10 + 6 * count];

    words[0] <== header.chainId;
    words[1] <== header.contract;
    words[2] <== header.number;
    words[3] <== header.kind;
    words[4] <== header.prevStateRoot;
    words[5] <== header.newStateRoot;
    words[6] <== header.operatorKey[0];
    words[7] <== header.operatorKey[1];
    words[8] <== header.marketParamsHash;
    words[9] <== house.sealed;
    for (var i = 0; i < count; i++) {
        words[10 + 6 * i] <== served[i].word;
        words[11 + 6 * i] <== served[i].key[0];
        words[12 + 6 * i] <== served[i].key[1];
        words[13 + 6 * i] <== served[i].paid;
        words[14 + 6 * i] <== served[i].leaf;
        words[15 + 6 * i] <== served[i].ciphertext;
    }
}
