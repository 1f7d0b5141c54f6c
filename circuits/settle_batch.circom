pragma circom 2.2.0;

include "account.circom";
include "top.circom";
include "clearing.circom";
include "funding.circom";
include "house.circom";
include "lanes.circom";
include "lots.circom";
include "markets.circom";
include "nouns.circom";
include "params.circom";
include "poseidon.circom";
include "safety.circom";
include "sheet.circom";
include "slots.circom";
include "soundness.circom";
include "sponge.circom";
include "spread.circom";
include "state.circom";
include "takeover.circom";
include "vesting.circom";

// @notice One batch: `slots` orders or touches over one market table, of which `lanes` markets are
// priced (undertow/engine/transition.py). What it proves, and what each hint may be: STATEMENT.md.
// @param stepBits, cellBits The price grid and the rings of the safety table.
template SettleBatch(slots, lanes, stepBits, cellBits) {
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
    signal input uncleanSince; // seconds; 0 if the last batch was clean
    signal input houseSalt; // of the sealed half
    signal input newHouseSalt; // of the sealed half afterwards; the set root commits it
    signal input marks; // micro-USD per unit and who is halted, packed
    signal input accruals; // micro-USD per unit, packed
    // The safety table, and what of it the prover is free to choose.
    signal input table[RING_WORDS(cellBits)]; // eight counters each
    signal input newTable[RING_WORDS(cellBits)];
    input Windows() windows;
    input Windows() newWindows;
    signal input steps; // of the funding clock
    signal input anywhere[RINGS()]; // 0 or 1: a window moves by more than its ring's rows
    signal input idle[RINGS()]; // 0 or 1: 1 only of a ring that counts nobody
    signal input clean; // 0 or 1: claims that every account is above maintenance
    signal input lane[lanes]; // instruments, ascending
    input MarketRow() row[lanes];
    input Pricing() pricing[lanes];
    signal input flow[lanes]; // lots, signed: net of all fills; a hint
    signal input side[lanes]; // 1 or -1: the rationed one; a hint
    signal input traded[lanes]; // lots: all fills' magnitudes; a hint
    // The slots.
    signal input index[slots]; // of the account
    signal input authority[slots]; // AUTHORITY_...
    signal input word[slots]; // the order, packed; 0 for none
    input Signature() signature[slots];
    signal input salt[slots]; // hides how many orders the set root commits
    signal input lots[slots]; // magnitude of the fill; a hint
    signal input cells[slots]; // of the new leaf's certificate, packed
    input Hints(stepBits, cellBits) hints[slots];
    input Account() account[slots];
    signal input children[slots][LEVELS()][ARITY()]; // of the nodes on the leaf's path
    signal output c;
    signal output publicZ;
    signal output y;

    // 1. The header: parameters, prices, lanes.
    BatchHeader() header;
    header.marketParamsHash <== ParamsHash()(params);
    header.prices <== PackMarks()(price, halted);
    component open = OpenLanes(lanes);
    open.instrument <== lane;

    // 2. Advance the underlyings, then the lanes' markets; the sheet follows from the funding.
    Signed() skew[INSTRUMENTS()] <== OpenSkews()(markets.skews);
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
    Entry() sheet[INSTRUMENTS()] <== PriceSheet()(lot, params.units, paid, params.risk);
    signal shock[UNDERLYINGS()] <== ShockOfEach()(params.risk);
    Unit() unit[UNDERLYINGS()] <== PriceUnits()(price, paid, OpenAccruals()(house.accruals), shock,
        params.funding);
    Terms() terms <== TermsOf()(venue, time, params.takerFee, params.makerFee,
        params.profitCap, params.vesting, RoomOf(slots)(ledger.openInterest));

    // 3. The safety table moves to the new prices; with it the previous state is whole.
    component guard = OpenTable(stepBits, cellBits);
    guard.z <== z;
    guard.word <== table;
    guard.before <== windows;
    guard.after <== newWindows;
    guard.price <== price;
    guard.indexBefore <== FundingIndices()(markets.underlying);
    guard.index <== paid;
    guard.cell <== [unit[0].cell, unit[1].cell];
    guard.shock <== shock;
    guard.steps <== steps;
    guard.anywhere <== anywhere;
    guard.jump <== params.jump;
    (header.prevStateRoot, _) <== CommitState()(TopRoot()(top), HashTable()(markets), timeBefore,
        ledger, guard.hash, uncleanSince, houseSalt, marks, accruals);

    Taking() taking <== TakingOf()(guard.steady, guard.step, price, params.penalty);

    // 4. Price each lane at its net flow.
    component clear = ClearMarkets(lanes);
    clear.hot <== open.hot;
    clear.market <== market;
    clear.halts <== halts;
    clear.pricing <== pricing;
    clear.makerFee <== params.makerFee;
    clear.spread <== HalfSpreads()(funded, params.funding);
    clear.sheet <== sheet;
    clear.units <== params.units;
    clear.risk <== params.risk;
    clear.skewCap <== params.skewCap;
    clear.houseGrows <== HouseMayGrow()(ledger, skew, params.skewCap, sheet);
    clear.flow <== flow;
    clear.side <== side;
    clear.traded <== traded;

    // 5. The slots.
    component done = Slots(slots, lanes, stepBits, cellBits);
    done.setRoot <== Hash(3, DOMAIN_SET())([batch, open.word, newHouseSalt]);
    done.top <== top;
    done.terms <== terms;
    done.unit <== unit;
    done.units <== params.units;
    done.risk <== params.risk;
    done.halted <== halted;
    done.instrument <== lane;
    done.lane <== clear.lane;
    done.clearing <== clear.clearing;
    done.index <== index;
    done.authority <== authority;
    done.word <== word;
    done.signature <== signature;
    done.salt <== salt;
    done.lots <== lots;
    done.by <== guard.by;
    done.taking <== taking;
    done.power <== guard.power;
    done.cells <== cells;
    done.hints <== hints;
    done.account <== account;
    done.children <== children;

    // 6. The fills are each lane's net flow, and as much as was said is traded.
    done.fills === flow;
    done.traded === traded;

    // 7. The market table and the house take the other side, and whoever was taken over.
    Markets() after;
    signal left[lanes];
    (after, left) <== CommitMarkets(lanes)(open.hot, markets, funded, rowHash, market,
        clear.pool, flow, done.given.lots);
    Ledger() owned <== CommitLedger(lanes)(ledger, flow, clear.value, released + clear.kept,
        done.fees, done.cash, done.grown, done.given);
    signal net[UNDERLYINGS()], gross[UNDERLYINGS()];
    (net, gross) <== SkewUnits(lanes)(skew, params.units, open.hot, clear.lane, market, left, flow);

    signal sound <== HouseIsSound()(owned, [net[0] - done.given.net[0], net[1] - done.given.net[1]],
        [gross[0] + done.given.gross[0], gross[1] + done.given.gross[1]], unit);

    // 8. The safety table counts what the slots left, and the batch may say that all is well.
    signal tableHash <== CloseTable(stepBits, cellBits)(z, table, newTable, windows, newWindows,
        guard.rowHot, guard.bound, done.moved, clean, idle, sound, guard.steady);
    house.clean <== clean;
    signal since <== UncleanSince()(uncleanSince, clean, time);
    (header.newStateRoot, house.sealed) <== CommitState()(TopRoot()(done.newTop),
        HashTable()(after), time, owned, tableHash, since, newHouseSalt, header.prices, house.accruals);

    // 9. The public words.
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
