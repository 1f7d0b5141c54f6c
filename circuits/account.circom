pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";
include "range.circom";
include "select.circom";

// Positions of an account and skews of the markets, several to a word.

// Bits of the last word: of skews, and of an account, which has its cells behind the last position.
function SKEWS_END() {
    return SKEW_WIDTH() * (INSTRUMENTS() - SKEWS_PER_WORD() * (SKEW_WORDS() - 1));
}
function CELLS_END() { return ACCOUNT_CELLS_AT() + ACCOUNT_CELLS_WIDTH(); }

// @notice Opens the positions of all instruments.
// @param end Bits of the last word, behind which the cells stand.
// @output(proves) position: what the words hold; their bits have one decomposition.
// @output(proves) last: bits of the last word.
// @cost 395 + end
template OpenPositions(end) {
    signal input words[POSITION_WORDS()];
    output Position() position[INSTRUMENTS()];
    signal output last[end];

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

// @notice Opens the skews of all markets.
// @input(assumes) words: as they were written: each skew is smaller than half the range, since all
// positions together are.
// @output(proves) skew: what the words hold; zero is never negative.
// @cost 547
template OpenSkews() {
    signal input words[SKEW_WORDS()];
    output Signed() skew[INSTRUMENTS()];

    assert(SKEW_WIDTH() == LOTS_WIDTH() + 1);
    component word[SKEW_WORDS()];
    for (var w = 0; w < SKEW_WORDS(); w++) {
        word[w] = Bits(w < SKEW_WORDS() - 1 ? SKEW_WIDTH() * SKEWS_PER_WORD() : SKEWS_END());
        word[w].in <== words[w];
    }
    for (var i = 0; i < INSTRUMENTS(); i++) {
        var at = SKEW_WIDTH() * (i % SKEWS_PER_WORD());
        var sum = -(1 << LOTS_WIDTH());
        for (var b = 0; b < SKEW_WIDTH(); b++) {
            sum += word[i \ SKEWS_PER_WORD()].bits[at + b] * (1 << b);
        }
        // The highest bit is half the range.
        skew[i].value <== sum;
        skew[i].negative <== 1 - word[i \ SKEWS_PER_WORD()].bits[at + LOTS_WIDTH()];
        skew[i].magnitude <== skew[i].value * (1 - 2 * skew[i].negative);
    }
}

// @notice What a change of one instrument's skew adds to the words.
// @input(assumes) hot: 1 for that instrument, else 0.
// @cost 3
template SkewMove() {
    signal input hot[INSTRUMENTS()];
    signal input by; // lots, signed
    signal output words[SKEW_WORDS()];

    for (var w = 0; w < SKEW_WORDS(); w++) {
        var weight = 0;
        for (var i = SKEWS_PER_WORD() * w; i < INSTRUMENTS() && i < SKEWS_PER_WORD() * (w + 1); i++) {
            weight += hot[i] * (1 << (SKEW_WIDTH() * (i - SKEWS_PER_WORD() * w)));
        }
        words[w] <== weight * by;
    }
}

// @notice The words after one position changed.
// @input(assumes) hot: 1 for that position's instrument, else 0.
// @input(assumes) old: what the words hold there.
// @input(assumes) new: below 2^LOTS_WIDTH in magnitude; the judge sees to it.
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

// @notice The skew of one market.
// @input(assumes) hot: 1 for that instrument, else 0.
// @cost 2 * 16 + 1
template ChooseSigned() {
    signal input hot[INSTRUMENTS()];
    input Signed() of[INSTRUMENTS()];
    output Signed() chosen;

    Position() position[INSTRUMENTS()];
    for (var i = 0; i < INSTRUMENTS(); i++) {
        position[i].magnitude <== of[i].magnitude;
        position[i].negative <== of[i].negative;
        _ <== of[i].value;
    }
    chosen <== ChoosePosition()(hot, position);
}
