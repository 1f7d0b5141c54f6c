pragma circom 2.2.0;

include "account.circom";
include "book.circom";
include "cells.circom";
include "certificate.circom";
include "compare.circom";
include "delta.circom";
include "maintenance.circom";
include "margin.circom";
include "merkle.circom";
include "nouns.circom";
include "opening.circom";
include "poseidon.circom";
include "select.circom";
include "vesting.circom";

// One request of the vault's queue: none, open, deposit, withdraw or house deposit
// (undertow/engine/requests.py). The contract supplies the word and the key, so they are well
// formed: indices exist, are opened in order and start at 1, and a key is a point of the curve
// outside the small subgroup.

// @notice Whether so much may leave an account: it is settled, initial margin holds without it, all
// profit counted, and nothing is held that is halted: what it lost since its mark may be known.
// @output(proves) affordable: 0 or 1.
template Affordable() {
    input Account() account; // as this touch vests it
    input Holdings() held;
    signal input stuck; // 0 or 1: something is held that is halted
    signal input money; // 2^-16 micro-USD
    input Unit() unit[UNDERLYINGS()];
    signal output affordable;

    _ <== account.owner;
    _ <== account.viewKey;
    _ <== account.version;
    _ <== account.nonce;
    _ <== account.filled;
    _ <== account.pending;
    _ <== account.since;
    _ <== account.positions;
    signal equity <== Worth()(account.cash - money, held.net, [unit[0].value, unit[1].value]);
    Book() book <== BookOf()(equity, held, unit);
    signal surplus;
    (_, surplus) <== Surplus()(book, equity);
    // Beyond margin, the least equity where something is held.
    signal flat <== IsZero()(held.gross[0] + held.gross[1]);
    signal margined <== NonNegative(SURPLUS_WIDTH())(
        surplus - (1 - flat) * LEAST_EQUITY() * FACTOR_ONE() * MONEY_UNIT());
    signal settled <== NonNegative(SETTLED_WIDTH())(account.settled - money);
    signal backed <== margined * settled;
    affordable <== backed * (1 - stuck);
}

// @notice Serves one request.
// @input(assumes) before: ranged when it was written.
// @input(assumes) high, wrap: hints, see Measure.
template ServeRequest(stepBits, cellBits) {
    signal input root; // of the accounts' tree
    signal input held; // 2^-16 micro-USD, signed: the venue's money beside the pools
    signal input operatorBits[SECRET_WIDTH()];
    input Unit() unit[UNDERLYINGS()];
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    input Risk() risk[INSTRUMENTS()];
    signal input halted[UNDERLYINGS()]; // 0 or 1
    signal input time; // seconds, of the marks
    signal input vesting; // seconds over which profit vests
    input Safeguards(cellBits) by;
    signal input pays; // 0 or 1: withdrawals are paid
    signal input high[UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits];
    signal input wrap; // 0 or 1
    signal input word; // the request, packed
    signal input key[2]; // of an opening
    input Account() before;
    signal input children[DEPTH()][ARITY()];
    signal output nextRoot;
    output Served() served;
    signal output cash; // 2^-16 micro-USD, signed: how much more the account has
    signal output houseCash; // 2^-16 micro-USD: how much more the house has

    component open = OpenRequest();
    open.word <== word;
    _ <== open.request.kind;
    _ <== open.request.account;
    _ <== open.bits;
    var AT[3] = REQUEST_AT();
    var KINDS = 1 << REQUEST_KIND_WIDTH();
    component kinds = OneHot(REQUEST_KIND_WIDTH());
    for (var b = 0; b < REQUEST_KIND_WIDTH(); b++) {
        kinds.bit[b] <== open.bits[AT[0] + b];
    }
    signal kind[KINDS] <== kinds.out;
    var unknown = 0;
    for (var k = KIND_HOUSE_DEPOSIT() + 1; k < KINDS; k++) {
        unknown += kind[k];
    }
    unknown === 0;
    signal opens <== kind[KIND_OPEN()];
    signal keeps <== kind[KIND_DEPOSIT()] + kind[KIND_WITHDRAW()];
    signal touches <== opens + keeps;

    RequireNew()(opens, open.request.account, key, operatorBits, before);

    // What may leave, before the request moves anything.
    Position() position[INSTRUMENTS()];
    signal last[CELLS_END()];
    (position, last) <== OpenPositions(CELLS_END())(before.positions);
    Holdings() has <== OpenHoldings()(position, units, risk);
    signal stuck <== HoldsHalted()(halted, position);
    signal equity <== Worth()(before.cash, has.net, [unit[0].exit, unit[1].exit]);
    Account() vested <== Vest()(before, equity, stuck, time, vesting);

    // A withdrawal is paid whole if so much is settled, initial margin holds after it, at the last batch's prices, and
    // the venue has the money. Held is less than 2^(AMOUNT + MONEY) and, by the pools, no less than
    // minus INSTRUMENTS times 2^POOL.
    assert(REQUEST_AMOUNT_WIDTH() + MONEY_BITS() < EQUITY_WIDTH());
    assert(BITS_FOR(INSTRUMENTS()) + MARKET_ROW_POOL_WIDTH() < EQUITY_WIDTH());
    var money = open.request.amount * (1 << MONEY_BITS());
    signal affordable <== Affordable()(vested, has, stuck, money, unit);
    signal covered <== NonNegative(EQUITY_WIDTH())(held - money);
    signal possible <== affordable * covered;
    signal wanted <== kind[KIND_WITHDRAW()] * possible;

    // The certificate stays as it is, so it has to stand without the money.
    signal cellBit[CELLS_WIDTH()];
    var cells = 0;
    for (var i = 0; i < CELLS_END(); i++) {
        if (i < ACCOUNT_CELLS_AT()) {
            _ <== last[i];
        } else {
            cellBit[i - ACCOUNT_CELLS_AT()] <== last[i];
            cells += last[i] * (1 << (i - ACCOUNT_CELLS_AT()));
        }
    }
    component ends = EndsOf(cellBits);
    ends.bit <== cellBit;
    signal stands <== Stands(stepBits, cellBits)(by, has, vested.cash - money, ends.edge, ends.expiry,
        high, wrap);
    signal sure <== wanted * stands;
    signal granted <== sure * pays;
    signal paid <== granted * open.request.amount;
    signal received <== (opens + kind[KIND_DEPOSIT()]) * open.request.amount;
    houseCash <== kind[KIND_HOUSE_DEPOSIT()] * money;
    cash <== (received - paid) * (1 << MONEY_BITS());

    Account() after;
    after.owner <== vested.owner;
    after.viewKey <== vested.viewKey;
    after.version <== vested.version + 1;
    after.nonce <== vested.nonce;
    after.filled <== vested.filled;
    after.cash <== vested.cash + cash;
    after.settled <== vested.settled + cash;
    after.pending <== vested.pending;
    after.since <== vested.since;
    after.positions <== vested.positions;

    // Leaf 0 is empty for ever: requests without an account go through it and change nothing.
    signal leaf <== Leaf()(before);
    signal newest <== Leaf()(after);
    component path = Update(DEPTH());
    for (var i = 0; i < ARITY_BITS() * DEPTH(); i++) {
        if (i < REQUEST_ACCOUNT_WIDTH()) {
            path.bit[i] <== open.bits[AT[1] + i];
        } else {
            path.bit[i] <== 0;
        }
    }
    path.children <== children;
    path.leaf0 <== keeps * leaf;
    path.leaf1 <== touches * newest;
    path.oldRoot === root;
    nextRoot <== path.newRoot;

    Delta() delta;
    delta.instrument <== 0;
    delta.reason <== REASON_REQUEST() + (wanted - sure) * (REASON_EDGE() - REASON_REQUEST())
        + (sure - granted) * (REASON_NOT_CLEAN() - REASON_REQUEST());
    delta.fill <== 0;
    delta.nonce <== after.nonce;
    delta.filled <== after.filled;
    delta.cells <== cells;
    delta.cash <== cash;
    signal ciphertext <== EncryptDelta()(after.viewKey, leaf, newest, delta);
    served.word <== word;
    served.key <== key;
    served.paid <== paid;
    served.leaf <== path.leaf1;
    served.ciphertext <== touches * ciphertext;
}
