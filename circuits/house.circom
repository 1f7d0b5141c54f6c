pragma circom 2.2.0;

include "compare.circom";
include "divide.circom";
include "nouns.circom";
include "range.circom";
include "taken.circom";

// @notice Whether the house may take new skew: its equity covers every market at its cap, or at its
// skew where that is larger, with no offset (undertow/engine/house.py).
// @input(assumes) skew, skewCap, sheet: ranged.
// @cost 715
template HouseMayGrow() {
    input Ledger() ledger;
    input Signed() skew[INSTRUMENTS()];
    signal input skewCap[INSTRUMENTS()]; // lots
    input Entry() sheet[INSTRUMENTS()];
    signal output grows; // 0 or 1

    _ <== ledger.insurance;
    _ <== ledger.sumCash;
    _ <== ledger.badDebt;
    _ <== ledger.openInterest;
    var N = INSTRUMENTS();
    signal bound[N];
    signal worth[N];
    signal needs[N];
    var equity = ledger.houseCash + ledger.feePool;
    var requirement = 0;
    for (var i = 0; i < N; i++) {
        _ <== skew[i].negative;
        bound[i] <== Larger(LOTS_WIDTH() + 1)(skewCap[i], skew[i].magnitude);
        worth[i] <== skew[i].value * sheet[i].value;
        needs[i] <== bound[i] * sheet[i].step;
        equity -= worth[i];
        requirement += needs[i] * HOUSE_STEPS() * (1 << (MONEY_BITS() - SHOCK_BITS()));
    }
    grows <== NonNegative(LEDGER_HOUSE_CASH_WIDTH())(equity - requirement);
}

// @notice What one order of a batch may add to the open interest: its part of what is left, so that
// all together never add more (undertow/engine/interest.py).
// @input(assumes) openInterest: never above the most.
// @cost 34
template RoomOf(slots) {
    signal input openInterest; // lots
    signal output room; // lots

    var SHIFT = BITS_FOR(slots);
    assert(1 << SHIFT == slots);
    room <== FloorShift(LOTS_WIDTH(), SHIFT)((1 << LOTS_WIDTH()) - 1 - openInterest);
}

// @notice Step 6 for the ledger: the house takes the other side of each lane's flow, and all of who is
// taken over.
// @input(assumes) given, grown: sums over the slots; interest is counted in `grown`.
// @output(proves) after: house cash moves by the flow at mark less funding and takes what pools
// release and flows pay beyond them, what comes with those who are taken, and what the insurance
// fund covers of their losses; the rest of these is counted. The fee pool takes the fees, the
// fund the penalties, the accounts' sum their change.
template CommitLedger(lanes) {
    input Ledger() before;
    signal input flow[lanes]; // lots, signed
    signal input value[lanes]; // 2^-16 micro-USD per lot, signed: mark less funding
    signal input collected; // 2^-16 micro-USD: released and kept
    signal input fees; // 2^-16 micro-USD
    signal input cash; // 2^-16 micro-USD, signed: how much more the accounts have
    signal input grown; // lots, signed: how much more they hold
    input Given() given;
    output Ledger() after;

    signal taken[lanes];
    _ <== given.lots;
    _ <== given.net;
    _ <== given.gross;
    _ <== given.interest;
    signal covered <== CoverLosses()(before.insurance, given.penalty, given.loss);
    var house = before.houseCash + collected + given.cash + covered;
    for (var l = 0; l < lanes; l++) {
        taken[l] <== flow[l] * value[l];
        house += taken[l];
    }
    after.houseCash <== house;
    after.insurance <== before.insurance + given.penalty - covered;
    after.feePool <== before.feePool + fees;
    after.sumCash <== before.sumCash + cash;
    after.badDebt <== before.badDebt + given.loss - covered;
    after.openInterest <== before.openInterest + grown;
}
