pragma circom 2.2.0;

include "poseidon_constants.circom";

// @notice Poseidon with circomlib's constants and `domain` in the capacity element.
// @param nInputs How many field elements.
// @param domain What the hash is for; 0 is circomlib's Poseidon.
// @cost 3 * (8 * (nInputs + 1) + partial rounds - 1)
template Hash(nInputs, domain) {
    signal input in[nInputs];
    signal output out;

    signal first[1] <== Squeeze(nInputs, 1, domain)(in);
    out <== first[0];
}

// @notice The first elements of Poseidon's permuted state; the first one is the hash.
// @param nInputs How many field elements.
// @param nOuts How many of the elements; enough stay hidden where the inputs are to.
// @param domain What the hash is for.
// The linear layers stay linear expressions inside the S-box constraints, so the cost is three
// constraints for each S-box: the S-box of the capacity element in the first round is a constant,
// and the last S-box is fused into the outputs.
// @cost 3 * (8 * (nInputs + 1) + partial rounds - 1) + nOuts - 1
template Squeeze(nInputs, nOuts, domain) {
    signal input in[nInputs];
    signal output out[nOuts];

    assert(nOuts >= 1);
    assert(nOuts <= nInputs);
    assert(nInputs >= 1);
    assert(nInputs <= 16);
    var PARTIAL[16] = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
    var t = nInputs + 1;
    var rp = PARTIAL[nInputs - 1];
    var C[t * 8 + rp] = POSEIDON_C(t);
    var S[rp * (t * 2 - 1)] = POSEIDON_S(t);
    var M[t][t] = POSEIDON_M(t);
    var P[t][t] = POSEIDON_P(t);

    signal square[8 * t + rp];
    signal fourth[8 * t + rp];
    signal fifth[8 * t + rp];

    var s[t];
    var x[t];
    var k = 0;
    s[0] = domain + C[0];
    for (var j = 1; j < t; j++) {
        s[j] = in[j - 1] + C[j];
    }

    for (var r = 0; r < 4; r++) {
        for (var j = 0; j < t; j++) {
            if (r == 0 && j == 0) {
                // The capacity element is a constant here.
                square[k] <== s[0] * s[0];
                fourth[k] <== (domain + C[0]) ** 4;
                fifth[k] <== (domain + C[0]) ** 5;
                x[0] = (domain + C[0]) ** 5 + C[t];
            } else {
                square[k] <== s[j] * s[j];
                fourth[k] <== square[k] * square[k];
                fifth[k] <== fourth[k] * s[j];
                x[j] = fifth[k] + C[(r + 1) * t + j];
            }
            k++;
        }
        for (var i = 0; i < t; i++) {
            var sum = 0;
            for (var j = 0; j < t; j++) {
                if (r == 3) {
                    sum += P[j][i] * x[j];
                } else {
                    sum += M[j][i] * x[j];
                }
            }
            s[i] = sum;
        }
    }

    for (var r = 0; r < rp; r++) {
        square[k] <== s[0] * s[0];
        fourth[k] <== square[k] * square[k];
        fifth[k] <== fourth[k] * s[0];
        var first = fifth[k] + C[5 * t + r];
        k++;
        var at = (t * 2 - 1) * r;
        var sum = S[at] * first;
        for (var j = 1; j < t; j++) {
            sum += S[at + j] * s[j];
            s[j] = s[j] + first * S[at + t + j - 1];
        }
        s[0] = sum;
    }

    for (var r = 0; r < 3; r++) {
        for (var j = 0; j < t; j++) {
            square[k] <== s[j] * s[j];
            fourth[k] <== square[k] * square[k];
            fifth[k] <== fourth[k] * s[j];
            x[j] = fifth[k] + C[5 * t + rp + r * t + j];
            k++;
        }
        for (var i = 0; i < t; i++) {
            var sum = 0;
            for (var j = 0; j < t; j++) {
                sum += M[j][i] * x[j];
            }
            s[i] = sum;
        }
    }

    var sum[nOuts];
    for (var j = 0; j < t - 1; j++) {
        square[k] <== s[j] * s[j];
        fourth[k] <== square[k] * square[k];
        fifth[k] <== fourth[k] * s[j];
        for (var i = 0; i < nOuts; i++) {
            sum[i] += M[j][i] * fifth[k];
        }
        k++;
    }
    square[k] <== s[t - 1] * s[t - 1];
    fourth[k] <== square[k] * square[k];
    fifth[k] <== 0;
    for (var i = 0; i < nOuts; i++) {
        out[i] <== (M[t - 1][i] * fourth[k]) * s[t - 1] + sum[i];
    }
}
