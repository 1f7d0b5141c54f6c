pragma circom 2.2.0;

include "account.circom";
include "nouns.circom";
include "takeover.circom";

// What a takeover moves: of the account, of what is published of it, and of the users' side
// (undertow/engine/takeover.py: left, settle, skews_after).

// What a slot takes from the users' side: of a takeover all that the account held, else nothing.
bus Given() {
    signal lots[POSITION_WORDS()]; // signed, added up as the skews' words are
    signal net[UNDERLYINGS()]; // units, signed
    signal gross[UNDERLYINGS()]; // units
    signal interest; // lots, nothing netted
    signal penalty; // 2^-16 micro-USD, to the insurance fund
    signal loss; // 2^-16 micro-USD below zero
    signal cash; // 2^-16 micro-USD, signed: to the house
}

// @notice What the house takes of an account: where it is taken, all.
// @input(assumes) taken: 0 or 1. position: ranged. held: of it. shares: zero where it is not taken.
// @cost 26
template Give() {
    signal input taken;
    input Shares() shares;
    signal input cash; // 2^-16 micro-USD, signed: of the account before
    input Position() position[INSTRUMENTS()];
    input Holdings() held;
    output Given() given;

    signal signed[INSTRUMENTS()];
    var words[POSITION_WORDS()];
    var lots = 0;
    for (var i = 0; i < INSTRUMENTS(); i++) {
        signed[i] <== position[i].magnitude * (1 - 2 * position[i].negative);
        words[i \ SKEWS_PER_WORD()] += signed[i] * (1 << (SKEW_WIDTH() * (i % SKEWS_PER_WORD())));
        lots += position[i].magnitude;
    }
    for (var w = 0; w < POSITION_WORDS(); w++) {
        given.lots[w] <== taken * words[w];
    }
    for (var u = 0; u < UNDERLYINGS(); u++) {
        _ <== held.size[u];
        _ <== held.addOns[u];
        given.net[u] <== taken * held.net[u];
        given.gross[u] <== taken * held.gross[u];
    }
    given.interest <== taken * lots;
    given.penalty <== shares.penalty;
    given.loss <== shares.loss;
    signal left <== taken * cash;
    given.cash <== left - shares.kept - shares.penalty;
}

// @notice An account whose positions are gone, and whose cash is what its owner keeps.
// @input(assumes) taken: 0 or 1; given: of it. Of an account that is taken the cells are none.
// @output(proves) after: of any other account, as it was.
// @cost 4
template TakeAccount() {
    signal input taken;
    input Given() given;
    input Account() before;
    output Account() after;

    _ <== given.lots;
    _ <== given.net;
    _ <== given.gross;
    _ <== given.interest;
    _ <== given.loss;
    after.owner <== before.owner;
    after.viewKey <== before.viewKey;
    after.version <== before.version;
    after.nonce <== before.nonce;
    after.filled <== before.filled;
    after.cash <== before.cash - given.cash - given.penalty;
    after.settled <== before.settled;
    after.pending <== before.pending;
    after.since <== before.since;
    for (var w = 0; w < POSITION_WORDS(); w++) {
        after.positions[w] <== (1 - taken) * before.positions[w];
    }
}

// @notice What is published of a slot: of a takeover its reason and what it did to the cash.
template TakeDelta() {
    signal input taken;
    signal input cash; // 2^-16 micro-USD, signed: how much more there is
    input Delta() filled;
    output Delta() delta;

    _ <== filled.cash;
    delta.instrument <== filled.instrument;
    delta.reason <== filled.reason + taken * (REASON_TAKEN() - REASON_DECOY());
    delta.fill <== filled.fill;
    delta.nonce <== filled.nonce;
    delta.filled <== filled.filled;
    delta.cells <== filled.cells;
    delta.cash <== cash;
}

// @notice The sum of what several slots take.
template AddGiven(n) {
    input Given() part[n];
    output Given() sum;

    var lots[POSITION_WORDS()];
    var net[UNDERLYINGS()];
    var gross[UNDERLYINGS()];
    var interest = 0;
    var penalty = 0;
    var loss = 0;
    var cash = 0;
    for (var s = 0; s < n; s++) {
        for (var w = 0; w < POSITION_WORDS(); w++) {
            lots[w] += part[s].lots[w];
        }
        for (var u = 0; u < UNDERLYINGS(); u++) {
            net[u] += part[s].net[u];
            gross[u] += part[s].gross[u];
        }
        interest += part[s].interest;
        penalty += part[s].penalty;
        loss += part[s].loss;
        cash += part[s].cash;
    }
    sum.lots <== lots;
    sum.net <== net;
    sum.gross <== gross;
    sum.interest <== interest;
    sum.penalty <== penalty;
    sum.loss <== loss;
    sum.cash <== cash;
}
