pragma circom 2.1.6;

include "eddsa_constants.circom";
include "poseidon.circom";
include "range.circom";

// EdDSA over BabyJubJub with Poseidon, the relation of circomlib's EdDSAPoseidonVerifier:
// S * Base8 = R8 + 8 * Hash(R8, A, M) * A. Points are added in Montgomery form with incomplete
// formulas; why no exceptional case is reachable stands at each use.

// (u3, v3) = (u1, v1) + (u2, v2) for different u. Cost: 3.
template MontgomerySum() {
    signal input a[2];
    signal input b[2];
    signal output out[2];

    signal slope <-- (b[1] - a[1]) / (b[0] - a[0]);
    slope * (b[0] - a[0]) === b[1] - a[1];
    out[0] <== slope * slope - 168698 - a[0] - b[0];
    out[1] <== slope * (a[0] - out[0]) - a[1];
}

// out = 2 * in for v != 0. Cost: 4.
template MontgomeryDouble() {
    signal input in[2];
    signal output out[2];

    signal square <== in[0] * in[0];
    signal slope <-- (3 * square + 2 * 168698 * in[0] + 1) / (2 * in[1]);
    slope * (2 * in[1]) === 3 * square + 2 * 168698 * in[0] + 1;
    out[0] <== slope * slope - 168698 - 2 * in[0];
    out[1] <== slope * (in[0] - out[0]) - in[1];
}

// out = 2 * sum + (2 * bit - 1) * point, as (sum + point) + sum without the middle point's v.
// Cost: 6.
template MontgomeryStep() {
    signal input sum[2];
    signal input point[2];
    signal input bit;
    signal output out[2];

    signal v <== (2 * bit - 1) * point[1];
    signal first <-- (v - sum[1]) / (point[0] - sum[0]);
    first * (point[0] - sum[0]) === v - sum[1];
    signal u <== first * first - 168698 - sum[0] - point[0];
    signal second <-- 2 * sum[1] / (sum[0] - u) - first;
    (second + first) * (sum[0] - u) === 2 * sum[1];
    out[0] <== second * second - 168698 - sum[0] - u;
    out[1] <== second * (sum[0] - out[0]) - sum[1];
}

// in + the odd multiple of a window's base that three digits select: the sign, and the low two
// bits of (multiple - 1) / 2. Cost: 8.
template AddWindow(window) {
    signal input in[2];
    signal input digit[3];
    signal output out[2];

    var table[84][4][2] = EDDSA_WINDOWS();
    for (var i = 0; i < 3; i++) {
        digit[i] * (digit[i] - 1) === 0;
    }
    signal both <== digit[1] * digit[2];
    var point[2];
    for (var i = 0; i < 2; i++) {
        var one = table[window][0][i];
        var three = table[window][1][i];
        var five = table[window][2][i];
        var seven = table[window][3][i];
        point[i] = one + (three - one) * digit[1] + (five - one) * digit[2]
            + (seven - five - three + one) * both;
    }
    signal v <== (1 - 2 * digit[0]) * point[1];
    out <== MontgomerySum()(in, [point[0], v]);
}

// The 254 bits of a hash, low first. The alias hash + r is refused: the top 100 bits lie below
// r's. Of honest values only those whose top 100 bits equal r's are refused, one in 2^99.
template HashBits() {
    signal input in;
    signal output bits[254];

    // The top 100 of the 254 bits of r.
    var TOP = 958498785096156255034536979872;
    var sum = 0;
    var top = 0;
    for (var i = 0; i < 254; i++) {
        bits[i] <-- (in >> i) & 1;
        bits[i] * (bits[i] - 1) === 0;
        sum += bits[i] * (1 << i);
        if (i >= 154) {
            top += bits[i] * (1 << (i - 154));
        }
    }
    in === sum;
    _ <== Range(100)(TOP - 1 - top);
}

// Requires, when `enabled`, that (r8, digits) is a signature of `message` under `key`.
//
// key: a point of the prime subgroup, not the identity. The Requests circuit opens accounts only
// with such keys, and only keys of opened accounts come here.
// digits: S as 84 signed windows of 3 bits. S is not reduced and needs no other check: the
// relation alone says what it must be, and nothing keys on a signature's bytes.
template EdDSAVerify() {
    signal input enabled;
    signal input key[2];
    signal input r8[2];
    signal input digits[84][3];
    signal input message;

    signal challenge <== Hash(5, 0)([r8[0], r8[1], key[0], key[1], message]);
    signal bits[254] <== HashBits()(challenge);

    // P = 4A. y = 1 and x = 0 are the identity and the point of order two, which A is not.
    signal montgomery[2];
    montgomery[0] <-- (1 + key[1]) / (1 - key[1]);
    montgomery[0] * (1 - key[1]) === 1 + key[1];
    montgomery[1] <-- montgomery[0] / key[0];
    montgomery[1] * key[0] === montgomery[0];
    signal two[2] <== MontgomeryDouble()(montgomery);
    signal four[2] <== MontgomeryDouble()(two);

    // sum = 2^254 * G + (2 * challenge + 1) * P. Every partial sum holds a multiple of G, whose
    // logarithm nobody knows; to meet +-P in it, the owner of the key must know a relation
    // between G and A, and then only the orders of that owner's own account are concerned.
    var G[2] = EDDSA_BLIND();
    component start = MontgomerySum();
    start.a <== four;
    start.b <== G;
    component step[254];
    for (var i = 0; i < 254; i++) {
        step[i] = MontgomeryStep();
        step[i].point <== four;
        step[i].bit <== bits[253 - i];
        if (i == 0) {
            step[i].sum <== start.out;
        } else {
            step[i].sum <== step[i - 1].out;
        }
    }

    // -sum + P + windows + correction = S * Base8 - 8 * challenge * A.
    component back = MontgomerySum();
    back.a <== four;
    back.b[0] <== step[253].out[0];
    back.b[1] <== -step[253].out[1];
    component window[84];
    for (var i = 0; i < 84; i++) {
        window[i] = AddWindow(i);
        window[i].digit <== digits[i];
        if (i == 0) {
            window[i].in <== back.out;
        } else {
            window[i].in <== window[i - 1].out;
        }
    }
    var K[2] = EDDSA_CORRECTION();
    signal found[2] <== MontgomerySum()(window[83].out, K);

    // Compare with R8 in Edwards form: x = u / v and y = (u - 1) / (u + 1).
    signal x <== r8[0] * found[1];
    enabled * (x - found[0]) === 0;
    signal y <== r8[1] * (found[0] + 1);
    enabled * (y - found[0] + 1) === 0;
}
