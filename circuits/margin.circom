pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";
include "range.circom";
include "sheet.circom";

// Scenario margin of one account (undertow/engine/margin.py).

// Of the magnitude of a surplus, and of a difference of two.
function SURPLUS_WIDTH() { return EQUITY_WIDTH() + 2; }

// @notice Equity that counts, less the initial requirement.
//
// The scenarios are points (i, j) of the two underlyings' steps, and a book of perpetuals loses
// i * loss[0] + j * loss[1] in one. The largest loss lies on a corner of their convex hull, and the
// corners are SHOCK_STEPS away in both: that many times the sum of both magnitudes.
// docs/adr/0004-margin-by-corners.md.
// @input(assumes) book: of ranged positions at a ranged sheet, after at most one trade. Sums are
// asserted to fit the comparators, which range what they compare and are far narrower than the
// field: nothing wraps. An equity that does not fit them is refused; no deposits can reach it.
// @cost 252
template Surplus() {
    input Book() book;
    signal input allowed; // 2^-16 micro-USD: equity up to this much counts
    signal output out; // 2^-16 micro-USD, signed

    // A position after a trade has a bit more than one that is stored.
    var LOTS = LOTS_WIDTH() + 1;
    var LOSS = BITS_FOR(INSTRUMENTS() \ UNDERLYINGS()) + LOTS + STEP_WIDTH();
    // The contingencies are the smaller part of the add-ons.
    assert(LOTS + CONTINGENCY_WIDTH() < 2 * LOTS + CONCENTRATION_WIDTH());
    assert(BITS_FOR(INSTRUMENTS()) + 2 * LOTS + CONCENTRATION_WIDTH() + 1 < EQUITY_WIDTH());
    signal first <== Magnitude(LOSS)(book.loss[0]);
    signal second <== Magnitude(LOSS)(book.loss[1]);
    signal worst <== SHOCK_STEPS() * (first + second);
    signal counted <== Smaller(EQUITY_WIDTH())(book.equity, allowed);
    assert((INITIAL_FACTOR() * (1 << STEP_UNIT_BITS())) % FACTOR_ONE() == 0);
    out <== counted - book.addOns
        - worst * (INITIAL_FACTOR() * (1 << STEP_UNIT_BITS()) \ FACTOR_ONE());
}

// @notice Whether a trade's book meets initial margin, or its shortfall does not grow. Of a `stuck`
// book, which holds something halted, only the latter, all profit counted: equity at a halted mark
// carries no trade, and a profit above its cap would be paid away unseen.
// @input(assumes) stuck: 0 or 1.
// @cost 746
template MayTrade() {
    input Book() before;
    input Book() after;
    signal input allowed; // 2^-16 micro-USD: equity up to this much counts
    signal input stuck;
    signal output may; // 0 or 1

    signal allowedNow <== allowed + stuck * (before.equity - allowed);
    signal allowedThen <== allowed + stuck * (after.equity - allowed);
    signal now <== Surplus()(before, allowedNow);
    signal then <== Surplus()(after, allowedThen);
    signal solvent <== NonNegative(SURPLUS_WIDTH())(then);
    signal safer <== NonNegative(SURPLUS_WIDTH() + 1)(then - now);
    signal carried <== solvent * (1 - stuck);
    may <== 1 - (1 - carried) * (1 - safer);
}
