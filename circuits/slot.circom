pragma circom 2.1.6;

include "account.circom";
include "cap.circom";
include "compare.circom";
include "eddsa.circom";
include "margin.circom";
include "merkle.circom";
include "order.circom";
include "select.circom";
include "signed.circom";

// Step 4, first half: the outcome of an order against the account as it stands.
// Nothing here is asserted: what depends on the state becomes a reason. Sizes, fills and lots held
// are below 2^30.
template Judge() {
    // The order.
    signal input occupied;
    signal input isSell;
    signal input size;
    signal input limitPrice;
    signal input nonce;
    signal input expiryBatch;
    signal input reduceOnly;
    signal input feeCap;
    signal input underlying;
    // The account.
    signal input accountNonce;
    signal input filled;
    signal input heldMagnitude;
    signal input heldNegative;
    signal input held;
    signal input equity;
    signal input allowed;
    signal input addOns;
    signal input loss[2];
    // The batch.
    signal input batchNumber;
    signal input takerFee;
    signal input repeated;
    signal input priced;
    signal input price;
    signal input step;
    signal input lotContingency;
    signal input lotConcentration;
    signal output eligible;
    signal output reason;
    signal output carried;
    signal output left; // magnitude

    signal same <== IsZero()(nonce - accountNonce);
    carried <== same * filled;
    signal remains <== NonNegative(30)(size - carried);
    left <== remains * (size - carried);
    signal signedLeft <== left * (1 - 2 * isSell);

    signal current <== NonNegative(32)(nonce - accountNonce);
    signal unexpired <== NonNegative(32)(expiryBatch - batchNumber);
    signal affordable <== NonNegative(20)(feeCap - takerFee);

    signal empty <== IsZero()(left);
    signal opposite <== isSell + heldNegative - 2 * isSell * heldNegative;
    signal fits <== NonNegative(30)(heldMagnitude - left);
    signal reduces <== opposite * fits;
    signal strict <== reduceOnly * (1 - empty);
    signal notReducing <== strict * (1 - reduces);

    component after = Absolute(31);
    after.in <== held + signedLeft;
    signal tooLarge <== NonNegative(30)(after.magnitude - (1 << 30));

    // Margin at the full remaining size, the own limit price and the taker's fee.
    signal perLot <== price * takerFee;
    component fee = FloorShift(86, 4);
    fee.in <== left * perLot + 15;
    signal over <== signedLeft * (limitPrice - price);
    component before = Surplus();
    before.equity <== equity;
    before.allowed <== allowed;
    before.addOns <== addOns;
    before.loss <== loss;
    component later = Surplus();
    later.equity <== equity - over * (1 << 16) - fee.quotient;
    later.allowed <== allowed;
    // a^2 - h^2 = (a - h) (a + h): the contingency's product takes the concentration along.
    signal concentrated <== (after.magnitude + heldMagnitude) * lotConcentration;
    later.addOns <== addOns
        + (after.magnitude - heldMagnitude) * (lotContingency + concentrated);
    signal added <== signedLeft * step;
    signal addedSecond <== added * underlying;
    later.loss[0] <== loss[0] + added - addedSecond;
    later.loss[1] <== loss[1] + addedSecond;
    signal solvent <== NonNegative(116)(later.out);
    signal safer <== NonNegative(117)(later.out - before.out);
    signal unsafe <== (1 - solvent) * (1 - safer);

    var fails[8] = [repeated, 1 - priced, 1 - current, 1 - unexpired, 1 - affordable, notReducing,
        tooLarge, unsafe];
    var CODES[8] = [1, 4, 2, 3, 5, 6, 7, 8];
    signal first[8];
    var alive = occupied;
    var sum = 15 * (1 - occupied);
    for (var i = 0; i < 8; i++) {
        first[i] <== alive * fails[i];
        alive -= first[i];
        sum += CODES[i] * first[i];
    }
    eligible <== alive;
    reason <== sum;
}

// Step 4 for one slot: open the order against the set root, check its signature, judge it, fill
// it by the clearing rule, and move its account's leaf and the accounts' tree: `levels` levels
// below the cap, and the cap.
template Slot(levels, lanes) {
    // Chains.
    signal input set;
    signal input cap[64];
    signal input blocked[lanes]; // an earlier marginal order of the lane was not filled whole
    // The batch.
    signal input venue;
    signal input batchNumber;
    signal input takerFee;
    signal input makerFee;
    signal input profitCap;
    signal input value[16];
    signal input step[16];
    signal input lotContingency[16];
    signal input lotConcentration[16];
    signal input lane[lanes];
    signal input priced[lanes];
    signal input price[lanes];
    signal input laneFunding[lanes];
    signal input laneStep[lanes];
    signal input laneContingency[lanes];
    signal input laneConcentration[lanes];
    signal input clearing[lanes];
    signal input next[lanes];
    signal input beyond[lanes];
    signal input side[lanes];
    signal input takerSign[lanes];
    signal input repeated;
    // The slot.
    signal input index;
    signal input occupied;
    signal input word;
    signal input r8[2];
    signal input digits[84][3];
    signal input salt;
    signal input lots; // magnitude of the fill
    signal input owner[2];
    signal input viewKey;
    signal input version;
    signal input nonce;
    signal input filled;
    signal input cash;
    signal input netDeposits;
    signal input positions[3];
    signal input children[levels][8];
    signal output nextSet;
    signal output nextCap[64];
    signal output nextBlocked[lanes];
    signal output newLeaf;
    signal output ciphertext;
    signal output fills[lanes]; // signed
    signal output fee;
    signal output cashChange;

    // The order. An empty slot has the zero word and the zero message; no order hashes to it.
    // Domain 4 is SET.
    occupied * (occupied - 1) === 0;
    (1 - occupied) * word === 0;
    component order = OpenOrder();
    order.word <== word;
    order.venue <== venue;
    occupied * (order.account - index) === 0;
    signal message <== occupied * order.message;
    nextSet <== Hash(3, 4)([set, message, salt]);
    // An empty slot's check is off but still computed, so it gets a fixed key: with the owner's,
    // whoever opens an account could choose a key that has no witness, and stop every batch that
    // touches it.
    component signature = EdDSAVerify();
    signature.enabled <== occupied;
    var BASE8[2] = [5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203];
    signal signer[2];
    for (var i = 0; i < 2; i++) {
        signer[i] <== BASE8[i] + occupied * (owner[i] - BASE8[i]);
    }
    signature.key <== signer;
    signature.r8 <== r8;
    signature.digits <== digits;
    signature.message <== order.message;

    // The account. Its positions were ranged when they were written.
    component account = OpenPositions();
    account.words <== positions;
    signal hot[16] <== OneHot(4)(order.instrumentBits);
    signal heldMagnitude <== Dot(16)(hot, account.magnitude);
    signal heldNegative <== Dot(16)(hot, account.negative);
    signal held <== heldMagnitude * (1 - 2 * heldNegative);
    signal lotsHeld[16];
    signal worth[16];
    signal moves[16];
    signal concentrated[16];
    signal addOn[16];
    var equity = cash;
    var addOns = 0;
    var loss[2] = [0, 0];
    for (var i = 0; i < 16; i++) {
        lotsHeld[i] <== account.magnitude[i] * (1 - 2 * account.negative[i]);
        worth[i] <== lotsHeld[i] * value[i];
        moves[i] <== lotsHeld[i] * step[i];
        concentrated[i] <== account.magnitude[i] * lotConcentration[i];
        addOn[i] <== account.magnitude[i] * (lotContingency[i] + concentrated[i]);
        equity += worth[i];
        addOns += addOn[i];
        loss[i \ 8] += moves[i];
    }

    // The order's lane; all zero when the batch does not price its instrument.
    signal inLane[lanes];
    signal termPrice[lanes];
    signal termFunding[lanes];
    signal termStep[lanes];
    signal termContingency[lanes];
    signal termConcentration[lanes];
    signal termClearing[lanes];
    signal termNext[lanes];
    signal termBeyond[lanes];
    signal termSide[lanes];
    signal termTaker[lanes];
    signal termBlocked[lanes];
    signal termPriced[lanes];
    var lanePrice = 0;
    var funding = 0;
    var laneStepOf = 0;
    var lanePerLot = 0;
    var lanePerSquare = 0;
    var laneClearing = 0;
    var laneNext = 0;
    var laneBeyond = 0;
    var laneSide = 0;
    var laneTaker = 0;
    var laneBlocked = 0;
    var lanePriced = 0;
    for (var l = 0; l < lanes; l++) {
        inLane[l] <== IsZero()(order.instrument - lane[l]);
        termPrice[l] <== inLane[l] * price[l];
        termFunding[l] <== inLane[l] * laneFunding[l];
        termStep[l] <== inLane[l] * laneStep[l];
        termContingency[l] <== inLane[l] * laneContingency[l];
        termConcentration[l] <== inLane[l] * laneConcentration[l];
        termClearing[l] <== inLane[l] * clearing[l];
        termNext[l] <== inLane[l] * next[l];
        termBeyond[l] <== inLane[l] * beyond[l];
        termSide[l] <== inLane[l] * side[l];
        termTaker[l] <== inLane[l] * takerSign[l];
        termBlocked[l] <== inLane[l] * blocked[l];
        termPriced[l] <== inLane[l] * priced[l];
        lanePrice += termPrice[l];
        funding += termFunding[l];
        laneStepOf += termStep[l];
        lanePerLot += termContingency[l];
        lanePerSquare += termConcentration[l];
        laneClearing += termClearing[l];
        laneNext += termNext[l];
        laneBeyond += termBeyond[l];
        laneSide += termSide[l];
        laneTaker += termTaker[l];
        laneBlocked += termBlocked[l];
        lanePriced += termPriced[l];
    }

    component judge = Judge();
    judge.occupied <== occupied;
    judge.isSell <== order.isSell;
    judge.size <== order.size;
    judge.limitPrice <== order.limitPrice;
    judge.nonce <== order.nonce;
    judge.expiryBatch <== order.expiryBatch;
    judge.reduceOnly <== order.reduceOnly;
    judge.feeCap <== order.feeCap;
    judge.underlying <== order.instrumentBits[3];
    judge.accountNonce <== nonce;
    judge.filled <== filled;
    judge.heldMagnitude <== heldMagnitude;
    judge.heldNegative <== heldNegative;
    judge.held <== held;
    judge.equity <== equity;
    judge.allowed <== netDeposits + profitCap;
    judge.addOns <== addOns;
    judge.loss <== loss;
    judge.batchNumber <== batchNumber;
    judge.takerFee <== takerFee;
    judge.repeated <== repeated;
    judge.priced <== lanePriced;
    judge.price <== lanePrice;
    judge.step <== laneStepOf;
    judge.lotContingency <== lanePerLot;
    judge.lotConcentration <== lanePerSquare;

    // The clearing rule: whole for whoever accepts the price and, on the rationed side, the price
    // of one lot more; nothing for whoever refuses the price; in slot order for those between,
    // where only the last one filled may be filled in part.
    signal sign <== 1 - 2 * order.isSell;
    signal room <== sign * (order.limitPrice * (1 << 16) - laneClearing);
    signal accepts <== NonNegative(72)(room);
    signal nextRoom <== sign * (order.limitPrice * (1 << 16) - laneNext);
    signal acceptsNext <== NonNegative(72)(nextRoom);
    signal onSide <== (1 + laneSide * sign) / 2;
    signal surely <== acceptsNext * (1 - laneBeyond);
    signal willing <== judge.eligible * accepts;
    signal limited <== onSide * (1 - surely);
    signal marginal <== willing * limited;
    _ <== Range(30)(lots);
    _ <== Range(30)(judge.left - lots);
    (1 - willing) * lots === 0;
    (willing - marginal) * (judge.left - lots) === 0;
    signal late <== marginal * laneBlocked;
    late * lots === 0;
    signal whole <== IsZero()(judge.left - lots);
    signal short <== marginal * (1 - whole);
    signal blocks[lanes];
    for (var l = 0; l < lanes; l++) {
        blocks[l] <== inLane[l] * short;
        nextBlocked[l] <== blocked[l] + (1 - blocked[l]) * blocks[l];
    }

    // Fill and fee.
    signal fill <== sign * lots;
    for (var l = 0; l < lanes; l++) {
        fills[l] <== inLane[l] * fill;
    }
    signal takes <== laneTaker * (laneTaker + sign) / 2;
    signal rate <== makerFee + takes * (takerFee - makerFee);
    signal perLot <== lanePrice * rate;
    component charge = FloorShift(86, 4);
    charge.in <== lots * perLot + 15;
    fee <== charge.quotient;
    signal paid <== fill * (laneClearing - funding);
    cashChange <== -paid - fee;

    // The new leaf.
    component moved = Absolute(30);
    moved.in <== held + fill;
    signal change <== moved.magnitude - heldMagnitude + (moved.negative - heldNegative) * (1 << 30);
    component leaf = Leaf();
    component newest = Leaf();
    for (var w = 0; w < 3; w++) {
        var weight = 0;
        for (var i = 6 * w; i < 16 && i < 6 * w + 6; i++) {
            weight += hot[i] * (1 << (31 * (i - 6 * w)));
        }
        leaf.positions[w] <== positions[w];
        newest.positions[w] <== positions[w] + weight * change;
    }
    // Never below what was carried: an equal nonce with a smaller size gives nothing back.
    signal rest <== order.immediateOrCancel * (judge.left - lots);
    signal consumed <== judge.carried + lots + rest;
    signal newNonce <== nonce + judge.eligible * (order.nonce - nonce);
    signal newFilled <== filled + judge.eligible * (consumed - filled);
    leaf.owner <== owner;
    leaf.viewKey <== viewKey;
    leaf.version <== version;
    leaf.nonce <== nonce;
    leaf.filled <== filled;
    leaf.cash <== cash;
    leaf.netDeposits <== netDeposits;
    newest.owner <== owner;
    newest.viewKey <== viewKey;
    newest.version <== version + 1;
    newest.nonce <== newNonce;
    newest.filled <== newFilled;
    newest.cash <== cash + cashChange;
    newest.netDeposits <== netDeposits;
    newLeaf <== newest.out;

    component path = Update(levels);
    component at = Bits(3 * levels + 6);
    at.in <== index;
    for (var b = 0; b < 3 * levels; b++) {
        path.bit[b] <== at.bits[b];
    }
    path.children <== children;
    path.leaf0 <== leaf.out;
    path.leaf1 <== newest.out;
    component top = CapUpdate();
    top.cap <== cap;
    for (var b = 0; b < 6; b++) {
        top.bit[b] <== at.bits[3 * levels + b];
    }
    top.old <== path.oldRoot;
    top.new <== path.newRoot;
    nextCap <== top.next;

    ciphertext <== EncryptDelta()(viewKey, version + 1, order.instrument, judge.reason, fill,
        newNonce, newFilled, cashChange);
}
