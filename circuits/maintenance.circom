pragma circom 2.2.0;

include "compare.circom";
include "generated/safety.circom";
include "nouns.circom";
include "range.circom";

// Maintenance margin as one line of the underlyings' prices (undertow/engine/maintenance.py). It
// has no division and rounds nothing.

// Of the magnitudes of what is held, as the sums over an underlying's instruments have them.
function ADD_ON_WIDTH() {
    return NET_WIDTH() + LOTS_WIDTH() + RISK_CONCENTRATION_WIDTH() + 1;
}

// @notice The sums over an account's positions.
// @input(assumes) position, units, risk: ranged; all zero where an instrument is not listed.
// @cost 160
template OpenHoldings() {
    input Position() position[INSTRUMENTS()];
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    input Risk() risk[INSTRUMENTS()];
    output Holdings() held;

    signal gross[INSTRUMENTS()];
    signal net[INSTRUMENTS()];
    signal concentrated[INSTRUMENTS()];
    signal addOns[INSTRUMENTS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        var sum = 0;
        for (var j = 0; j < EACH(); j++) {
            var i = EACH() * u + j;
            _ <== risk[i].shock;
            gross[i] <== position[i].magnitude * units[i];
            net[i] <== (j == 0 ? 0 : net[i - 1]) + gross[i] * (1 - 2 * position[i].negative);
            concentrated[i] <== position[i].magnitude * risk[i].concentration;
            addOns[i] <== (j == 0 ? 0 : addOns[i - 1])
                + gross[i] * (risk[i].contingency * (1 << CONTINGENCY_SHIFT()) + concentrated[i]);
            sum += gross[i];
        }
        held.net[u] <== net[EACH() * u + EACH() - 1];
        held.size[u] <== Magnitude(NET_WIDTH())(held.net[u]);
        held.gross[u] <== sum;
        held.addOns[u] <== addOns[EACH() * u + EACH() - 1];
    }
}

// @notice The sums after a trade in one instrument.
// @input(assumes) before, after: the position's magnitudes; the trade is between them, and leaves at
// most a bit more than is stored.
// @cost 62
template TradeHoldings() {
    input Holdings() held;
    signal input units; // of the instrument
    signal input contingency; // 2^-16 of the notional
    signal input concentration; // 2^-32 per lot
    signal input second; // 0 or 1: of the second underlying
    signal input before; // lots, magnitude
    signal input after; // lots, magnitude
    signal input fill; // lots, signed
    output Holdings() later;

    assert(UNDERLYINGS() == 2);
    signal net <== fill * units;
    signal gross <== (after - before) * units;
    // a^2 - b^2 = (a - b) (a + b).
    signal concentrated <== (after + before) * concentration;
    signal addOns <== gross * (contingency * (1 << CONTINGENCY_SHIFT()) + concentrated);
    later.net[1] <== held.net[1] + second * net;
    later.net[0] <== held.net[0] + held.net[1] + net - later.net[1];
    // Of the other underlying nothing moves.
    signal its <== held.net[0] + second * (held.net[1] - held.net[0]);
    signal size <== Magnitude(NET_WIDTH() + 1)(its + net);
    later.size[0] <== size + second * (held.size[0] - size);
    later.size[1] <== held.size[1] + second * (size - held.size[1]);
    later.gross[1] <== held.gross[1] + second * gross;
    later.gross[0] <== held.gross[0] + held.gross[1] + gross - later.gross[1];
    later.addOns[1] <== held.addOns[1] + second * addOns;
    later.addOns[0] <== held.addOns[0] + held.addOns[1] + addOns - later.addOns[1];
}

// @notice The surplus over maintenance as a line of both prices.
// @input(assumes) held: of ranged positions and units. index: far narrower than the field.
// @output(proves) free: what is in no price; slope: for a micro-USD of each price, in 2^-33.
// @cost 4
template MaintenanceLine() {
    input Holdings() held;
    signal input cash; // 2^-16 micro-USD, signed
    signal input index[UNDERLYINGS()]; // 2^-16 micro-USD per unit, signed: what a long has paid
    signal input shock[UNDERLYINGS()]; // 2^-8 of the price: a step of the scenario grid
    signal output free; // 2^-16 micro-USD, signed
    signal output slope[UNDERLYINGS()]; // signed

    assert(UNDERLYINGS() == 2);
    _ <== held.gross;
    signal paid <== held.net[0] * index[0];
    free <== cash - paid - held.net[1] * index[1];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        slope[u] <== held.net[u] * (1 << SURPLUS_BITS()) - held.addOns[u]
            - held.size[u] * shock[u] * (1 << SHOCK_SHIFT());
    }
}
