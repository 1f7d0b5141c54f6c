pragma circom 2.2.0;

include "account.circom";
include "compare.circom";
include "generated/safety.circom";
include "nouns.circom";
include "range.circom";

// Takeovers (undertow/engine/takeover.py): whose the equity of an account is that the house takes
// over, whole, and what a batch's takeovers do to ledger and skews. Who is taken: touched.circom.

// Of a charge, in money: the concentration is its larger part.
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

// @notice What a lot of each instrument is charged beside its concentration, less the contingency
// that add-ons have.
// @input(assumes) price, rate, risk: ranged.
// @cost 16
template ChargeRates() {
    signal input price[INSTRUMENTS()]; // micro-USD per lot
    signal input rate; // 2^-20 of the notional
    input Risk() risk[INSTRUMENTS()];
    signal output perLot[INSTRUMENTS()]; // 2^-33 micro-USD, signed

    for (var i = 0; i < INSTRUMENTS(); i++) {
        _ <== risk[i].shock;
        _ <== risk[i].concentration;
        perLot[i] <== price[i] * (rate * (1 << (REQUIREMENT_BITS() - FEE_BITS()))
            - risk[i].contingency * (1 << CONTINGENCY_SHIFT()));
    }
}

// @notice What taking an account over is charged: concentration, and a share of the notional.
// @input(assumes) addOns: of these positions. lots: ranged.
// @output(proves) charge: never negative, since the add-ons have the contingencies.
// @cost 17
template Charge() {
    signal input addOns; // 2^-33 micro-USD: contingencies and concentrations
    signal input lots[INSTRUMENTS()]; // magnitudes
    signal input perLot[INSTRUMENTS()]; // of ChargeRates
    signal output charge; // 2^-33 micro-USD

    signal part[INSTRUMENTS()];
    var sum = addOns;
    for (var i = 0; i < INSTRUMENTS(); i++) {
        part[i] <== lots[i] * perLot[i];
        sum += part[i];
    }
    charge <== sum;
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

// @notice The users' skews as the state holds them.
// @output(proves) words: the only ones. A skew that has no form is refused: no cap of the open
// interest lets one come to that.
// @cost 547
template PackSkews() {
    signal input skew[INSTRUMENTS()]; // lots, signed
    signal output words[POSITION_WORDS()];

    component parts[INSTRUMENTS()];
    var sum[POSITION_WORDS()];
    for (var i = 0; i < INSTRUMENTS(); i++) {
        parts[i] = Absolute(LOTS_WIDTH());
        parts[i].in <== skew[i];
        sum[i \ POSITIONS_PER_WORD()] += (parts[i].magnitude
            + parts[i].negative * (1 << LOTS_WIDTH()))
            * (1 << (POSITION_WIDTH() * (i % POSITIONS_PER_WORD())));
    }
    words <== sum;
}
