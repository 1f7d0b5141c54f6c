pragma circom 2.2.0;

include "compare.circom";
include "divide.circom";
include "nouns.circom";
include "range.circom";

// How much of an account's equity may leave (undertow/engine/vesting.py).

// Of the magnitude of what is settled, less equity.
function SETTLED_WIDTH() { return EQUITY_WIDTH() + 1; }

// @notice The funding indices of the exit sheet.
// @cost 83
template OpenAccruals() {
    signal input accruals; // micro-USD per unit, packed
    signal output accrual[UNDERLYINGS()]; // micro-USD per unit, signed

    assert(ACCRUAL_WORDS() == 1);
    signal bits[UNDERLYINGS() * ACCRUAL_WIDTH()] <== Bits(UNDERLYINGS() * ACCRUAL_WIDTH())(accruals);
    for (var u = 0; u < UNDERLYINGS(); u++) {
        var sum = -(1 << (ACCRUAL_WIDTH() - 1));
        for (var b = 0; b < ACCRUAL_WIDTH(); b++) {
            sum += bits[ACCRUAL_WIDTH() * u + b] * (1 << b);
        }
        accrual[u] <== sum;
    }
}

// @notice The account after a touch: what is above its equity is no longer settled, and of what was
// pending and is still there, its part of the time ripens, rounded down.
// @input(assumes) before: `pending` was ranged when it was written; `since` is no later than `time`.
// stuck: 0 or 1: something is held that is halted, so nothing ripens and no time counts.
// @output(proves) after: of the same owner, cash and positions. An equity or a settled amount beyond
// the comparators is refused; nobody can reach it (STATEMENT.md).
// @cost 405
template Vest() {
    input Account() before;
    signal input equity; // 2^-16 micro-USD, signed: by the exit sheet
    signal input stuck;
    signal input time; // seconds, of the marks
    signal input vesting; // seconds over which profit vests
    output Account() after;

    signal above <== NonNegative(SETTLED_WIDTH())(equity - before.settled);
    signal room <== above * (equity - before.settled);
    signal ripe <== Smaller(SETTLED_WIDTH())(before.pending, room);
    assert(MARKET_PARAMS_VESTING_WIDTH() < SEALED_TIME_WIDTH());
    signal elapsed <== Smaller(SEALED_TIME_WIDTH())(time - before.since, vesting);
    signal weighed <== ripe * elapsed;
    signal ripened <== FloorDivide(SETTLED_WIDTH(), MARKET_PARAMS_VESTING_WIDTH())(weighed, vesting);
    // The smaller of equity and what is settled, and what ripened.
    signal settled <== equity - room + ripened;

    after.owner <== before.owner;
    after.viewKey <== before.viewKey;
    after.version <== before.version;
    after.nonce <== before.nonce;
    after.filled <== before.filled;
    after.cash <== before.cash;
    after.settled <== settled + stuck * (before.settled - settled);
    after.pending <== equity - settled + stuck * (before.pending - equity + settled);
    after.since <== time;
    after.positions <== before.positions;
}
