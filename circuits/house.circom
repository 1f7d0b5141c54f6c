pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";

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

// @notice Step 6 for the ledger: the house takes the other side of each lane's flow.
// @output(proves) after: house cash moves by the flow at mark less funding and takes what pools
// release and flows pay beyond them; the fee pool takes the fees, the accounts' sum their change.
template CommitLedger(lanes) {
    input Ledger() before;
    signal input flow[lanes]; // lots, signed
    signal input value[lanes]; // 2^-16 micro-USD per lot, signed: mark less funding
    signal input collected; // 2^-16 micro-USD: released and kept
    signal input fees; // 2^-16 micro-USD
    signal input cash; // 2^-16 micro-USD, signed: how much more the accounts have
    output Ledger() after;

    signal taken[lanes];
    var house = before.houseCash + collected;
    for (var l = 0; l < lanes; l++) {
        taken[l] <== flow[l] * value[l];
        house += taken[l];
    }
    after.houseCash <== house;
    after.insurance <== before.insurance;
    after.feePool <== before.feePool + fees;
    after.sumCash <== before.sumCash + cash;
}
