pragma circom 2.2.0;

include "../generated/layout.circom";
include "poseidon.circom";

// Words that one hash of the chain takes in, beside the chain itself.
function CHUNK() { return 15; }

// @notice What stands for n public words: see undertow/protocol/words.py.
// @input(assumes) words: nothing; they are canonical on this side because they are field elements,
// and the contract checks its own copy.
// @output(proves) c: the chain of hashes over the words, which starts from n.
// @output(proves) y: the words' polynomial at z.
// @cost 609 * ((n + 14) // 15) + n - 1
template PublicWords(n) {
    signal input words[n];
    signal input z;
    signal output c;
    signal output y;

    var chunks = (n + CHUNK() - 1) \ CHUNK();
    component chain[chunks];
    for (var i = 0; i < chunks; i++) {
        chain[i] = Hash(CHUNK() + 1, DOMAIN_WORDS());
        if (i == 0) {
            chain[i].in[0] <== n;
        } else {
            chain[i].in[0] <== chain[i - 1].out;
        }
        for (var j = 0; j < CHUNK(); j++) {
            if (CHUNK() * i + j < n) {
                chain[i].in[j + 1] <== words[CHUNK() * i + j];
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
