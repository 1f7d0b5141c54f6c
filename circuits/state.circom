pragma circom 2.2.0;

include "nouns.circom";
include "poseidon.circom";
include "range.circom";
include "words.circom";

// The committed state (undertow/protocol/state.py). It was ranged when it was written.

// @notice The words of all instruments' prices.
// @output(proves) word: their only packing, since each price is ranged.
// @cost 579
template PackPrices() {
    signal input price[INSTRUMENTS()]; // micro-USD per lot
    signal output word[PRICE_WORDS()];

    for (var i = 0; i < INSTRUMENTS(); i++) {
        Range(PRICE_WIDTH())(price[i]);
    }
    word <== PackWords(INSTRUMENTS(), PRICE_WIDTH(), PRICES_PER_WORD())(price);
}

// @notice The state's root.
// @cost 2172
template CommitState() {
    signal input accounts; // root of the accounts' tree
    input Markets() markets;
    input Ledger() ledger;
    signal input marks[PRICE_WORDS()]; // micro-USD per lot, packed
    signal output root;

    HouseWords() words;
    words.skews <== markets.skews;
    words.funding <== Hash(INSTRUMENTS(), DOMAIN_TABLE())(markets.funding);
    words.rows <== Hash(INSTRUMENTS(), DOMAIN_TABLE())(markets.rowHash);
    words.ledger <== LedgerHash()(ledger);
    words.marks <== marks;
    StateWords() state;
    state.accounts <== accounts;
    state.house <== HouseWordsHash()(words);
    root <== StateRoot()(state);
}
