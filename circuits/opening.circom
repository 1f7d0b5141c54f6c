pragma circom 2.2.0;

include "edwards.circom";
include "nouns.circom";
include "poseidon.circom";

// @notice Requires, when `opens`, that an account is as new and owned by eight times a key.
// @input(assumes) opens: 0 or 1. operatorBits: 0 or 1 each, of the operator's secret.
// @output(proves) The owner is in the prime subgroup, and the view key is what operator and owner
// share for the index: who opens an account with another's key gets another view key. The curve's
// complete law is used, so no key has no witness.
template RequireNew() {
    signal input opens;
    signal input index; // of the account
    signal input key[2];
    signal input operatorBits[SECRET_WIDTH()];
    input Account() account;

    signal two[2] <== EdwardsSum()(key, key);
    signal four[2] <== EdwardsSum()(two, two);
    signal eight[2] <== EdwardsSum()(four, four);
    signal shared[2] <== EdwardsMultiple(SECRET_WIDTH())(operatorBits, eight);
    signal viewKey <== Hash(3, DOMAIN_VIEW_KEY())([shared[0], shared[1], index]);
    opens * (account.owner[0] - eight[0]) === 0;
    opens * (account.owner[1] - eight[1]) === 0;
    opens * (account.viewKey - viewKey) === 0;
    opens * account.version === 0;
    opens * account.nonce === 0;
    opens * account.filled === 0;
    opens * account.cash === 0;
    opens * account.settled === 0;
    opens * account.pending === 0;
    opens * account.since === 0;
    for (var w = 0; w < POSITION_WORDS(); w++) {
        opens * account.positions[w] === 0;
    }
}
