pragma circom 2.2.0;

include "divide.circom";
include "nouns.circom";
include "range.circom";

// The exit sheet's funding (undertow/engine/accrual.py).

// Of how many times a mark holds ACCRUAL_STEPS micro-USD.
function PART_WIDTH() { return PRICE_WIDTH() - BITS_FOR(ACCRUAL_STEPS()) + 1; }

// @notice A funding index rounded down to a whole number of the mark's steps.
// @input(assumes) funding: below 2^75 in magnitude, as undertow/protocol/accruals.py argues; then
// the quotient fits its width, and what does not fit is refused. mark: ranged.
// @output(proves) accrual: micro-USD per lot, signed; fits ACCRUAL_WIDTH with half the range added.
// @cost 200
template Accrual() {
    signal input funding; // 2^-16 micro-USD per lot, signed
    signal input mark; // micro-USD per lot
    signal output accrual;

    signal part <== FloorDivide(PART_WIDTH(), BITS_FOR(ACCRUAL_STEPS()))(mark, ACCRUAL_STEPS());
    var step = part + 1;
    // Lifted by half the range of quotients, so that what is divided is not negative.
    var LIFT = 1 << (ACCRUAL_WIDTH() - 1);
    signal lifted <== FloorDivide(ACCRUAL_WIDTH(), PART_WIDTH() + MONEY_BITS())(
        funding + LIFT * step * (1 << MONEY_BITS()), step * (1 << MONEY_BITS()));
    accrual <== (lifted - LIFT) * step;
}

// @notice The words of all instruments' accruals, of which the lanes' moved. The words before need
// no opening: each lane's row holds its accrual as they do.
// @input(assumes) hot: 1 for a lane's instrument, else 0.
// @input(assumes) before, by: what the words hold of a lane, moved by that, fits ACCRUAL_WIDTH.
// @cost 4 * lanes
template MoveAccruals(lanes) {
    signal input hot[lanes][INSTRUMENTS()];
    signal input by[lanes]; // micro-USD per lot, signed
    signal input before[ACCRUAL_WORDS()];
    signal output after[ACCRUAL_WORDS()];

    var EACH = ACCRUALS_PER_WORD();
    signal sum[lanes][ACCRUAL_WORDS()];
    for (var w = 0; w < ACCRUAL_WORDS(); w++) {
        for (var l = 0; l < lanes; l++) {
            var weight = 0;
            for (var i = EACH * w; i < INSTRUMENTS() && i < EACH * (w + 1); i++) {
                weight += hot[l][i] * (1 << (ACCRUAL_WIDTH() * (i - EACH * w)));
            }
            if (l == 0) {
                sum[l][w] <== before[w] + weight * by[l];
            } else {
                sum[l][w] <== sum[l - 1][w] + weight * by[l];
            }
        }
        after[w] <== sum[lanes - 1][w];
    }
}
