pragma circom 2.2.0;

// Written by scripts/write_layouts.py from undertow/protocol/layout.py.

// What an account may take out of a frozen venue; the exit circuit proves it.
bus Owed() {
    signal account; // index
    signal amount; // micro-USD, rounded down; 0 for one in debt
}

// Its word, low bits first.
function OWED_WIDTH() { return 152; }
function OWED_ACCOUNT_WIDTH() { return 24; }
function OWED_AMOUNT_WIDTH() { return 128; }
function OWED_WIDTHS() { return [24, 128]; }
function OWED_AT() { return [0, 24]; }

// The word of fields that are ranged by what made them.
template PackOwed() {
    input Owed() owed;
    signal output word;

    word <== owed.account + owed.amount * (1 << 24);
}
