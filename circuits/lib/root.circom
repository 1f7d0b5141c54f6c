pragma circom 2.2.0;

include "compare.circom";
include "range.circom";

// @notice The square root of a value, rounded up.
// @param n Width of the root that is rounded down.
// @output(proves) root: the least integer whose square is not below `in`, for 0 <= in < 2^(2n); any
// other value is refused.
// @cost 3 * n + 9
template SquareRoot(n) {
    signal input in;
    signal output root;

    assert(n >= 1);
    assert(2 * n <= 250);
    // Bit by bit: the hint has no branch and as many steps for every value.
    var low = 0;
    for (var b = n - 1; b >= 0; b--) {
        var more = low + (1 << b);
        low += (in >= more * more) * (1 << b);
    }
    signal floor <-- low;
    // UNSAFE: free until (1), (2) and (3): one integer's square is the last that is not above `in`,
    // and no value is that wraps, since the square and twice the root are below 2^(2n + 1).
    signal square <== floor * floor;
    Range(n)(floor); // (1)
    Range(n + 1)(in - square); // (2)
    Range(n + 1)(square + 2 * floor - in); // (3)
    signal whole <== IsZero()(in - square);
    root <== floor + 1 - whole;
}
