pragma circom 2.1.6;

include "range.circom";

// quotient = floor(num / den) below 2^nq, remainder = num mod den, for den in 1 .. 2^nd - 1.
// A zero den is refused: no remainder lies below it. Cost: nq + 2 * nd + 2.
template FloorDiv(nq, nd) {
    signal input {maxbit} num;
    signal input {maxbit} den;
    signal output {maxbit} quotient;
    signal output {maxbit} remainder;

    assert(nq + nd <= 252);
    assert(num.maxbit <= 252);
    assert(den.maxbit <= nd);
    signal q <-- (den != 0) * (num \ (den + (den == 0)));
    component qRange = Range(nq);
    qRange.in <== q;
    component low = Range(nd);
    low.in <== num - q * den;
    component high = Range(nd);
    high.in <== den - 1 - low.out;
    quotient.maxbit = nq;
    quotient <== q;
    remainder.maxbit = nd;
    remainder <== low.out;
}
