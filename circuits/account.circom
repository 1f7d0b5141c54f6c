pragma circom 2.1.6;

include "poseidon.circom";
include "range.circom";

// Positions as the leaf holds them: 30 bits of magnitude and a sign, six to a word. The words
// have at most 186 bits, so their decomposition is unique. Cost: 496.
template OpenPositions() {
    signal input words[3];
    signal output magnitude[16];
    signal output negative[16];

    component word[3];
    for (var w = 0; w < 3; w++) {
        var bits = w < 2 ? 186 : 124;
        word[w] = Bits(bits);
        word[w].in <== words[w];
    }
    for (var i = 0; i < 16; i++) {
        var sum = 0;
        for (var b = 0; b < 30; b++) {
            sum += word[i \ 6].bits[31 * (i % 6) + b] * (1 << b);
        }
        magnitude[i] <== sum;
        negative[i] <== word[i \ 6].bits[31 * (i % 6) + 30];
    }
}

// The leaf of an account; undertow/protocol/account.py. Domain 2 is LEAF.
template Leaf() {
    signal input owner[2];
    signal input viewKey;
    signal input version;
    signal input nonce;
    signal input filled;
    signal input cash;
    signal input netDeposits;
    signal input positions[3];
    signal output out;

    out <== Hash(11, 2)([owner[0], owner[1], viewKey, version, nonce, filled, cash, netDeposits,
        positions[0], positions[1], positions[2]]);
}

// The published word of a touched account; undertow/protocol/delta.py. Every field but cash is
// ranged by what made it; cash is signed and on top. Domain 7 is STREAM, and a version is used
// once per view key.
template EncryptDelta() {
    signal input viewKey;
    signal input version;
    signal input instrument;
    signal input reason;
    signal input fill;
    signal input nonce;
    signal input filled;
    signal input cash;
    signal output out;

    signal stream <== Hash(2, 7)([viewKey, version]);
    out <== stream + instrument + reason * (1 << 4) + (fill + (1 << 30)) * (1 << 8)
        + nonce * (1 << 39) + filled * (1 << 71) + cash * (1 << 101);
}
