pragma circom 2.2.0;

include "account.circom";
include "book.circom";
include "compare.circom";
include "delta.circom";
include "edwards.circom";
include "margin.circom";
include "merkle.circom";
include "nouns.circom";
include "poseidon.circom";
include "select.circom";
include "vesting.circom";

// One request of the vault's queue: none, open, deposit, withdraw or house deposit
// (undertow/engine/requests.py). The contract supplies the word and the key, so they are well
// formed: indices exist, are opened in order and start at 1, and a key is a point of the curve
// outside the small subgroup.

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

// @notice Whether so much may leave an account: it is settled, initial margin holds without it, all
// profit counted, and nothing is held that is halted: what it lost since its mark may be known.
// @output(proves) affordable: 0 or 1.
template Affordable() {
    input Account() account; // as this touch vests it
    input Signed() position[INSTRUMENTS()];
    signal input stuck; // 0 or 1: something is held that is halted
    signal input money; // 2^-16 micro-USD
    input Entry() sheet[INSTRUMENTS()];
    signal output affordable;

    _ <== account.owner;
    _ <== account.viewKey;
    _ <== account.version;
    _ <== account.nonce;
    _ <== account.filled;
    _ <== account.pending;
    _ <== account.since;
    _ <== account.positions;
    Book() book <== OpenBook()(account.cash - money, position, sheet);
    signal surplus;
    (_, surplus) <== Surplus()(book, book.equity);
    signal margined <== NonNegative(SURPLUS_WIDTH())(surplus);
    signal settled <== NonNegative(SETTLED_WIDTH())(account.settled - money);
    signal backed <== margined * settled;
    affordable <== backed * (1 - stuck);
}

// @notice Serves one request.
// @input(assumes) before: ranged when it was written.
template ServeRequest() {
    signal input root; // of the accounts' tree
    signal input held; // 2^-16 micro-USD, signed: the venue's money beside the pools
    signal input operatorBits[SECRET_WIDTH()];
    input Entry() sheet[INSTRUMENTS()];
    signal input exitValue[INSTRUMENTS()]; // 2^-16 micro-USD per lot, signed
    signal input halted[INSTRUMENTS()]; // 0 or 1
    signal input time; // seconds, of the marks
    signal input vesting; // seconds over which profit vests
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
    Signed() position[INSTRUMENTS()] <== OpenPositions()(before.positions);
    signal stuck <== HoldsHalted()(halted, position);
    signal equity <== ExitEquity()(before.cash, position, exitValue);
    Account() vested <== Vest()(before, equity, stuck, time, vesting);

    // A withdrawal is paid whole if so much is settled, initial margin holds after it, at the last batch's prices, and
    // the venue has the money. Held is less than 2^(AMOUNT + MONEY) and, by the pools, no less than
    // minus INSTRUMENTS times 2^POOL.
    assert(REQUEST_AMOUNT_WIDTH() + MONEY_BITS() < EQUITY_WIDTH());
    assert(BITS_FOR(INSTRUMENTS()) + MARKET_ROW_POOL_WIDTH() < EQUITY_WIDTH());
    var money = open.request.amount * (1 << MONEY_BITS());
    signal affordable <== Affordable()(vested, position, stuck, money, sheet);
    signal covered <== NonNegative(EQUITY_WIDTH())(held - money);
    signal possible <== affordable * covered;
    signal granted <== kind[KIND_WITHDRAW()] * possible;
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
    delta.reason <== REASON_REQUEST();
    delta.fill <== 0;
    delta.nonce <== after.nonce;
    delta.filled <== after.filled;
    delta.cash <== cash;
    signal ciphertext <== EncryptDelta()(after.viewKey, leaf, newest, delta);
    served.word <== word;
    served.key <== key;
    served.paid <== paid;
    served.leaf <== path.leaf1;
    served.ciphertext <== touches * ciphertext;
}
