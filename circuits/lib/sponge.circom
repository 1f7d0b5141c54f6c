pragma circom 2.1.6;

include "poseidon.circom";

// c and y of n public words (undertow/protocol/words.py): c is the chain over 15 words at a time
// that starts from n, y the words' polynomial at z. Domain 8 is WORDS. The words are canonical on
// this side because they are field elements; the contract checks its own copy.
template PublicWords(n) {
    signal input words[n];
    signal input z;
    signal output c;
    signal output y;

    var chunks = (n + 14) \ 15;
    component chain[chunks];
    for (var i = 0; i < chunks; i++) {
        chain[i] = Hash(16, 8);
        if (i == 0) {
            chain[i].in[0] <== n;
        } else {
            chain[i].in[0] <== chain[i - 1].out;
        }
        for (var j = 0; j < 15; j++) {
            if (15 * i + j < n) {
                chain[i].in[j + 1] <== words[15 * i + j];
            } else {
                chain[i].in[j + 1] <== 0;
            }
        }
    }
    c <== chain[chunks - 1].out;

    signal horner[n];
    for (var i = n - 1; i >= 0; i--) {
        if (i == n - 1) {
            horner[i] <== words[i];
        } else {
            horner[i] <== horner[i + 1] * z + words[i];
        }
    }
    y <== horner[0];
}
