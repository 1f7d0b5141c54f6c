pragma circom 2.2.0;

include "../nouns.circom";

// @notice The verdict on a touch: nobody's word, so it moves nothing but the account's version
// (undertow/engine/authorities/touch.py).
// @output(proves) verdict: the same for every touch; all zero unless `on`.
// @cost 9
template JudgeTouch() {
    signal input on; // 0 or 1: the slot has this authority
    output Verdict() verdict;

    verdict.eligible <== 0;
    verdict.reason <== on * REASON_DECOY();
    verdict.effect.instrument <== 0;
    verdict.effect.isSell <== 0;
    verdict.effect.left <== 0;
    verdict.effect.limit <== 0;
    verdict.effect.nonce <== 0;
    verdict.effect.carried <== 0;
    verdict.effect.spends <== 0;
}
