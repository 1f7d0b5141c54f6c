pragma circom 2.2.0;

include "authorities/order.circom";
include "authorities/touch.circom";
include "compare.circom";
include "nouns.circom";

// Step 4, first half: each slot's authority gives its verdict (undertow/engine/judge.py).

// @notice Which slots stand behind another one of the same account: an order there is refused.
// @input(assumes) account: ranged.
template Repeated(slots) {
    signal input account[slots]; // index
    signal output repeated[slots]; // 0 or 1

    signal same[slots][slots];
    signal unseen[slots];
    for (var s = 0; s < slots; s++) {
        var earlier = 0;
        for (var e = 0; e < slots; e++) {
            if (e < s) {
                same[s][e] <== IsZero()(account[s] - account[e]);
                earlier += same[s][e];
            } else {
                same[s][e] <== 0;
            }
        }
        unseen[s] <== IsZero()(earlier);
        repeated[s] <== 1 - unseen[s];
    }
}

// @notice The sum of verdicts of which all but one are zero.
// @cost 9
template AddVerdicts(n) {
    input Verdict() given[n];
    output Verdict() verdict;

    var eligible = 0;
    var reason = 0;
    var instrument = 0;
    var isSell = 0;
    var left = 0;
    var limit = 0;
    var nonce = 0;
    var carried = 0;
    var spends = 0;
    for (var i = 0; i < n; i++) {
        eligible += given[i].eligible;
        reason += given[i].reason;
        instrument += given[i].effect.instrument;
        isSell += given[i].effect.isSell;
        left += given[i].effect.left;
        limit += given[i].effect.limit;
        nonce += given[i].effect.nonce;
        carried += given[i].effect.carried;
        spends += given[i].effect.spends;
    }
    verdict.eligible <== eligible;
    verdict.reason <== reason;
    verdict.effect.instrument <== instrument;
    verdict.effect.isSell <== isSell;
    verdict.effect.left <== left;
    verdict.effect.limit <== limit;
    verdict.effect.nonce <== nonce;
    verdict.effect.carried <== carried;
    verdict.effect.spends <== spends;
}
