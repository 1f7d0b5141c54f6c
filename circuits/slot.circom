pragma circom 2.2.0;

include "account.circom";
include "book.circom";
include "top.circom";
include "clearing.circom";
include "delta.circom";
include "eddsa.circom";
include "fill.circom";
include "judge.circom";
include "lanes.circom";
include "nouns.circom";
include "poseidon.circom";
include "select.circom";
include "vesting.circom";

// @notice Step 4 for one slot: open what it acts on against the set root, judge it, fill it by the
// clearing rule, and move its account's leaf and the accounts' tree.
// @input(assumes) before: its positions and counters were ranged when they were written.
template Slot(lanes) {
    input Chain(lanes) chain;
    input Terms() terms;
    input Entry() sheet[INSTRUMENTS()];
    signal input exitValue[INSTRUMENTS()]; // 2^-16 micro-USD per lot, signed
    signal input halted[INSTRUMENTS()]; // 0 or 1
    signal input instrument[lanes];
    input Lane() lane[lanes];
    input Clearing() clearing[lanes];
    signal input repeated; // 0 or 1: an order of the same account stands in an earlier slot
    signal input index; // of the account
    signal input authority; // AUTHORITY_...
    signal input word; // the order, packed; 0 for none
    input Signature() signature; // of the order; not looked at for none
    signal input salt;
    signal input lots; // magnitude of the fill
    input Account() before;
    signal input children[LEVELS()][ARITY()];
    output Chain(lanes) next;
    output Touch() touch;
    signal output fills[lanes]; // lots, signed
    signal output fee; // 2^-16 micro-USD
    signal output cash; // 2^-16 micro-USD, signed: how much more the account has

    // What the slot acts on.
    authority * (authority - 1) === 0;
    signal on[2] <== OneHot(1)([authority]);
    component read = ReadOrder();
    read.on <== on[AUTHORITY_ORDER()];
    read.venue <== terms.venue;
    read.account <== index;
    read.owner <== before.owner;
    read.word <== word;
    read.signature <== signature;
    next.setRoot <== Hash(3, DOMAIN_SET())([chain.setRoot, read.message, salt]);

    // The account as it stands, and the lane of the instrument.
    signal hot[INSTRUMENTS()] <== OneHot(ORDER_INSTRUMENT_WIDTH())(read.instrumentBits);
    Signed() positions[INSTRUMENTS()] <== OpenPositions()(before.positions);
    Signed() position <== ChoosePosition()(hot, positions);
    Book() book <== OpenBook()(before.cash, positions, sheet);
    signal stuck <== HoldsHalted()(halted, positions);
    component chosen = ChooseLane(lanes);
    chosen.wanted <== read.order.instrument;
    chosen.instrument <== instrument;
    chosen.lane <== lane;
    chosen.clearing <== clearing;
    Lane() its <== chosen.itsLane;

    // The verdicts of all authorities, of which one is on.
    Verdict() given[2];
    given[AUTHORITY_TOUCH()] <== JudgeTouch()(on[AUTHORITY_TOUCH()]);
    // The instruments' upper half is of the second underlying.
    signal second <== read.instrumentBits[ORDER_INSTRUMENT_WIDTH() - 1];
    given[AUTHORITY_ORDER()] <== JudgeOrder()(on[AUTHORITY_ORDER()], repeated, second, read.order,
        before, position, chosen.itsClearing.price, stuck, book, its, terms);
    Verdict() verdict <== AddVerdicts(2)(given);

    // The fill, and what it leaves to the lane's later slots.
    signal blocked <== Dot(lanes)(chosen.inLane, chain.blocked);
    component clear = ClearSlot();
    clear.eligible <== verdict.eligible;
    clear.isSell <== verdict.effect.isSell;
    clear.left <== verdict.effect.left;
    clear.limit <== verdict.effect.limit;
    clear.clearing <== chosen.itsClearing;
    clear.blocked <== blocked;
    clear.lots <== lots;
    component filled = Fill();
    filled.before <== before;
    filled.position <== position;
    filled.hot <== hot;
    filled.verdict <== verdict;
    filled.mark <== its.mark;
    var premium = chosen.itsClearing.price - its.mark * (1 << MONEY_BITS());
    filled.cost <== its.entry.value + premium;
    filled.rate <== terms.makerFee + clear.takes * (terms.takerFee - terms.makerFee);
    filled.lots <== lots;
    filled.fill <== clear.fill;
    fee <== filled.fee;
    cash <== filled.cash;
    signal blocks[lanes];
    for (var l = 0; l < lanes; l++) {
        fills[l] <== chosen.inLane[l] * clear.fill;
        blocks[l] <== chosen.inLane[l] * clear.short;
        next.blocked[l] <== chain.blocked[l] + (1 - chain.blocked[l]) * blocks[l];
    }

    // What may leave, of the account as the fill leaves it.
    signal worth <== ExitEquity()(filled.after.cash, positions, exitValue);
    signal lotValue <== Dot(INSTRUMENTS())(hot, exitValue);
    signal equity <== worth + clear.fill * lotValue;
    Account() after <== Vest()(filled.after, equity, stuck, terms.time, terms.vesting);

    // The leaf.
    signal leaf <== Leaf()(before);
    touch.account <== index;
    touch.leaf <== Leaf()(after);
    touch.ciphertext <== EncryptDelta()(before.viewKey, leaf, touch.leaf, filled.delta);
    next.top <== MoveLeaf(LEVELS())(index, children, leaf, touch.leaf, chain.top);
}

// @notice Step 4 for all slots, chained by set root, top of the accounts' tree and the lanes'
// rationing.
// @output(proves) fills, fees, cash: the sums of all slots.
template Slots(slots, lanes) {
    signal input setRoot; // commits number and lanes of the batch
    signal input top[TOP()];
    input Terms() terms;
    input Entry() sheet[INSTRUMENTS()];
    signal input exitValue[INSTRUMENTS()]; // 2^-16 micro-USD per lot, signed
    signal input halted[INSTRUMENTS()]; // 0 or 1
    signal input instrument[lanes];
    input Lane() lane[lanes];
    input Clearing() clearing[lanes];
    signal input index[slots];
    signal input authority[slots];
    signal input word[slots];
    input Signature() signature[slots];
    signal input salt[slots];
    signal input lots[slots];
    input Account() account[slots];
    signal input children[slots][LEVELS()][ARITY()];
    signal output newSetRoot;
    signal output newTop[TOP()];
    output Touch() touch[slots];
    signal output fills[lanes]; // lots, signed
    signal output fees; // 2^-16 micro-USD
    signal output cash; // 2^-16 micro-USD, signed

    signal repeated[slots] <== Repeated(slots)(index, authority);
    Chain(lanes) chain[slots + 1];
    chain[0].setRoot <== setRoot;
    chain[0].top <== top;
    for (var l = 0; l < lanes; l++) {
        chain[0].blocked[l] <== 0;
    }
    component slot[slots];
    var net[lanes];
    var allFees = 0;
    var allCash = 0;
    for (var s = 0; s < slots; s++) {
        slot[s] = Slot(lanes);
        slot[s].chain <== chain[s];
        slot[s].terms <== terms;
        slot[s].sheet <== sheet;
        slot[s].exitValue <== exitValue;
        slot[s].halted <== halted;
        slot[s].instrument <== instrument;
        slot[s].lane <== lane;
        slot[s].clearing <== clearing;
        slot[s].repeated <== repeated[s];
        slot[s].index <== index[s];
        slot[s].authority <== authority[s];
        slot[s].word <== word[s];
        slot[s].signature <== signature[s];
        slot[s].salt <== salt[s];
        slot[s].lots <== lots[s];
        slot[s].before <== account[s];
        slot[s].children <== children[s];
        chain[s + 1] <== slot[s].next;
        touch[s] <== slot[s].touch;
        allFees += slot[s].fee;
        allCash += slot[s].cash;
        for (var l = 0; l < lanes; l++) {
            net[l] += slot[s].fills[l];
        }
    }
    newSetRoot <== chain[slots].setRoot;
    newTop <== chain[slots].top;
    fills <== net;
    fees <== allFees;
    cash <== allCash;
}
