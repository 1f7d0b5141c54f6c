pragma circom 2.1.6;

include "account.circom";
include "edwards.circom";
include "margin.circom";
include "merkle.circom";
include "select.circom";
include "signed.circom";
include "sponge.circom";
include "venue.circom";

// One request of the vault's queue: none, open, deposit, withdraw or house deposit. The contract
// supplies the word and the key, so they are well formed: indices exist, are opened in order and
// start at 1, and a key is a point of the curve outside the small subgroup.
template Request(depth) {
    signal input root;
    signal input operatorBits[252];
    signal input value[16];
    signal input step[16];
    signal input lotContingency[16];
    signal input lotConcentration[16];
    signal input word;
    signal input key[2];
    signal input owner[2];
    signal input viewKey;
    signal input version;
    signal input nonce;
    signal input filled;
    signal input cash;
    signal input netDeposits;
    signal input positions[3];
    signal input children[depth][8];
    signal output nextRoot;
    signal output paid;
    signal output newLeaf;
    signal output ciphertext;
    signal output cashChange;
    signal output houseChange;

    // type 3 bits, index 24, amount 64.
    component bits = Bits(91);
    bits.in <== word;
    var index = 0;
    var micro = 0;
    for (var i = 0; i < 24; i++) {
        index += bits.bits[3 + i] * (1 << i);
    }
    for (var i = 0; i < 64; i++) {
        micro += bits.bits[27 + i] * (1 << i);
    }
    signal kind[8] <== OneHot(3)([bits.bits[0], bits.bits[1], bits.bits[2]]);
    kind[5] + kind[6] + kind[7] === 0;
    signal opens <== kind[1];
    signal keeps <== kind[2] + kind[3];
    signal touches <== opens + keeps;

    // An opened account: its key in the prime subgroup, and the key that it shares with the
    // operator. Domain 9 is VIEW_KEY.
    signal two[2] <== EdwardsSum()(key, key);
    signal four[2] <== EdwardsSum()(two, two);
    signal eight[2] <== EdwardsSum()(four, four);
    signal shared[2] <== EdwardsMultiple(252)(operatorBits, eight);
    signal derived <== Hash(2, 9)(shared);
    opens * (owner[0] - eight[0]) === 0;
    opens * (owner[1] - eight[1]) === 0;
    opens * (viewKey - derived) === 0;
    opens * version === 0;
    opens * nonce === 0;
    opens * filled === 0;
    opens * cash === 0;
    opens * netDeposits === 0;
    for (var w = 0; w < 3; w++) {
        opens * positions[w] === 0;
    }

    // A withdrawal is paid whole if initial margin holds after it, at the last batch's prices.
    component account = OpenPositions();
    account.words <== positions;
    signal lots[16];
    signal worth[16];
    signal moves[16];
    signal concentrated[16];
    signal addOn[16];
    var equity = cash;
    var addOns = 0;
    var loss[2] = [0, 0];
    for (var i = 0; i < 16; i++) {
        lots[i] <== account.magnitude[i] * (1 - 2 * account.negative[i]);
        worth[i] <== lots[i] * value[i];
        moves[i] <== lots[i] * step[i];
        concentrated[i] <== account.magnitude[i] * lotConcentration[i];
        addOn[i] <== account.magnitude[i] * (lotContingency[i] + concentrated[i]);
        equity += worth[i];
        addOns += addOn[i];
        loss[i \ 8] += moves[i];
    }
    component surplus = Surplus();
    surplus.equity <== equity - micro * (1 << 16);
    surplus.allowed <== equity - micro * (1 << 16);
    surplus.addOns <== addOns;
    surplus.loss <== loss;
    signal affordable <== NonNegative(116)(surplus.out);
    signal granted <== kind[3] * affordable;
    paid <== granted * micro;
    signal received <== (opens + kind[2]) * micro;
    houseChange <== kind[4] * micro * (1 << 16);
    cashChange <== (received - paid) * (1 << 16);

    component leaf = Leaf();
    component newest = Leaf();
    leaf.owner <== owner;
    leaf.viewKey <== viewKey;
    leaf.version <== version;
    leaf.nonce <== nonce;
    leaf.filled <== filled;
    leaf.cash <== cash;
    leaf.netDeposits <== netDeposits;
    leaf.positions <== positions;
    newest.owner <== owner;
    newest.viewKey <== viewKey;
    newest.version <== version + 1;
    newest.nonce <== nonce;
    newest.filled <== filled;
    newest.cash <== cash + cashChange;
    newest.netDeposits <== netDeposits + cashChange;
    newest.positions <== positions;

    // Leaf 0 is empty for ever: requests without an account go through it and change nothing.
    component path = Update(depth);
    for (var i = 0; i < 3 * depth; i++) {
        path.bit[i] <== i < 24 ? bits.bits[3 + i] : 0;
    }
    path.children <== children;
    path.leaf0 <== keeps * leaf.out;
    newLeaf <== touches * newest.out;
    path.leaf1 <== newLeaf;
    path.oldRoot === root;
    nextRoot <== path.newRoot;

    // Reason 14 is REQUEST.
    signal sealed <== EncryptDelta()(viewKey, version + 1, 0, 14, 0, nonce, filled, cashChange);
    ciphertext <== touches * sealed;
}

// Serves `requests` requests of the vault's queue in order; what it proves: STATEMENT.md.
template Requests(requests, depth) {
    signal input z;
    signal input chainId;
    signal input contract;
    signal input batchNumber;
    signal input operatorKey[2];
    signal input operatorBits[252];
    signal input accountsRoot;
    signal input price[16]; // the marks of the state
    signal input shock[16];
    signal input contingency[16];
    signal input concentration[16];
    signal input skewCap[16];
    signal input ruleHash[16];
    signal input takerFee;
    signal input makerFee;
    signal input profitCap;
    signal input skews[3];
    signal input funding[16];
    signal input rowHash[16];
    signal input ledger[4];
    signal input word[requests];
    signal input key[requests][2];
    signal input owner[requests][2];
    signal input viewKey[requests];
    signal input version[requests];
    signal input nonce[requests];
    signal input filled[requests];
    signal input cash[requests];
    signal input netDeposits[requests];
    signal input positions[requests][3];
    signal input children[requests][depth][8];
    signal output c;
    signal output publicZ;
    signal output y;

    component params = ParamsHash();
    params.shock <== shock;
    params.contingency <== contingency;
    params.concentration <== concentration;
    params.skewCap <== skewCap;
    params.rule <== ruleHash;
    params.takerFee <== takerFee;
    params.makerFee <== makerFee;
    params.profitCap <== profitCap;

    var priceWord[3] = [0, 0, 0];
    for (var i = 0; i < 16; i++) {
        _ <== Range(36)(price[i]);
        priceWord[i \ 7] += price[i] * (1 << (36 * (i % 7)));
    }
    component before = VenueHash();
    before.skews <== skews;
    before.funding <== funding;
    before.row <== rowHash;
    before.ledger <== ledger;
    before.marks <== priceWord;
    signal previous <== StateRoot()(accountsRoot, before.out);

    // The operator's secret. Only its residue modulo the subgroup's order matters, and every bit
    // string with this public key gives the same shared points.
    var BASE8[2] = [5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203];
    for (var i = 0; i < 252; i++) {
        operatorBits[i] * (operatorBits[i] - 1) === 0;
    }
    signal shown[2] <== EdwardsMultiple(252)(operatorBits, BASE8);
    shown === operatorKey;

    signal value[16];
    component step[16];
    signal stepOf[16];
    signal lotContingency[16];
    component perSquare[16];
    signal lotConcentration[16];
    for (var i = 0; i < 16; i++) {
        value[i] <== price[i] * (1 << 16) - funding[i];
        step[i] = FloorShift(46, 18);
        step[i].in <== price[i] * shock[i] + (1 << 18) - 1;
        stepOf[i] <== step[i].quotient;
        lotContingency[i] <== price[i] * contingency[i];
        perSquare[i] = FloorShift(49, 17);
        perSquare[i].in <== price[i] * concentration[i] + (1 << 17) - 1;
        lotConcentration[i] <== perSquare[i].quotient;
    }

    component request[requests];
    var change = 0;
    var house = 0;
    for (var r = 0; r < requests; r++) {
        request[r] = Request(depth);
        if (r == 0) {
            request[r].root <== accountsRoot;
        } else {
            request[r].root <== request[r - 1].nextRoot;
        }
        request[r].operatorBits <== operatorBits;
        request[r].value <== value;
        request[r].step <== stepOf;
        request[r].lotContingency <== lotContingency;
        request[r].lotConcentration <== lotConcentration;
        request[r].word <== word[r];
        request[r].key <== key[r];
        request[r].owner <== owner[r];
        request[r].viewKey <== viewKey[r];
        request[r].version <== version[r];
        request[r].nonce <== nonce[r];
        request[r].filled <== filled[r];
        request[r].cash <== cash[r];
        request[r].netDeposits <== netDeposits[r];
        request[r].positions <== positions[r];
        request[r].children <== children[r];
        change += request[r].cashChange;
        house += request[r].houseChange;
    }

    component after = VenueHash();
    after.skews <== skews;
    after.funding <== funding;
    after.row <== rowHash;
    after.ledger <== [ledger[0] + house, ledger[1], ledger[2], ledger[3] + change];
    after.marks <== priceWord;
    signal next <== StateRoot()(request[requests - 1].nextRoot, after.out);

    component bind = PublicWords(9 + 6 * requests);
    bind.z <== z;
    var header[9] = [chainId, contract, batchNumber, 2, previous, next, operatorKey[0],
        operatorKey[1], params.out];
    for (var i = 0; i < 9; i++) {
        bind.words[i] <== header[i];
    }
    for (var r = 0; r < requests; r++) {
        bind.words[9 + 6 * r] <== word[r];
        bind.words[10 + 6 * r] <== key[r][0];
        bind.words[11 + 6 * r] <== key[r][1];
        bind.words[12 + 6 * r] <== request[r].paid;
        bind.words[13 + 6 * r] <== request[r].newLeaf;
        bind.words[14 + 6 * r] <== request[r].ciphertext;
    }
    c <== bind.c;
    publicZ <== z;
    y <== bind.y;
}
