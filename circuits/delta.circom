pragma circom 2.2.0;

include "nouns.circom";
include "poseidon.circom";

// The published words of a touched account, each under a pad that belongs to the change from one
// leaf to the next, so no two changes share it (undertow/protocol/pads.py).

// @notice The word of a change (undertow/protocol/delta.py).
// @input(assumes) delta: every field but cash is ranged by what made it; cash is signed and on top.
// @input(assumes) before, after: leaves of the account, which tell its contents.
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

// @notice Both words of a slot's account.
// @input(assumes) as EncryptDelta. confirmation: every field but the premium is ranged by what made
// it; the premium is signed and on top.
// @output(proves) ciphertext, confirmed: under two elements of one permutation.
// @cost 266
template EncryptBoth() {
    signal input viewKey;
    signal input before; // leaf
    signal input after; // leaf
    input Delta() delta;
    input Confirmation() confirmation;
    signal output ciphertext;
    signal output confirmed;

    signal pad[2] <== Squeeze(3, 2, DOMAIN_STREAM())([viewKey, before, after]);
    signal word <== PackDelta()(delta);
    ciphertext <== pad[0] + word;
    signal second <== PackConfirmation()(confirmation);
    confirmed <== pad[1] + second;
}
