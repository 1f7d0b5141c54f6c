pragma circom 2.2.0;

include "compare.circom";
include "divide.circom";
include "nouns.circom";
include "price.circom";

// Of the lots that a batch trades in a lane: each slot's are below 2^LOTS_WIDTH.
function MOST_SLOTS() { return 256; }
function TRADED_WIDTH() { return LOTS_WIDTH() + BITS_FOR(MOST_SLOTS()); }

// @notice The part of a lane's heavier side that the house took (undertow/engine/share.py).
// @input(assumes) traded: of all fills, so no less than the flow's magnitude, by at most MOST_SLOTS.
// @output(proves) share: in 255ths, rounded down; 0 where nothing trades.
// @cost 128
template NetFlowShare() {
    signal input flow; // lots, signed
    signal input traded; // lots: the fills' magnitudes
    signal output share;

    signal size <== Magnitude(MOVED_WIDTH())(flow);
    signal nothing <== IsZero()(traded);
    // The heavier side is half of what is traded and of the flow together.
    share <== FloorDivide(CONFIRMATION_SHARE_WIDTH(), TRADED_WIDTH() + 1)(
        2 * SHARE_ONE() * size, traded + size + nothing);
}
