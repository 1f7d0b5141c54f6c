pragma circom 2.2.0;

include "account.circom";
include "top.circom";
include "clearing.circom";
include "funding.circom";
include "house.circom";
include "judge.circom";
include "lanes.circom";
include "lots.circom";
include "markets.circom";
include "nouns.circom";
include "params.circom";
include "poseidon.circom";
include "sheet.circom";
include "slot.circom";
include "sponge.circom";
include "spread.circom";
include "state.circom";
include "vesting.circom";

// @notice One batch: `slots` orders or touches over one market table, of which `lanes` markets are
// priced (undertow/engine/transition.py). What it proves, and what each hint may be: STATEMENT.md.
template SettleBatch(slots, lanes) {
    // The statement.
    signal input z; // where the public words' polynomial is evaluated
    input Venue() venue;
    signal input batch; // number
    signal input price[UNDERLYINGS()]; // micro-USD per unit; 0 where none is listed
    signal input halted[UNDERLYINGS()]; // 0 or 1: that mark is no price
    signal input time; // seconds, of the prices
    input MarketParams() params;
    // The state, and what of its table the lanes need.
    signal input top[TOP()]; // nodes of the accounts' tree
    input Markets() markets;
    signal input timeBefore; // seconds, of the last batch's prices
    input Ledger() ledger;
    signal input houseSalt; // of the sealed half
    signal input newHouseSalt; // of the sealed half afterwards; the set root commits it
    signal input marks; // micro-USD per unit and who is halted, packed
    signal input accruals; // micro-USD per unit, packed
    signal input lane[lanes]; // instruments, ascending
    input MarketRow() row[lanes];
    input Pricing() pricing[lanes];
    signal input flow[lanes]; // lots, signed: net of all fills; a hint
    signal input side[lanes]; // 1 or -1: the rationed one; a hint
    // The slots.
    signal input index[slots]; // of the account
    signal input authority[slots]; // AUTHORITY_...
    signal input word[slots]; // the order, packed; 0 for none
    input Signature() signature[slots];
    signal input salt[slots]; // hides how many orders the set root commits
    signal input lots[slots]; // magnitude of the fill; a hint
    input Account() account[slots];
    signal input children[slots][LEVELS()][ARITY()]; // of the nodes on the leaf's path
    signal output c;
    signal output publicZ;
    signal output y;

    // 1. The header: parameters, previous state, lanes.
    BatchHeader() header;
    header.marketParamsHash <== ParamsHash()(params);
    (header.prevStateRoot, _) <== CommitState()(TopRoot()(top), HashTable()(markets), timeBefore,
        ledger, houseSalt, marks, accruals);
    header.prices <== PackMarks()(price, halted);
    component open = OpenLanes(lanes);
    open.instrument <== lane;

    // 2. Advance the underlyings, then the lanes' markets; the sheet follows from the funding.
    Signed() skew[INSTRUMENTS()] <== OpenPositions()(markets.skews);
    Underlying() funded[UNDERLYINGS()];
    signal paid[UNDERLYINGS()];
    BatchHouse() house;
    (funded, paid, house.accruals) <== AdvanceUnderlyings()(markets.underlying, params.funding,
        skew, params.units, price, halted, time - timeBefore);
    signal lot[INSTRUMENTS()] <== PriceLots()(params.units, price);
    signal stopped[INSTRUMENTS()] <== HaltLots()(halted);
    Market() market[lanes];
    signal halts[lanes], rowHash[lanes], released;
    (market, halts, rowHash, released) <== AdvanceMarkets(lanes)(open.hot, skew, markets.rowHash,
        params.pricingHash, lot, stopped, funded, row, pricing);
    Entry() sheet[INSTRUMENTS()] <== PriceSheet()(lot, params.units, paid, params.risk,
        params.funding);
    Terms() terms <== TermsOf()(venue, time, params.takerFee, params.makerFee,
        params.profitCap, params.vesting);

    // 3. Price each lane at its net flow.
    component clear = ClearMarkets(lanes);
    clear.hot <== open.hot;
    clear.market <== market;
    clear.halts <== halts;
    clear.pricing <== pricing;
    clear.makerFee <== params.makerFee;
    clear.spread <== HalfSpreads()(funded, params.funding);
    clear.sheet <== sheet;
    clear.skewCap <== params.skewCap;
    clear.houseGrows <== HouseMayGrow()(ledger, skew, params.skewCap, sheet);
    clear.flow <== flow;
    clear.side <== side;

    // 4. The slots.
    component done = Slots(slots, lanes);
    done.setRoot <== Hash(3, DOMAIN_SET())([batch, open.word, newHouseSalt]);
    done.top <== top;
    done.terms <== terms;
    done.sheet <== sheet;
    done.exitValue <== ExitValues()(lot, params.units, house.accruals);
    done.halted <== stopped;
    done.instrument <== lane;
    done.lane <== clear.lane;
    done.clearing <== clear.clearing;
    done.index <== index;
    done.authority <== authority;
    done.word <== word;
    done.signature <== signature;
    done.salt <== salt;
    done.lots <== lots;
    done.account <== account;
    done.children <== children;

    // 5. The fills are each lane's net flow.
    done.fills === flow;

    // 6. The market table and the house take the other side.
    Markets() taken <== CommitMarkets(lanes)(open.hot, markets, funded, rowHash, market,
        clear.pool, flow);
    Ledger() owned <== CommitLedger(lanes)(ledger, flow, clear.lane, released + clear.kept,
        done.fees, done.cash);
    (header.newStateRoot, house.sealed) <== CommitState()(TopRoot()(done.newTop),
        HashTable()(taken), time, owned, newHouseSalt, header.prices, house.accruals);

    // 7. The public words.
    header.chainId <== venue.chainId;
    header.contract <== venue.contract;
    header.number <== batch;
    header.kind <== STATEMENT_BATCH();
    header.setRoot <== done.newSetRoot;
    header.time <== time;
    var WORDS = BATCH_HEADER_WORDS() + BATCH_HOUSE_WORDS() + TOUCH_WORDS() * slots;
    (c, y) <== PublicWords(WORDS)(BatchWords(slots)(header, house, done.touch), z);
    publicZ <== z;
}
