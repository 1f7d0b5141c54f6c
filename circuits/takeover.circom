pragma circom 2.2.0;

include "account.circom";
include "bounds.circom";
include "compare.circom";
include "generated/safety.circom";
include "nouns.circom";
include "range.circom";

// Takeovers (undertow/engine/takeover.py): whose the equity of an account is that the house takes
// over, whole, and what a batch's takeovers do to ledger and skews. Who is taken: touched.circom.

// Of a charge, in money: concentration is its largest part.
function CHARGE_WIDTH() {
    return BITS_FOR(INSTRUMENTS()) + 2 * LOTS_WIDTH() + PRICE_WIDTH() + RISK_CONCENTRATION_WIDTH()
        + 1 - REQUIREMENT_BITS() + MONEY_BITS();
}

// How the equity of an account that is taken over is shared; of any other all is zero.
bus Shares() {
    signal kept; // 2^-16 micro-USD
    signal penalty; // 2^-16 micro-USD
    signal loss; // 2^-16 micro-USD below zero
}

// What the takeovers of a batch are judged by.
bus Taking() {
    signal steady; // 0 or 1: no price jumped
    Steps() step;
    signal charge[UNDERLYINGS()]; // 2^-33 micro-USD per unit that is taken
}

// @notice What the takeovers of a batch are judged by.
// @input(assumes) price: ranged. rate: governed.
// @cost 2
template TakingOf() {
    signal input steady; // 0 or 1
    input Steps() step;
    signal input price[UNDERLYINGS()]; // micro-USD per unit
    signal input rate; // 2^-20 of the notional
    output Taking() taking;

    taking.steady <== steady;
    taking.step <== step;
    for (var u = 0; u < UNDERLYINGS(); u++) {
        taking.charge[u] <== price[u] * rate * (1 << (REQUIREMENT_BITS() - FEE_BITS()));
    }
}

// @notice What taking an account over is charged: its add-ons, and a share of the notional.
// @input(assumes) addOns, gross: of its positions. perUnit: of ranged prices and a governed rate.
// @output(proves) charge: never negative.
// @cost 2
template Charge() {
    signal input addOns; // 2^-33 micro-USD
    signal input gross[UNDERLYINGS()]; // units
    signal input perUnit[UNDERLYINGS()]; // 2^-33 micro-USD
    signal output charge; // 2^-33 micro-USD

    assert(UNDERLYINGS() == 2);
    signal first <== gross[0] * perUnit[0];
    charge <== addOns + first + gross[1] * perUnit[1];
}

// @notice The shares of an account that is taken over.
// @input(assumes) keeps, owes, loses: hints, at most one of them 1, by (1): the owner keeps something,
// or owes something, or loses all there is. dust: a hint.
// @output(proves) taken: 0 or 1. shares: unique, once the caller ranges `first` and `second`, far
// below the field. By `first` the owner has no less than the charge where it keeps, no more than
// nothing where it owes, no less than nothing where it loses all; by `second` no more than the
// charge there. On a border two are possible, and the shares are the same. With another dust the
// charge is a fraction of the field, and one of the two does not hold.
// @cost 32
template Share() {
    signal input equity; // 2^-16 micro-USD, signed: at the marks
    signal input charge; // 2^-33 micro-USD
    signal input keeps; // 0 or 1
    signal input owes; // 0 or 1
    signal input loses; // 0 or 1
    signal input dust; // 2^-33 micro-USD that round the charge up
    output Shares() shares;
    signal output taken;
    signal output first;
    signal output second;

    keeps * (keeps - 1) === 0; // (1)
    owes * (owes - 1) === 0; // (1)
    loses * (loses - 1) === 0; // (1)
    taken <== keeps + owes + loses;
    taken * (taken - 1) === 0; // (1)
    Range(REQUIREMENT_BITS() - MONEY_BITS())(dust);
    var full = (charge + dust) / (1 << (REQUIREMENT_BITS() - MONEY_BITS()));
    signal keptOf <== keeps * equity;
    signal charged <== keeps * full;
    signal owed <== owes * equity;
    signal lost <== loses * equity;
    signal most <== loses * full;
    shares.kept <== keptOf - charged;
    shares.penalty <== charged + lost;
    shares.loss <== -owed;
    first <== keptOf - charged - owed + lost;
    second <== most - lost;
}

// @notice What a batch's takeovers do to the ledger.
// @input(assumes) insurance: never negative. The others: sums over the slots.
// @output(proves) covered: what the insurance fund pays to the house. The rest of the losses is the
// house's, whose cash bears it already: it is only counted.
// @cost 125
template CoverLosses() {
    signal input insurance; // 2^-16 micro-USD, before
    signal input penalties; // 2^-16 micro-USD
    signal input losses; // 2^-16 micro-USD
    signal output covered; // 2^-16 micro-USD

    covered <== Smaller(LEDGER_INSURANCE_WIDTH())(insurance + penalties, losses);
}
