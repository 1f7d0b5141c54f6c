pragma circom 2.2.0;

include "account.circom";
include "fees.circom";
include "nouns.circom";

// @notice Step 4, second half: fill, fee and the new account of a slot (undertow/engine/fill.py).
// @input(assumes) lots: ranged, and allowed by the clearing rule; 0 where the verdict is not
// eligible.
// @output(proves) after: the account moved by the fill; of a refused slot only its version. What may
// leave of it is as it was.
// @output(proves) delta: what is published of that, before encryption.
// @cost 142
template Fill() {
    input Account() before;
    input Signed() position; // of the verdict's instrument
    signal input hot[INSTRUMENTS()]; // 1 for that instrument, else 0
    input Verdict() verdict;
    signal input mark; // micro-USD per lot, of that instrument
    signal input cost; // 2^-16 micro-USD per lot: its clearing price less its funding
    signal input rate; // 2^-20 of the notional: the fee's
    signal input lots; // magnitude
    signal input fill; // signed
    signal input cellsBefore; // packed, as the leaf has them
    signal input cells; // packed, of the new leaf
    output Account() after;
    signal output fee; // 2^-16 micro-USD
    signal output cash; // 2^-16 micro-USD, signed: how much more there is
    signal output held; // lots, magnitude: of the position afterwards
    output Delta() delta;

    fee <== FeeOf()(lots, mark, rate);
    signal paid <== fill * cost;
    cash <== -paid - fee;

    // Never back by an order's own size: an equal nonce with a smaller one gives nothing back.
    Effect() effect <== verdict.effect;
    signal spent <== effect.spends * (effect.left - lots);
    signal filled <== effect.carried + fill + spent * (1 - 2 * effect.isSell);
    after.owner <== before.owner;
    after.viewKey <== before.viewKey;
    after.version <== before.version + 1;
    after.nonce <== before.nonce + verdict.eligible * (effect.nonce - before.nonce);
    after.filled <== before.filled + verdict.eligible * (filled - before.filled);
    after.cash <== before.cash + cash;
    after.settled <== before.settled;
    after.pending <== before.pending;
    after.since <== before.since;
    component replaced = ReplacePosition();
    replaced.words <== before.positions;
    replaced.hot <== hot;
    replaced.old <== position;
    replaced.new <== position.value + fill;
    held <== replaced.magnitude;
    for (var w = 0; w < POSITION_WORDS(); w++) {
        var behind = w < POSITION_WORDS() - 1 ? 0 : cells - cellsBefore;
        after.positions[w] <== replaced.out[w] + behind * (1 << ACCOUNT_CELLS_AT());
    }

    delta.instrument <== effect.instrument;
    delta.reason <== verdict.reason;
    delta.fill <== fill;
    delta.nonce <== after.nonce;
    delta.filled <== after.filled;
    delta.cells <== cells;
    delta.cash <== cash;
}
