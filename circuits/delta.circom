pragma circom 2.2.0;

include "nouns.circom";
include "poseidon.circom";

// @notice The published word of a touched account (undertow/protocol/delta.py).
// @input(assumes) delta: every field but cash is ranged by what made it; cash is signed and on top.
// @input(assumes) version: used once with a view key.
// @cost 242
template EncryptDelta() {
    signal input viewKey;
    signal input version;
    input Delta() delta;
    signal output ciphertext;

    signal stream <== Hash(2, DOMAIN_STREAM())([viewKey, version]);
    signal word <== PackDelta()(delta);
    ciphertext <== stream + word;
}
