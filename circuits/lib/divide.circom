pragma circom 2.2.0;

include "range.circom";

// Divisions, rounded down. Each of them ranges its own input.
// The hints have no branch: the line of operations that computes a witness is recorded once and
// cannot follow one.

// @notice Divides a signed value by a power of two.
// @param n Width of the value's magnitude.
// @param k The power.
// @output(proves) quotient: floor(in / 2^k), for -2^n <= in < 2^n; any other value is refused.
// @cost n + 3
template FloorShift(n, k) {
    signal input in;
    signal output quotient;

    assert(k >= 1);
    assert(n > k);
    // The quotient's range times 2^k stays below the field's order.
    assert(n <= 251);
    signal remainder <-- (in + (1 << n)) & ((1 << k) - 1);
    // UNSAFE: free until (1) and (2): the quotient follows from it, and another remainder below 2^k
    // leaves a quotient that is no integer, so out of its range.
    Range(k)(remainder); // (1)
    quotient <== (in - remainder) / (1 << k);
    Range(n - k + 1)(quotient + (1 << (n - k))); // (2)
}

// @notice Divides two values.
// @param nq Width of the quotient.
// @param nd Width of the divisor less one.
// @input(assumes) num: not negative; it needs no range, since (4) says what it is.
// @output(proves) quotient: floor(num / den). Every den from 1 to 2^nd passes; 0 and whatever is
// from 2^(nd + 1) on do not, and between them only some do.
// @cost nq + 2 * nd + 2
template FloorDivide(nq, nd) {
    signal input num;
    signal input den;
    signal output quotient;

    // quotient * den + remainder does not reach the field's order.
    assert(nq + nd <= 250);
    signal remainder;
    quotient <-- (den != 0) * (num \ (den + (den == 0)));
    // UNSAFE: free until (1) and (4): division with a remainder below the divisor is unique.
    remainder <-- (den != 0) * (num % (den + (den == 0)));
    // UNSAFE: free until (2), (3) and (4).
    Range(nq)(quotient); // (1)
    Range(nd)(remainder); // (2)
    Range(nd)(den - 1 - remainder); // (3)
    num === quotient * den + remainder; // (4)
}
