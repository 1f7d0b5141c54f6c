pragma circom 2.2.0;

include "nouns.circom";

// What a lot costs (undertow/engine/lots.py).

// @notice Each instrument's mark, from its underlying's.
// @input(assumes) units, price: ranged.
// @output(proves) lot: fits PRICE_WIDTH, whatever a unit costs; 0 where none is listed, whose lots
// have no units.
// @cost 16
template PriceLots() {
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    signal input price[UNDERLYINGS()]; // micro-USD per unit
    signal output lot[INSTRUMENTS()]; // micro-USD per lot

    assert(UNIT_WIDTH() + UNIT_PRICE_WIDTH() <= PRICE_WIDTH());
    for (var i = 0; i < INSTRUMENTS(); i++) {
        lot[i] <== units[i] * price[i \ EACH()];
    }
}

// @notice Which instruments are halted: all of an underlying that is.
// @input(assumes) halted: 0 or 1 each.
// @output(proves) halts: the same of each.
// @cost 14
template HaltLots() {
    signal input halted[UNDERLYINGS()];
    signal output halts[INSTRUMENTS()];

    for (var i = 0; i < INSTRUMENTS(); i++) {
        halts[i] <== halted[i \ EACH()];
    }
}
