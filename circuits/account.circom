pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";
include "range.circom";
include "select.circom";

// Positions of an account and skews of the markets: magnitude and sign, several to a word.

// Bits of the last word: of skews, and of an account, which has its cells behind the last position.
function SKEWS_END() {
    return POSITION_WIDTH() * (INSTRUMENTS() - POSITIONS_PER_WORD() * (POSITION_WORDS() - 1));
}
function CELLS_END() { return ACCOUNT_CELLS_AT() + ACCOUNT_CELLS_WIDTH(); }

// @notice Opens the positions of all instruments.
// @param end Bits of the last word.
// @output(proves) position: what the words hold; their bits have one decomposition.
// @output(proves) last: bits of the last word.
// @cost 395 + end
template OpenPositions(end) {
    signal input words[POSITION_WORDS()];
    output Position() position[INSTRUMENTS()];
    signal output last[end];

    assert(SKEWS_END() == ACCOUNT_CELLS_AT());
    var WIDTH = POSITION_WIDTH();
    var EACH = POSITIONS_PER_WORD();
    component word[POSITION_WORDS()];
    for (var w = 0; w < POSITION_WORDS(); w++) {
        word[w] = Bits(w < POSITION_WORDS() - 1 ? WIDTH * EACH : end);
        word[w].in <== words[w];
    }
    last <== word[POSITION_WORDS() - 1].bits;
    for (var i = 0; i < INSTRUMENTS(); i++) {
        var at = WIDTH * (i % EACH);
        var sum = 0;
        for (var b = 0; b < LOTS_WIDTH(); b++) {
            sum += word[i \ EACH].bits[at + b] * (1 << b);
        }
        position[i].magnitude <== sum;
        position[i].negative <== word[i \ EACH].bits[at + LOTS_WIDTH()];
    }
}

// @notice The positions of all instruments with their values.
// @cost 16
template SignEach() {
    input Position() position[INSTRUMENTS()];
    output Signed() signed[INSTRUMENTS()];

    for (var i = 0; i < INSTRUMENTS(); i++) {
        signed[i].magnitude <== position[i].magnitude;
        signed[i].negative <== position[i].negative;
        signed[i].value <== position[i].magnitude * (1 - 2 * position[i].negative);
    }
}

// @notice The words after one position changed.
// @input(assumes) hot: 1 for that position's instrument, else 0.
// @input(assumes) old: what the words hold there.
// @input(assumes) new: below 2^LOTS_WIDTH in magnitude; the judge and the skew cap see to it.
// @cost 38
template ReplacePosition() {
    signal input words[POSITION_WORDS()];
    signal input hot[INSTRUMENTS()];
    input Signed() old;
    signal input new; // lots, signed
    signal output out[POSITION_WORDS()];
    signal output magnitude; // lots, of the new one

    _ <== old.value;
    component moved = Absolute(LOTS_WIDTH());
    moved.in <== new;
    magnitude <== moved.magnitude;
    signal change <== moved.magnitude - old.magnitude
        + (moved.negative - old.negative) * (1 << LOTS_WIDTH());
    var EACH = POSITIONS_PER_WORD();
    for (var w = 0; w < POSITION_WORDS(); w++) {
        var weight = 0;
        for (var i = EACH * w; i < INSTRUMENTS() && i < EACH * (w + 1); i++) {
            weight += hot[i] * (1 << (POSITION_WIDTH() * (i - EACH * w)));
        }
        out[w] <== words[w] + weight * change;
    }
}

// @notice The position in one instrument.
// @input(assumes) hot: 1 for that instrument, else 0.
// @cost 2 * 16 + 1
template ChoosePosition() {
    signal input hot[INSTRUMENTS()];
    input Position() position[INSTRUMENTS()];
    output Signed() chosen;

    var magnitude[INSTRUMENTS()];
    var negative[INSTRUMENTS()];
    for (var i = 0; i < INSTRUMENTS(); i++) {
        magnitude[i] = position[i].magnitude;
        negative[i] = position[i].negative;
    }
    chosen.magnitude <== Dot(INSTRUMENTS())(hot, magnitude);
    chosen.negative <== Dot(INSTRUMENTS())(hot, negative);
    chosen.value <== chosen.magnitude * (1 - 2 * chosen.negative);
}
