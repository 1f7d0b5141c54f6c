pragma circom 2.1.6;

include "range.circom";

// out = 1 when in is 0, else 0.
template IsZero() {
    signal input in;
    signal output out;

    signal inverse <-- (in != 0) / (in + (in == 0));
    out <== 1 - in * inverse;
    in * out === 0;
}

// out = 1 when a < b (orEqual = 0) or a <= b (orEqual = 1): the borrow of a - b - orEqual + 2^n.
// Both inputs are below 2^n. Cost: n + 1.
template Below(n, orEqual) {
    signal input {maxbit} a;
    signal input {maxbit} b;
    signal output out;

    assert(n >= 1);
    assert(n <= 252);
    assert(a.maxbit <= n);
    assert(b.maxbit <= n);
    var shifted = a - b - orEqual + (1 << n);
    out <-- 1 - ((shifted >> n) & 1);
    out * (out - 1) === 0;
    signal low[n - 1];
    var rest = shifted - (1 - out) * (1 << n);
    for (var i = 0; i < n - 1; i++) {
        low[i] <-- (shifted >> i) & 1;
        low[i] * (low[i] - 1) === 0;
        rest -= low[i] * (1 << i);
    }
    rest * (rest - (1 << (n - 1))) === 0;
}

// out = 1 when a < b.
template LessThan(n) {
    signal input {maxbit} a;
    signal input {maxbit} b;
    signal output out <== Below(n, 0)(a, b);
}

// out = 1 when a <= b.
template LessEqual(n) {
    signal input {maxbit} a;
    signal input {maxbit} b;
    signal output out <== Below(n, 1)(a, b);
}
