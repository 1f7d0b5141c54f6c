pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";
include "range.circom";
include "select.circom";

// Positions of an account and skews of the markets: magnitude and sign, several to a word.

// @notice Opens the positions of all instruments.
// @output(proves) position: what the words hold; their bits have one decomposition.
// @cost 531
template OpenPositions() {
    signal input words[POSITION_WORDS()];
    output Signed() position[INSTRUMENTS()];

    var WIDTH = POSITION_WIDTH();
    var EACH = POSITIONS_PER_WORD();
    component word[POSITION_WORDS()];
    for (var w = 0; w < POSITION_WORDS(); w++) {
        var count = INSTRUMENTS() - w * EACH;
        word[w] = Bits(WIDTH * (count < EACH ? count : EACH));
        word[w].in <== words[w];
    }
    for (var i = 0; i < INSTRUMENTS(); i++) {
        var at = WIDTH * (i % EACH);
        var sum = 0;
        for (var b = 0; b < LOTS_WIDTH(); b++) {
            sum += word[i \ EACH].bits[at + b] * (1 << b);
        }
        position[i].magnitude <== sum;
        position[i].negative <== word[i \ EACH].bits[at + LOTS_WIDTH()];
        position[i].value <== position[i].magnitude * (1 - 2 * position[i].negative);
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

    _ <== old.value;
    component moved = Absolute(LOTS_WIDTH());
    moved.in <== new;
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
    input Signed() position[INSTRUMENTS()];
    output Signed() chosen;

    var magnitude[INSTRUMENTS()];
    var negative[INSTRUMENTS()];
    for (var i = 0; i < INSTRUMENTS(); i++) {
        magnitude[i] = position[i].magnitude;
        negative[i] = position[i].negative;
        _ <== position[i].value;
    }
    chosen.magnitude <== Dot(INSTRUMENTS())(hot, magnitude);
    chosen.negative <== Dot(INSTRUMENTS())(hot, negative);
    chosen.value <== chosen.magnitude * (1 - 2 * chosen.negative);
}
