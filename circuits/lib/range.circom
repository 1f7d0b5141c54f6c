pragma circom 2.1.6;

// The n bits of `in`, low first. n <= 253, so the decomposition is unique in the field.
template Bits(n) {
    signal input in;
    signal output bits[n];

    assert(n >= 1);
    assert(n <= 253);
    var sum = 0;
    for (var i = 0; i < n; i++) {
        bits[i] <-- (in >> i) & 1;
        bits[i] * (bits[i] - 1) === 0;
        sum += bits[i] * (1 << i);
    }
    in === sum;
}

// Constrains 0 <= in < 2^n and tags the output with it. The top bit is the linear remainder, so
// the cost is n constraints.
template Range(n) {
    signal input in;
    signal output {maxbit} out;

    assert(n >= 1);
    assert(n <= 253);
    signal low[n - 1];
    var rest = in;
    for (var i = 0; i < n - 1; i++) {
        low[i] <-- (in >> i) & 1;
        low[i] * (low[i] - 1) === 0;
        rest -= low[i] * (1 << i);
    }
    rest * (rest - (1 << (n - 1))) === 0;
    out.maxbit = n;
    out <== in;
}
