pragma circom 2.2.0;

include "nouns.circom";
include "poseidon.circom";

// @notice The published word of a touched account (undertow/protocol/delta.py).
// @input(assumes) delta: every field but cash is ranged by what made it; cash is signed and on top.
// @input(assumes) before, after: leaves of the account, which tell its contents. The pad belongs to
// the change from one to the other, so no two changes share it.
// @cost 263
template EncryptDelta() {
    signal input viewKey;
    signal input before; // leaf
    signal input after; // leaf
    input Delta() delta;
    signal output ciphertext;

    signal stream <== Hash(3, DOMAIN_STREAM())([viewKey, before, after]);
    signal word <== PackDelta()(delta);
    ciphertext <== stream + word;
}
