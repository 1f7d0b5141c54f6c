pragma circom 2.2.0;

include "nouns.circom";
include "poseidon.circom";
include "range.circom";
include "words.circom";

// The committed state (undertow/protocol/state.py). It was ranged when it was written.

// @notice The word of all underlyings' marks: prices, and behind the last one who is halted.
// @output(proves) word: their only packing, since each price and each bit is ranged.
// @cost 55
template PackMarks() {
    signal input price[UNDERLYINGS()]; // micro-USD per unit
    signal input halted[UNDERLYINGS()]; // 0 or 1
    signal output word;

    assert(UNIT_PRICE_WORDS() == 1);
    assert(HALTED_AT() + UNDERLYINGS() < 253);
    var sum = 0;
    for (var u = 0; u < UNDERLYINGS(); u++) {
        Range(UNIT_PRICE_WIDTH())(price[u]);
        halted[u] * (halted[u] - 1) === 0;
        sum += price[u] * (1 << (UNIT_PRICE_WIDTH() * u)) + halted[u] * (1 << (HALTED_AT() + u));
    }
    word <== sum;
}

// @notice The market table as the state holds it.
// @cost 1203
template HashTable() {
    input Markets() markets;
    output Table() table;

    table.skews <== markets.skews;
    for (var u = 0; u < UNDERLYINGS(); u++) {
        table.underlyings[u] <== UnderlyingHash()(markets.underlying[u]);
    }
    table.rows <== Hash(INSTRUMENTS(), DOMAIN_TABLE())(markets.rowHash);
}

// @notice The state's root: from the sealed half and the exit sheet, which together with the leaves
// let anybody make it again.
// @input(assumes) salt: nothing. A prover who takes none shows its own house to who guesses.
// @output(proves) sealed: all that the state holds of the house and does not show.
// @cost 1320
template CommitState() {
    signal input accounts; // root of the accounts' tree
    input Table() table;
    signal input time; // seconds, of the marks
    input Ledger() ledger;
    signal input safety; // hash of the safety table
    signal input uncleanSince; // seconds: marks since which no batch was clean; 0 if the last was
    signal input salt;
    signal input marks; // micro-USD per unit and who is halted, packed
    signal input accruals; // micro-USD per unit, packed
    signal output root;
    signal output sealed;

    SealedWords() hidden;
    hidden.skews <== table.skews;
    hidden.underlyings <== table.underlyings;
    hidden.rows <== table.rows;
    hidden.time <== time;
    hidden.ledger <== LedgerHash()(ledger);
    hidden.safety <== safety;
    hidden.uncleanSince <== uncleanSince;
    hidden.salt <== salt;
    sealed <== SealedHash()(hidden);
    HouseWords() house;
    house.sealed <== sealed;
    house.marks <== marks;
    house.accruals <== accruals;
    StateWords() state;
    state.accounts <== accounts;
    state.house <== HouseHash()(house);
    root <== StateRoot()(state);
}
