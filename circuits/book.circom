pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";

// What margin needs to know of an account, as it stands and after a trade
// (undertow/engine/margin.py). Perpetuals of one underlying move alike, so their units are summed.

// @notice Money and positions at so much a unit.
// @cost 2
template Worth() {
    signal input cash; // 2^-16 micro-USD, signed
    signal input net[UNDERLYINGS()]; // units, signed
    signal input value[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed
    signal output worth; // 2^-16 micro-USD, signed

    assert(UNDERLYINGS() == 2);
    signal first <== net[0] * value[0];
    worth <== cash + first + net[1] * value[1];
}

// @notice Add-ons, loss of one step and cells of the clock, beside an equity.
// @cost 6
template BookOf() {
    signal input equity; // 2^-16 micro-USD, signed
    input Holdings() held;
    input Unit() unit[UNDERLYINGS()];
    output Book() book;

    assert(UNDERLYINGS() == 2);
    _ <== held.net;
    for (var u = 0; u < UNDERLYINGS(); u++) {
        _ <== unit[u].value;
        _ <== unit[u].exit;
    }
    signal addOns <== held.addOns[0] * unit[0].price;
    signal loss <== held.size[0] * unit[0].step;
    signal cells <== held.gross[0] * unit[0].cell;
    book.equity <== equity;
    book.addOns <== addOns + held.addOns[1] * unit[1].price;
    book.loss <== loss + held.size[1] * unit[1].step;
    book.cells <== cells + held.gross[1] * unit[1].cell;
}

// @notice Whether something is held that is halted.
// @input(assumes) position: magnitudes ranged, so their sum is zero only if each is.
// @output(proves) holds: 0 or 1.
// @cost 6
template HoldsHalted() {
    signal input halted[UNDERLYINGS()]; // 0 or 1
    input Position() position[INSTRUMENTS()];
    signal output holds;

    signal held[UNDERLYINGS()];
    var lots = 0;
    for (var u = 0; u < UNDERLYINGS(); u++) {
        var sum = 0;
        for (var i = EACH() * u; i < EACH() * (u + 1); i++) {
            _ <== position[i].negative;
            sum += position[i].magnitude;
        }
        held[u] <== halted[u] * sum;
        lots += held[u];
    }
    signal none <== IsZero()(lots);
    holds <== 1 - none;
}
