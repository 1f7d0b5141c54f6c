pragma circom 2.2.0;

include "account.circom";
include "cells.circom";
include "book.circom";
include "top.circom";
include "clearing.circom";
include "confirmation.circom";
include "delta.circom";
include "eddsa.circom";
include "fill.circom";
include "judge.circom";
include "lanes.circom";
include "maintenance.circom";
include "nouns.circom";
include "poseidon.circom";
include "recertify.circom";
include "select.circom";
include "taken.circom";
include "vesting.circom";

// @notice Step 4 for one slot: open what it acts on against the set root, judge it, fill it by the
// clearing rule, and move its account's leaf and the accounts' tree.
// @input(assumes) before: its positions and counters were ranged when they were written.
template Slot(lanes, stepBits, cellBits) {
    input Chain(lanes) chain;
    input Terms() terms;
    input Unit() unit[UNDERLYINGS()];
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    input Risk() risk[INSTRUMENTS()];
    signal input halted[UNDERLYINGS()]; // 0 or 1
    signal input instrument[lanes];
    input Lane() lane[lanes];
    input Clearing() clearing[lanes];
    signal input repeated; // 0 or 1: the same account stands in an earlier slot
    signal input index; // of the account
    signal input authority; // AUTHORITY_...
    signal input word; // the order, packed; 0 for none
    input Signature() signature; // of the order; not looked at for none
    signal input salt;
    signal input lots; // magnitude of the fill
    input Safeguards(cellBits) by;
    input Taking() taking;
    signal input power[POWERS(cellBits)]; // z^(2^k)
    signal input cells; // of the new leaf, packed
    input Hints(stepBits, cellBits) hints;
    input Account() before;
    signal input children[LEVELS()][ARITY()];
    output Chain(lanes) next;
    output Touch() touch;
    signal output fills[lanes]; // lots, signed
    signal output traded[lanes]; // lots: their magnitudes
    signal output fee; // 2^-16 micro-USD
    signal output cash; // 2^-16 micro-USD, signed: how much more the account has
    signal output grown; // lots, signed: how much more it holds
    output Given() given; // all of it, where it is taken over
    signal output term; // what the safety table's polynomial gains

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
    Position() positions[INSTRUMENTS()];
    signal last[CELLS_END()];
    (positions, last) <== OpenPositions(CELLS_END())(before.positions);
    signal old[CELLS_WIDTH()];
    var cellsBefore = 0;
    for (var i = 0; i < CELLS_END(); i++) {
        if (i < ACCOUNT_CELLS_AT()) {
            _ <== last[i];
        } else {
            old[i - ACCOUNT_CELLS_AT()] <== last[i];
            cellsBefore += last[i] * (1 << (i - ACCOUNT_CELLS_AT()));
        }
    }
    Signed() position <== ChoosePosition()(hot, positions);
    Holdings() held <== OpenHoldings()(positions, units, risk);
    signal equity <== Worth()(before.cash, held.net, [unit[0].value, unit[1].value]);
    Book() book <== BookOf()(equity, held, unit);
    signal stuck <== HoldsHalted()(halted, positions);
    component chosen = ChooseLane(lanes);
    chosen.wanted <== read.order.instrument;
    chosen.instrument <== instrument;
    chosen.lane <== lane;
    chosen.clearing <== clearing;
    Lane() its <== chosen.itsLane;

    // The verdicts of all authorities, of which one is on.
    Verdict() answer[2];
    answer[AUTHORITY_TOUCH()] <== JudgeTouch()(on[AUTHORITY_TOUCH()]);
    // The instruments' upper half is of the second underlying.
    signal second <== read.instrumentBits[ORDER_INSTRUMENT_WIDTH() - 1];
    answer[AUTHORITY_ORDER()] <== JudgeOrder()(on[AUTHORITY_ORDER()], repeated, second, read.order,
        before, position, chosen.itsClearing.price, stuck, held, unit, book, its, terms);
    Verdict() verdict <== AddVerdicts(2)(answer);

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
    // The price, less what a lot has paid in funding.
    var paid[UNDERLYINGS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        paid[u] = unit[u].price * (1 << MONEY_BITS()) - unit[u].value;
    }
    signal funding <== paid[0] + second * (paid[1] - paid[0]);
    filled.cost <== chosen.itsClearing.price - its.units * funding;
    filled.rate <== terms.makerFee + clear.takes * (terms.takerFee - terms.makerFee);
    filled.lots <== lots;
    filled.fill <== clear.fill;
    filled.cellsBefore <== cellsBefore;
    filled.cells <== cells;
    fee <== filled.fee;
    signal blocks[lanes];
    for (var l = 0; l < lanes; l++) {
        fills[l] <== chosen.inLane[l] * clear.fill;
        traded[l] <== chosen.inLane[l] * lots;
        blocks[l] <== chosen.inLane[l] * clear.short;
        next.blocked[l] <== chain.blocked[l] + (1 - chain.blocked[l]) * blocks[l];
    }

    // Up to where the account is safe as the fill leaves it, or that it is taken over.
    Holdings() later <== TradeHoldings()(held, its.units, its.contingency, its.concentration,
        second, position.magnitude, filled.held, clear.fill);
    signal touches <== on[AUTHORITY_TOUCH()] * taking.steady;
    signal taken;
    Shares() shares;
    (term, taken, shares) <== Recertify(stepBits, cellBits)(by, taking.step, power,
        touches * (1 - stuck), later, filled.after.cash, equity,
        Charge()(book.addOns, held.gross, taking.charge), old, cells, hints);
    given <== Give()(taken, shares, filled.after.cash, positions, held);
    Account() left <== TakeAccount()(taken, given, filled.after);
    cash <== filled.cash - given.cash - given.penalty;
    grown <== filled.held - position.magnitude - given.interest;

    // What of it may leave: of who is taken, whatever it keeps.
    signal worth <== Worth()(filled.after.cash, later.net, [unit[0].exit, unit[1].exit]);
    signal gone <== taken * worth;
    Account() after <== Vest()(left, worth - gone + shares.kept, stuck, terms.time, terms.vesting);
    Delta() delta <== TakeDelta()(taken, cash, filled.delta);

    // The leaf.
    signal leaf <== Leaf()(before);
    touch.account <== index;
    touch.leaf <== Leaf()(after);
    Confirmation() confirmation <== ConfirmFill()(clear.fill, filled.fee, funding,
        chosen.itsClearing.price - its.mark * (1 << MONEY_BITS()), chosen.itsClearing.share);
    (touch.ciphertext, touch.confirmation) <== EncryptBoth()(before.viewKey, leaf, touch.leaf,
        delta, confirmation);
    next.top <== MoveLeaf(LEVELS())(index, children, leaf, touch.leaf, chain.top);
}
