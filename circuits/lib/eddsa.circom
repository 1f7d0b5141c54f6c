pragma circom 2.2.0;

include "../generated/layout.circom";
include "eddsa_constants.circom";
include "montgomery.circom";
include "poseidon.circom";
include "range.circom";

// EdDSA over BabyJubJub with Poseidon, the relation of circomlib's EdDSAPoseidonVerifier:
// S * Base8 = R8 + 8 * Hash(R8, A, M) * A.

// A signature as the check takes it.
bus Signature() {
    signal r8[2]; // the nonce's point
    signal digits[84][3]; // S as signed windows of 3 bits: the sign, and two bits of the size
}

// @notice Adds the odd multiple of a window's base that three digits select.
// @param window Which one.
// @input(assumes) in: of another u than the multiple.
// @output(proves) out: in + (1 - 2 * digit[0]) * (1 + 2 * digit[1] + 4 * digit[2]) * base, by (1)
// and the curve's law; the digits are 0 or 1.
// @cost 8
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
    // MontgomerySum; here no signal stands for the point's u, which is a sum.
    signal v <== (1 - 2 * digit[0]) * point[1];
    signal slope <-- (v - in[1]) / (point[0] - in[0]);
    // UNSAFE: free until (1), where the u differ.
    slope * (point[0] - in[0]) === v - in[1]; // (1)
    out[0] <== slope * slope - MONTGOMERY_A() - in[0] - point[0];
    out[1] <== slope * (in[0] - out[0]) - in[1];
}

// @notice The 254 bits of a hash, low first.
// @output(proves) bits: of `in` itself. The alias in + r, whose sum is the same in the field, is
// refused by (3): the top 100 bits lie below r's. Of honest values only those whose top 100 bits
// equal r's are refused, one in 2^99.
// @cost 356
template HashBits() {
    signal input in;
    signal output bits[254];

    // The top 100 of the 254 bits of r.
    var TOP = 958498785096156255034536979872;
    var sum = 0;
    var top = 0;
    for (var i = 0; i < 254; i++) {
        bits[i] <-- (in >> i) & 1;
        // UNSAFE: free until (1), (2) and (3).
        bits[i] * (bits[i] - 1) === 0; // (1)
        sum += bits[i] * (1 << i);
        if (i >= 154) {
            top += bits[i] * (1 << (i - 154));
        }
    }
    in === sum; // (2)
    Range(100)(TOP - 1 - top); // (3)
}

// @notice Requires, when `enabled`, that a signature is one of `message` under `key`.
// @input(assumes) key: a point of the prime subgroup, not the identity. The Requests circuit opens
// accounts only with such keys, and only keys of opened accounts come here.
// @input(assumes) signature: nothing. S is not reduced and needs no other check: the relation alone
// says what it must be, and nothing keys on a signature's bytes.
// @cost 2897
template EdDSAVerify() {
    signal input enabled; // 0 or 1
    signal input key[2];
    input Signature() signature;
    signal input message;

    var X = 0;
    var Y = 1;
    signal challenge <== Hash(5, DOMAIN_PLAIN())([signature.r8[X], signature.r8[Y], key[X], key[Y],
        message]);
    signal bits[254] <== HashBits()(challenge);

    // P = 4A. y = 1 and x = 0 are the identity and the point of order two, which A is not.
    signal montgomery[2];
    montgomery[0] <-- (1 + key[Y]) / (1 - key[Y]);
    // UNSAFE: free until (1).
    montgomery[0] * (1 - key[Y]) === 1 + key[Y]; // (1)
    montgomery[1] <-- montgomery[0] / key[X];
    // UNSAFE: free until (2).
    montgomery[1] * key[X] === montgomery[0]; // (2)
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
        window[i].digit <== signature.digits[i];
        if (i == 0) {
            window[i].in <== back.out;
        } else {
            window[i].in <== window[i - 1].out;
        }
    }
    var K[2] = EDDSA_CORRECTION();
    signal found[2] <== MontgomerySum()(window[83].out, K);

    // Compare with R8 in Edwards form: x = u / v and y = (u - 1) / (u + 1).
    signal x <== signature.r8[X] * found[1];
    enabled * (x - found[0]) === 0;
    signal y <== signature.r8[Y] * (found[0] + 1);
    enabled * (y - found[0] + 1) === 0;
}
