pragma circom 2.2.0;

include "bounds.circom";
include "cells.circom";
include "certificate.circom";
include "compare.circom";
include "generated/safety.circom";
include "grid.circom";
include "nouns.circom";
include "range.circom";
include "takeover.circom";

// What a slot proves of the account that it touches (undertow/engine/takeover.py), by the same
// comparators one of four things.
// Taken: a price within the present steps leaves it below maintenance, and whose its equity is.
// Certified: its certificate holds, and of a touch that may take, it ends ahead of the present.
// Bad, of a touch that may take: at the worse edges of the present steps it is maintained.
// Bad, of any other slot: nothing.
// So of a touch that may take, an account is taken if and only if it is due: whoever is certified
// ahead of the present is maintained at the present steps' worse edges, too.

// Of the ranges that a certificate's sides and the shares of a takeover have in common.
function FIRST_SIDE_WIDTH() {
    return SLOPE_WIDTH() < EQUITY_WIDTH() + 1 ? EQUITY_WIDTH() + 1 : SLOPE_WIDTH();
}
function SECOND_SIDE_WIDTH() {
    return SLOPE_WIDTH() < CHARGE_WIDTH() ? CHARGE_WIDTH() : SLOPE_WIDTH();
}

// @notice What a slot proves of its account: a certificate, or that it is taken over, or neither.
// @input(assumes) by, held, cash, edge, expiry, high, wrap: as Measure, of the account as the slot's
// order left it and of the cells of its new leaf. step: of the batch's prices; ranged.
// @input(assumes) touches: 0 or 1: a touch at prices that did not jump, of who holds nothing halted.
// @input(assumes) equity, charge: of the account. keeps, owes, loses, dust: hints (Share).
// @input(assumes) side: hints. Of a taken account free: one corner below maintenance proves that the
// worst is. Of one that is bad the slope's sign, but for a slope of zero, where nothing follows.
// @output(proves) taken: 1 if and only if the slot touches an account that is due. Then its leaf has
// no cells.
// @cost 2 * 2^(stepBits - 5) + 2 * stepBits + cellBits + 500
template CertifyOrTake(stepBits, cellBits) {
    input Safeguards(cellBits) by;
    input Steps() step;
    signal input touches;
    input Holdings() held;
    signal input cash; // 2^-16 micro-USD, signed
    input End(cellBits) edge[UNDERLYINGS()];
    input End(cellBits) expiry;
    signal input high[UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits];
    signal input wrap;
    signal input equity; // 2^-16 micro-USD, signed: at the marks
    signal input charge; // 2^-33 micro-USD
    signal input keeps;
    signal input owes;
    signal input loses;
    signal input dust;
    signal input side[UNDERLYINGS()]; // 0 or 1: the upper edge of the step
    signal output taken;
    output Shares() shares;

    var SCALE = SURPLUS_BITS() - MONEY_BITS() + GRID_BITS();
    // A charge that is no whole number is above both: a 2^17th of the field at least.
    assert(FIRST_SIDE_WIDTH() < 200);
    assert(SECOND_SIDE_WIDTH() < 200);
    component share = Share();
    share.equity <== equity;
    share.charge <== charge;
    share.keeps <== keeps;
    share.owes <== owes;
    share.loses <== loses;
    share.dust <== dust;
    taken <== share.taken;
    shares <== share.shares;
    taken * (1 - touches) === 0;
    // A bad account has an expiry, too.
    taken * (edge[0].ends + edge[1].ends + expiry.ends) === 0;

    component is = Measure(stepBits, cellBits);
    is.by <== by;
    is.held <== held;
    is.cash <== cash;
    is.edge <== edge;
    is.expiry <== expiry;
    is.high <== high;
    is.wrap <== wrap;
    is.taken <== taken;

    // The surplus at a corner of the present steps, one cell later.
    signal judged <== touches * expiry.flag;
    signal at[UNDERLYINGS()];
    signal term[UNDERLYINGS()];
    signal losing[UNDERLYINGS()];
    signal wrong[UNDERLYINGS()];
    signal certified[UNDERLYINGS()];
    var corner = (is.line.free - is.drift) * (1 << SCALE);
    for (var u = 0; u < UNDERLYINGS(); u++) {
        side[u] * (side[u] - 1) === 0;
        at[u] <== step.low[u] + side[u] * (step.high[u] - step.low[u]);
        term[u] <== is.line.slope[u] * at[u];
        corner += term[u];
        losing[u] <== is.line.slope[u] * (1 - 2 * side[u]);
        wrong[u] <== judged * losing[u];
        certified[u] <== is.losing[u] * (1 - taken);
    }
    Range(FIRST_SIDE_WIDTH())(certified[0] + wrong[0] + share.first);
    Range(SECOND_SIDE_WIDTH())(certified[1] + wrong[1] + share.second);
    signal below <== taken * (-1 - corner - is.least);
    signal maintained <== judged * corner;
    Range(LEAST_WIDTH())(is.least + below + maintained);

    // Of a touch the ends lie ahead.
    EndsAhead(stepBits, cellBits)(touches, step.bound, edge, is.number, expiry, is.until);
}

// @notice Requires of a touch that its certificate ends ahead of the present.
// @input(assumes) touches: 0 or 1. edge, expiry: canonical; number, until: theirs (Measure), below
// 2^EDGE_WIDTH and far narrower than the field. bound: ranged.
// @cost 2 * stepBits + 36
template EndsAhead(stepBits, cellBits) {
    signal input touches;
    signal input bound[UNDERLYINGS()];
    input End(cellBits) edge[UNDERLYINGS()];
    signal input number[UNDERLYINGS()];
    input End(cellBits) expiry;
    signal input until; // cells, signed

    signal asked[UNDERLYINGS()];
    signal above[UNDERLYINGS()];
    signal ahead[UNDERLYINGS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        for (var i = 0; i < cellBits; i++) {
            _ <== edge[u].bit[i];
        }
        asked[u] <== touches * edge[u].ends;
        above[u] <== edge[u].flag * (bound[u] - number[u]);
        // Below: the bound less one less the number. Above: the number less the bound.
        ahead[u] <== asked[u] * (bound[u] - number[u] - 2 * above[u] - 1 + edge[u].flag);
        Range(EDGE_WIDTH(stepBits))(ahead[u]);
    }
    for (var i = 0; i < cellBits; i++) {
        _ <== expiry.bit[i];
    }
    signal expires <== touches * (expiry.ends - expiry.flag);
    signal later <== expires * (until - 1);
    Range(CLOCK_STEPS_WIDTH())(later);
}
