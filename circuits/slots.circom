pragma circom 2.2.0;

include "judge.circom";
include "nouns.circom";
include "slot.circom";
include "taken.circom";

// @notice Step 4 for all slots, chained by set root, top of the accounts' tree and the lanes'
// rationing.
// @output(proves) fills, traded, fees, cash, grown, given: the sums of all slots.
template Slots(slots, lanes, stepBits, cellBits) {
    signal input setRoot; // commits number and lanes of the batch
    signal input top[TOP()];
    input Terms() terms;
    input Unit() unit[UNDERLYINGS()];
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    input Risk() risk[INSTRUMENTS()];
    signal input halted[UNDERLYINGS()]; // 0 or 1
    signal input instrument[lanes];
    input Lane() lane[lanes];
    input Clearing() clearing[lanes];
    signal input index[slots];
    signal input authority[slots];
    signal input word[slots];
    input Signature() signature[slots];
    signal input salt[slots];
    signal input lots[slots];
    input Safeguards(cellBits) by;
    input Taking() taking;
    signal input power[POWERS(cellBits)]; // z^(2^k)
    signal input cells[slots];
    input Hints(stepBits, cellBits) hints[slots];
    input Account() account[slots];
    signal input children[slots][LEVELS()][ARITY()];
    signal output newSetRoot;
    signal output newTop[TOP()];
    output Touch() touch[slots];
    signal output fills[lanes]; // lots, signed
    signal output traded[lanes]; // lots: their magnitudes
    signal output fees; // 2^-16 micro-USD
    signal output cash; // 2^-16 micro-USD, signed
    signal output grown; // lots, signed
    output Given() given;
    signal output moved; // what the safety table's polynomial gains

    assert(slots <= MOST_SLOTS());
    signal repeated[slots] <== Repeated(slots)(index);
    Chain(lanes) chain[slots + 1];
    chain[0].setRoot <== setRoot;
    chain[0].top <== top;
    for (var l = 0; l < lanes; l++) {
        chain[0].blocked[l] <== 0;
    }
    component slot[slots];
    var net[lanes];
    var gross[lanes];
    var allFees = 0;
    var allCash = 0;
    var allTerms = 0;
    var allGrown = 0;
    for (var s = 0; s < slots; s++) {
        slot[s] = Slot(lanes, stepBits, cellBits);
        slot[s].chain <== chain[s];
        slot[s].terms <== terms;
        slot[s].unit <== unit;
        slot[s].units <== units;
        slot[s].risk <== risk;
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
        slot[s].by <== by;
        slot[s].taking <== taking;
        slot[s].power <== power;
        slot[s].cells <== cells[s];
        slot[s].hints <== hints[s];
        slot[s].before <== account[s];
        slot[s].children <== children[s];
        chain[s + 1] <== slot[s].next;
        touch[s] <== slot[s].touch;
        allFees += slot[s].fee;
        allCash += slot[s].cash;
        allTerms += slot[s].term;
        allGrown += slot[s].grown;
        for (var l = 0; l < lanes; l++) {
            net[l] += slot[s].fills[l];
            gross[l] += slot[s].traded[l];
        }
    }
    newSetRoot <== chain[slots].setRoot;
    newTop <== chain[slots].top;
    fills <== net;
    traded <== gross;
    fees <== allFees;
    cash <== allCash;
    moved <== allTerms;
    grown <== allGrown;
    Given() gifts[slots];
    for (var s = 0; s < slots; s++) {
        gifts[s] <== slot[s].given;
    }
    given <== AddGiven(slots)(gifts);
}
