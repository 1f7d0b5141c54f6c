pragma circom 2.2.0;

include "../book.circom";
include "../fees.circom";
include "../maintenance.circom";
include "../margin.circom";
include "../nouns.circom";
include "../price.circom";
include "compare.circom";
include "eddsa.circom";
include "edwards.circom";
include "poseidon.circom";

// A signed order (undertow/engine/authorities/order.py).

// @notice Opens an order and checks its owner's signature.
// @input(assumes) owner: key of an opened account.
// @output(proves) order, instrumentBits: of the word, which is zero unless `on`.
// @output(proves) message: what the set root commits; the account's index unless `on`, and no order
// hashes to so small a number.
// @cost 3402
template ReadOrder() {
    signal input on; // 0 or 1: the slot has this authority
    signal input venue; // its word
    signal input account; // index of the slot's
    signal input owner[2];
    signal input word;
    input Signature() signature;
    output Order() order;
    signal output instrumentBits[ORDER_INSTRUMENT_WIDTH()];
    signal output message;

    (1 - on) * word === 0;
    component opened = OpenOrder();
    opened.word <== word;
    order <== opened.order;
    _ <== opened.bits;
    var AT[11] = ORDER_AT();
    for (var b = 0; b < ORDER_INSTRUMENT_WIDTH(); b++) {
        instrumentBits[b] <== opened.bits[AT[1] + b];
    }
    on * (order.account - account) === 0;

    // The check is off without the authority but still computed, so it gets a fixed key: with the
    // owner's, whoever opens an account could choose a key that has no witness, and stop every
    // batch that touches it.
    signal signed <== Hash(2, DOMAIN_ORDER())([venue, word]);
    message <== account + on * (signed - account);
    var FIXED[2] = BASE8();
    signal key[2];
    for (var i = 0; i < 2; i++) {
        key[i] <== FIXED[i] + on * (owner[i] - FIXED[i]);
    }
    EdDSAVerify()(on, key, signature, signed);
}

// @notice The side of an order that a price is for, the ask from its limit on, and what is left of
// it. The other side refuses the price, so it trades nothing whatever its verdict.
// That a quote's spread pays for two fees is not checked: it protects whoever signs (protocol/order.py).
// @input(assumes) order: of a word, so ranged; price: of a clearing.
// @cost 153
template ChooseSide() {
    input Order() order;
    signal input carried; // lots, signed: net, filled before under the same nonce
    signal input price; // 2^-16 micro-USD per lot
    signal output isSell; // 0 or 1
    signal output left; // lots still to fill
    signal output limit; // micro-USD per lot

    _ <== order.account;
    _ <== order.instrument;
    _ <== order.nonce;
    _ <== order.expiry;
    _ <== order.reduceOnly;
    _ <== order.feeCap;
    signal noBid <== IsZero()(order.bid);
    signal noAsk <== IsZero()(order.ask);
    signal both <== (1 - noBid) * (1 - noAsk);
    // A quote has a spread, or both sides would accept a price, and it rests.
    signal closed <== IsZero()(order.spread);
    both * closed === 0;
    both * order.immediateOrCancel === 0;

    assert(PRICE_WIDTH() + 1 + MONEY_BITS() < PREMIUM_WIDTH());
    signal above <== NonNegative(PREMIUM_WIDTH() + 1)(
        price - (order.limitPrice + order.spread) * (1 << MONEY_BITS()));
    signal atAsk <== both * above;
    isSell <== atAsk + 1 - both - noAsk;
    limit <== order.limitPrice + isSell * order.spread;

    // Sides that fill refill each other. An order of one side goes on with its own side only, and one
    // without sides has nothing left.
    signal size <== order.bid + isSell * (order.ask - order.bid);
    signal done <== carried * (1 - 2 * isSell);
    signal same <== NonNegative(LOTS_WIDTH())(done);
    signal goesOn <== both + (1 - both) * same;
    signal remains <== NonNegative(LOTS_WIDTH())(size - done);
    signal rest <== remains * (size - done);
    left <== goesOn * rest;
}

// @notice Every check of an order that does not depend on the clearing price.
// Nothing here is asserted: what depends on the state becomes a reason. Sizes, fills and lots held
// are below 2^LOTS_WIDTH, and the time is below 2^ORDER_EXPIRY_WIDTH: it is a block's at the latest.
// @output(proves) verdict: the first check that fails is the reason; all zero unless `on`.
// @cost 1270
template JudgeOrder() {
    signal input on; // 0 or 1: the slot has this authority
    signal input repeated; // 0 or 1: the same account stands in an earlier slot
    signal input second; // 0 or 1: the instrument is of the second underlying
    input Order() order; // zero unless `on`
    input Account() account;
    input Signed() position; // in the order's instrument
    signal input price; // 2^-16 micro-USD per lot: the instrument's clearing price
    signal input stuck; // 0 or 1: something is held that is halted
    input Holdings() held;
    input Unit() unit[UNDERLYINGS()];
    input Book() book; // of what is held
    input Lane() lane; // of the order's instrument
    input Terms() terms;
    output Verdict() verdict;

    _ <== order.account;
    _ <== account.owner;
    _ <== account.viewKey;
    _ <== account.version;
    _ <== account.cash;
    _ <== account.pending;
    _ <== account.since;
    _ <== account.positions;
    _ <== terms.venue;
    _ <== terms.makerFee;
    _ <== terms.vesting;

    // What is left of the order: an equal nonce continues a partial fill. Without the authority the
    // nonces are too far apart to be equal.
    signal continues <== IsZero()(
        order.nonce - account.nonce + (1 - on) * (1 << (ORDER_NONCE_WIDTH() + 1)));
    signal carried <== continues * account.filled;
    signal isSell;
    signal left;
    signal limit;
    (isSell, left, limit) <== ChooseSide()(order, carried, price);
    signal size <== left * (1 - 2 * isSell);

    signal current <== NonNegative(ORDER_NONCE_WIDTH())(order.nonce - account.nonce);
    signal unexpired <== NonNegative(ORDER_EXPIRY_WIDTH())(order.expiry - terms.time);
    signal affordable <== NonNegative(ORDER_FEE_CAP_WIDTH())(order.feeCap - terms.takerFee);

    signal nothing <== IsZero()(left);
    signal opposite <== isSell + position.negative - 2 * isSell * position.negative;
    signal fits <== NonNegative(LOTS_WIDTH())(position.magnitude - left);
    signal reduces <== opposite * fits;
    signal strict <== order.reduceOnly * (1 - nothing);
    signal notReducing <== strict * (1 - reduces);

    signal after <== Magnitude(LOTS_WIDTH() + 1)(position.value + size);
    // Nobody holds more than all do, so what all may hold bounds each position too.
    signal hasRoom <== NonNegative(LOTS_WIDTH() + 1)(terms.room - after + position.magnitude);

    // The worst that the order can get: all that is left, at its limit, as a taker.
    signal fee <== FeeOf()(left, lane.mark, terms.takerFee);
    Holdings() later <== TradeHoldings()(held, lane.units, lane.contingency, lane.concentration,
        second, position.magnitude, after, size);
    signal over <== size * (limit - lane.mark);
    Book() then <== BookOf()(book.equity - over * (1 << MONEY_BITS()) - fee, later, unit);
    signal margined <== MayTrade()(book, then, account.settled + terms.profitCap, stuck,
        reduces);

    var FAILS = 8;
    var fails[FAILS] = [repeated, 1 - lane.priced, 1 - current, 1 - unexpired, 1 - affordable,
        notReducing, 1 - hasRoom, 1 - margined];
    var reasons[FAILS] = [REASON_REPEATED(), REASON_NOT_PRICED(), REASON_STALE_NONCE(),
        REASON_EXPIRED(), REASON_FEE_CAP(), REASON_NOT_REDUCING(), REASON_POSITION_RANGE(),
        REASON_MARGIN()];
    signal first[FAILS];
    assert(REASON_CLEARED() == 0);
    var alive = on;
    var reason = 0;
    for (var i = 0; i < FAILS; i++) {
        first[i] <== alive * fails[i];
        alive -= first[i];
        reason += reasons[i] * first[i];
    }
    verdict.eligible <== alive;
    verdict.reason <== reason;
    verdict.effect.instrument <== order.instrument;
    verdict.effect.isSell <== isSell;
    verdict.effect.left <== left;
    verdict.effect.limit <== limit;
    verdict.effect.nonce <== order.nonce;
    verdict.effect.carried <== carried;
    verdict.effect.spends <== order.immediateOrCancel;
}
