pragma circom 2.2.0;

include "compare.circom";
include "nouns.circom";
include "range.circom";

// Scenario margin of one account (undertow/engine/margin.py).

// What margin is counted in: of a whole unit of money, and initial margin by its factor.
function MONEY_UNIT() { return 1 << (REQUIREMENT_BITS() - MONEY_BITS()); }
function MAINTAINED_WIDTH() { return EQUITY_WIDTH() + REQUIREMENT_BITS() - MONEY_BITS() + 1; }
// Of the magnitude of a surplus, and of a difference of two.
function SURPLUS_WIDTH() { return MAINTAINED_WIDTH() + BITS_FOR(FACTOR_ONE()) + 1; }

// @notice Equity less the maintenance margin, and equity that counts less the initial margin.
//
// The scenarios are points (i, j) of the two underlyings' steps, and a book of perpetuals loses
// i times one underlying's step and j times the other's. The largest loss lies on a corner of their
// convex hull, and the corners are SHOCK_STEPS away in both: that many times the sum of both magnitudes.
// docs/adr/0004-margin-by-corners.md.
// @input(assumes) book: of ranged positions at a ranged sheet, after at most one trade. Sums are
// asserted to fit the comparators, which range what they compare and are far narrower than the
// field: nothing wraps. An equity that does not fit them is refused; nobody can reach it (STATEMENT.md).
// @cost 107
template Surplus() {
    input Book() book;
    signal input allowed; // 2^-16 micro-USD: equity up to this much counts
    signal output maintained; // 2^-33 micro-USD, signed
    signal output initial; // the same by FACTOR_ONE

    // After a trade an underlying's units have a bit more, and there are two of them.
    var UNITS = NET_WIDTH() + 2;
    var STEP_UNIT = 1 << (REQUIREMENT_BITS() - SHOCK_BITS());
    // The contingencies are the smaller part of the add-ons.
    assert(RISK_CONTINGENCY_WIDTH() + REQUIREMENT_BITS() - CONTINGENCY_BITS()
        < LOTS_WIDTH() + RISK_CONCENTRATION_WIDTH());
    assert(UNITS + LOTS_WIDTH() + 2 + RISK_CONCENTRATION_WIDTH() + UNIT_PRICE_WIDTH()
        < MAINTAINED_WIDTH() - 2);
    assert(BITS_FOR(SHOCK_STEPS()) + UNITS + UNIT_PRICE_WIDTH() + RISK_SHOCK_WIDTH()
        + REQUIREMENT_BITS() - SHOCK_BITS() < MAINTAINED_WIDTH() - 2);
    assert(UNITS + FUNDING_RULE_CELL_WIDTH() + REQUIREMENT_BITS() - MONEY_BITS()
        < MAINTAINED_WIDTH() - 2);
    assert(INITIAL_FACTOR() < 2 * FACTOR_ONE());
    assert(ADD_ON_FACTOR() < 2 * FACTOR_ONE());
    var worst = SHOCK_STEPS() * book.loss * STEP_UNIT;
    maintained <== book.equity * MONEY_UNIT() - worst - book.addOns;
    signal counted <== Smaller(EQUITY_WIDTH())(book.equity, allowed);
    initial <== (counted - book.cells) * FACTOR_ONE() * MONEY_UNIT()
        - worst * INITIAL_FACTOR() - book.addOns * ADD_ON_FACTOR();
}

// @notice Whether a trade's book meets initial margin and has the least equity beyond it, or is no
// further below that than it was, or the trade only reduces, from below it, and what is left is
// maintained. Of a `stuck` book, which holds something halted, only the second, all profit counted:
// equity at a halted mark carries no trade, and a profit above its cap would be paid away unseen.
// @input(assumes) stuck, reduces: 0 or 1.
// @cost 730
template MayTrade() {
    input Book() before;
    input Book() after;
    signal input allowed; // 2^-16 micro-USD: equity up to this much counts
    signal input stuck;
    signal input reduces; // no position grows or turns round
    signal output may; // 0 or 1

    signal allowedNow <== allowed + stuck * (before.equity - allowed);
    signal allowedThen <== allowed + stuck * (after.equity - allowed);
    signal now;
    (_, now) <== Surplus()(before, allowedNow);
    signal then;
    signal left;
    (left, then) <== Surplus()(after, allowedThen);
    // Beyond margin there is the least equity.
    var LEAST = LEAST_EQUITY() * FACTOR_ONE() * MONEY_UNIT();
    signal solvent <== NonNegative(SURPLUS_WIDTH())(then - LEAST);
    signal safer <== NonNegative(SURPLUS_WIDTH() + 1)(then - now);
    signal free <== NonNegative(SURPLUS_WIDTH())(now - LEAST);
    signal maintained <== NonNegative(MAINTAINED_WIDTH())(left);
    signal leaves <== maintained * reduces;
    signal unwinds <== leaves * (1 - free);
    signal carried <== 1 - (1 - solvent) * (1 - unwinds);
    signal trades <== carried * (1 - stuck);
    may <== 1 - (1 - trades) * (1 - safer);
}
