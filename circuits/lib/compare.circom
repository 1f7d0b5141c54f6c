pragma circom 2.2.0;

include "range.circom";

// Comparisons of signed values. Each of them ranges its own input: a value that is out of range
// has no witness, so no caller has to prove a bound first.

// @notice Tells whether a field element is zero.
// @output(proves) out: 1 when `in` is 0, by (1); 0 otherwise, by (2).
// @cost 2
template IsZero() {
    signal input in;
    signal output out;

    signal inverse <-- (in != 0) / (in + (in == 0));
    // UNSAFE: free until (1) and (2), where `in` is not 0; where it is 0 the value stays free, and
    // nothing depends on it but its product with that 0.
    out <== 1 - in * inverse; // (1)
    in * out === 0; // (2)
}

// @notice Tells the sign of a value.
// @param n Width of the magnitude.
// @output(proves) out: 1 when 0 <= in < 2^n, 0 when -2^n <= in < 0; any other value is refused.
// @cost n + 2
template NonNegative(n) {
    signal input in;
    signal output out;

    // Twice the range stays below the field's order, so `in` and `in + 2^n` are not both in it.
    assert(n <= 251);
    out <-- in >= 0;
    // UNSAFE: free until (1) and (2): only the true answer leaves a value in the range.
    out * (out - 1) === 0; // (1)
    Range(n)(in + (1 - out) * (1 << n)); // (2)
}

// @notice Splits a value in magnitude and sign.
// @param n Width of the magnitude.
// @output(proves) magnitude: at most 2^n, with in = magnitude * (1 - 2 * negative).
// @output(proves) negative: 1 when `in` is below zero; zero is never negative, so the pair is
// unique.
// @cost n + 4
template Absolute(n) {
    signal input in;
    signal output magnitude;
    signal output negative;

    signal positive <== NonNegative(n)(in);
    negative <== 1 - positive;
    magnitude <== in * (1 - 2 * negative);
}

// @notice The magnitude of a value.
// @param n Its width.
// @output(proves) out: at most 2^n.
// @cost n + 4
template Magnitude(n) {
    signal input in;
    signal output out;

    (out, _) <== Absolute(n)(in);
}

// @notice The larger of two values.
// @param n Width of the difference's magnitude; a larger difference is refused.
// @cost n + 4
template Larger(n) {
    signal input a;
    signal input b;
    signal output out;

    signal keep <== NonNegative(n)(a - b);
    out <== keep * (a - b) + b;
}

// @notice The smaller of two values.
// @param n Width of the difference's magnitude; a larger difference is refused.
// @cost n + 4
template Smaller(n) {
    signal input a;
    signal input b;
    signal output out;

    signal keep <== NonNegative(n)(a - b);
    out <== keep * (b - a) + a;
}
