pragma circom 2.2.0;

include "compare.circom";
include "generated/safety.circom";
include "nouns.circom";
include "range.circom";

// The funding clock (undertow/engine/clock.py).

// Of the magnitude of what an index moves in a batch: its own and a bit, as the funding's width has
// it (docs of undertow/protocol/underlying.py).
function MOVED_INDEX_WIDTH() { return UNDERLYING_FUNDING_WIDTH() - FUNDING_BITS() + MONEY_BITS() + 1; }

// @notice Moves the clock on by what funding took.
// @input(assumes) before, after: ranged indices. used: at most `cell`, as it was written. cell:
// ranged.
// @input(assumes) steps: a hint; at least as many as the funding needs, by (1). More make
// certificates end sooner and no other difference, so they are free.
// @output(proves) nextClock, nextUsed: of the table afterwards.
// @cost 281
template Clock() {
    signal input before[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed: funding index
    signal input after[UNDERLYINGS()]; // the same
    signal input cell[UNDERLYINGS()]; // 2^-16 micro-USD per unit
    signal input used[UNDERLYINGS()]; // 2^-16 micro-USD per unit
    signal input clock; // cells
    signal input steps; // cells
    signal output nextClock; // cells
    signal output nextUsed[UNDERLYINGS()]; // 2^-16 micro-USD per unit

    var WIDTH = CLOCK_STEPS_WIDTH() + CLOCK_CELL_WIDTH();
    assert(WIDTH > MOVED_INDEX_WIDTH());
    Range(CLOCK_STEPS_WIDTH())(steps);
    signal stays <== IsZero()(steps);
    signal allowed[UNDERLYINGS()];
    component moved[UNDERLYINGS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        moved[u] = Magnitude(MOVED_INDEX_WIDTH());
        moved[u].in <== after[u] - before[u];
        var spent = used[u] + moved[u].out;
        allowed[u] <== (steps + stays) * cell[u];
        Range(WIDTH)(allowed[u] - spent); // (1)
        nextUsed[u] <== stays * spent;
    }
    nextClock <== clock + steps;
}
