pragma circom 2.1.6;

include "range.circom";

// Comparisons and divisions of signed values. Each of them ranges its own input: a value that is
// out of range has no witness, so no caller has to prove a bound first.

// out = 1 when 0 <= in < 2^n, 0 when -2^n <= in < 0; any other value is refused. Cost: n + 1.
template NonNegative(n) {
    signal input in;
    signal output out;

    assert(n <= 251);
    out <-- in >= 0;
    out * (out - 1) === 0;
    _ <== Range(n)(in + (1 - out) * (1 << n));
}

// quotient = floor(in / 2^k) and 0 <= remainder < 2^k, for -2^n <= in < 2^n. Cost: n + 1.
template FloorShift(n, k) {
    signal input in;
    signal output quotient;
    signal output remainder;

    assert(k >= 1);
    assert(n > k);
    assert(n <= 251);
    remainder <-- (in + (1 << n)) & ((1 << k) - 1);
    _ <== Range(k)(remainder);
    quotient <== (in - remainder) / (1 << k);
    _ <== Range(n - k + 1)(quotient + (1 << (n - k)));
}

// quotient = floor(num / den), for 0 <= num, den >= 1 and a quotient below 2^nq; den is at most
// 2^(nd + 1). num is ranged by its own decomposition. Cost: nq + 2 * nd + 1.
template FloorDivide(nq, nd) {
    signal input num;
    signal input den;
    signal output quotient;

    assert(nq + nd <= 250);
    signal remainder;
    // Without a branch, as every hint: a recorded witness tape cannot follow one.
    quotient <-- (den != 0) * (num \ (den + (den == 0)));
    remainder <-- (den != 0) * (num % (den + (den == 0)));
    _ <== Range(nq)(quotient);
    _ <== Range(nd)(remainder);
    _ <== Range(nd)(den - 1 - remainder);
    num === quotient * den + remainder;
}

// in = magnitude * (1 - 2 * negative) with magnitude <= 2^n; zero is never negative, so the pair
// is unique. Cost: n + 2.
template Absolute(n) {
    signal input in;
    signal output magnitude;
    signal output negative;

    signal positive <== NonNegative(n)(in);
    negative <== 1 - positive;
    magnitude <== in * (1 - 2 * negative);
}

// out = the larger input, for inputs whose difference is below 2^n in magnitude. Cost: n + 2.
template Larger(n) {
    signal input a;
    signal input b;
    signal output out;

    signal keep <== NonNegative(n)(a - b);
    out <== keep * (a - b) + b;
}

// out = the smaller input, for inputs whose difference is below 2^n in magnitude. Cost: n + 2.
template Smaller(n) {
    signal input a;
    signal input b;
    signal output out;

    signal keep <== NonNegative(n)(a - b);
    out <== keep * (b - a) + a;
}
