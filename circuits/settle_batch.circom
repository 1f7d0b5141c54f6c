pragma circom 2.1.6;

include "account.circom";
include "cap.circom";
include "market.circom";
include "select.circom";
include "slot.circom";
include "sponge.circom";
include "venue.circom";

// One batch: `slots` orders or decoys over one market table, of which `lanes` markets are priced.
// What it proves, and what each hint may be: circuits/STATEMENT.md.
template SettleBatch(slots, lanes, levels) {
    // Header.
    signal input z;
    signal input chainId;
    signal input contract;
    signal input batchNumber;
    signal input cap[64]; // of the accounts' tree, `levels` levels above the leaves
    signal input lane[lanes];
    signal input price[16];
    signal input time;
    // Parameters.
    signal input shock[16];
    signal input contingency[16];
    signal input concentration[16];
    signal input skewCap[16];
    signal input ruleHash[16];
    signal input rule[lanes][7];
    signal input takerFee;
    signal input makerFee;
    signal input profitCap;
    // Market table and house ledger.
    signal input skews[3];
    signal input funding[16];
    signal input rowHash[16];
    signal input row[lanes][6]; // pool, kappa, funding rate, variance, last price and its time
    signal input ledger[4];
    signal input marks[3];
    // Clearing hints.
    signal input flow[lanes];
    signal input side[lanes];
    // Slots.
    signal input index[slots];
    signal input occupied[slots];
    signal input word[slots];
    signal input r8[slots][2];
    signal input digits[slots][84][3];
    signal input salt[slots];
    signal input lots[slots];
    signal input owner[slots][2];
    signal input viewKey[slots];
    signal input version[slots];
    signal input nonce[slots];
    signal input filled[slots];
    signal input cash[slots];
    signal input netDeposits[slots];
    signal input positions[slots][3];
    signal input children[slots][levels][8];
    signal output c;
    signal output publicZ;
    signal output y;

    // 1. The header: parameters, previous state, lanes in ascending order.
    component params = ParamsHash();
    params.shock <== shock;
    params.contingency <== contingency;
    params.concentration <== concentration;
    params.skewCap <== skewCap;
    params.rule <== ruleHash;
    params.takerFee <== takerFee;
    params.makerFee <== makerFee;
    params.profitCap <== profitCap;

    component before = VenueHash();
    before.skews <== skews;
    before.funding <== funding;
    before.row <== rowHash;
    before.ledger <== ledger;
    before.marks <== marks;
    signal accountsRoot <== CapRoot()(cap);
    signal previous <== StateRoot()(accountsRoot, before.out);

    component laneBits[lanes];
    component hot[lanes];
    var lanesWord = 0;
    for (var l = 0; l < lanes; l++) {
        laneBits[l] = Bits(4);
        laneBits[l].in <== lane[l];
        hot[l] = OneHot(4);
        hot[l].bit <== laneBits[l].bits;
        lanesWord += lane[l] * (1 << (4 * l));
        if (l > 0) {
            _ <== Range(4)(lane[l] - lane[l - 1] - 1);
        }
    }

    var priceWord[3] = [0, 0, 0];
    for (var i = 0; i < 16; i++) {
        _ <== Range(36)(price[i]);
        priceWord[i \ 7] += price[i] * (1 << (36 * (i % 7)));
    }

    // 2. Advance the lanes' markets.
    component skew = OpenPositions();
    skew.words <== skews;
    signal skewOf[16];
    for (var i = 0; i < 16; i++) {
        skewOf[i] <== skew.magnitude[i] * (1 - 2 * skew.negative[i]);
    }
    component rowOpening[lanes];
    component ruleOpening[lanes];
    component advance[lanes];
    signal lanePrice[lanes];
    signal laneUnpriced[lanes];
    signal lanePriced[lanes];
    signal laneFunding[lanes];
    signal laneMagnitude[lanes];
    signal laneNegative[lanes];
    signal laneCap[lanes];
    signal laneRow[lanes];
    signal laneRule[lanes];
    signal fundingTerm[lanes][16];
    var newFunding[16];
    for (var i = 0; i < 16; i++) {
        newFunding[i] = funding[i];
    }
    for (var l = 0; l < lanes; l++) {
        rowOpening[l] = Hash(6, 5);
        rowOpening[l].in <== row[l];
        laneRow[l] <== Dot(16)(hot[l].out, rowHash);
        laneRow[l] === rowOpening[l].out;
        ruleOpening[l] = Hash(7, 10);
        ruleOpening[l].in <== rule[l];
        laneRule[l] <== Dot(16)(hot[l].out, ruleHash);
        laneRule[l] === ruleOpening[l].out;
        lanePrice[l] <== Dot(16)(hot[l].out, price);
        laneUnpriced[l] <== IsZero()(lanePrice[l]);
        lanePriced[l] <== 1 - laneUnpriced[l];
        laneFunding[l] <== Dot(16)(hot[l].out, funding);
        laneMagnitude[l] <== Dot(16)(hot[l].out, skew.magnitude);
        laneNegative[l] <== Dot(16)(hot[l].out, skew.negative);
        laneCap[l] <== Dot(16)(hot[l].out, skewCap);
        advance[l] = AdvanceMarket();
        advance[l].pool <== row[l][0];
        advance[l].kappa <== row[l][1];
        advance[l].fundingRate <== row[l][2];
        advance[l].variance <== row[l][3];
        advance[l].lastPrice <== row[l][4];
        advance[l].lastTime <== row[l][5];
        advance[l].funding <== laneFunding[l];
        advance[l].skewMagnitude <== laneMagnitude[l];
        advance[l].skewNegative <== laneNegative[l];
        advance[l].price <== lanePrice[l];
        advance[l].time <== time;
        advance[l].rule <== rule[l];
        for (var i = 0; i < 16; i++) {
            fundingTerm[l][i] <== hot[l].out[i] * (advance[l].newFunding - laneFunding[l]);
            newFunding[i] += fundingTerm[l][i];
        }
    }

    // The sheet, and whether the house may take new skew: its equity covers every market at its
    // cap, or at its skew where that is larger, with steps half as wide again as an account's.
    signal value[16];
    component step[16];
    signal stepOf[16];
    signal lotContingency[16];
    component perSquare[16];
    signal lotConcentration[16];
    signal bound[16];
    signal worth[16];
    signal needs[16];
    var equity = ledger[0] + ledger[2];
    var requirement = 0;
    for (var i = 0; i < 16; i++) {
        value[i] <== price[i] * (1 << 16) - newFunding[i];
        step[i] = FloorShift(46, 18);
        step[i].in <== price[i] * shock[i] + (1 << 18) - 1;
        stepOf[i] <== step[i].quotient;
        lotContingency[i] <== price[i] * contingency[i];
        perSquare[i] = FloorShift(49, 17);
        perSquare[i].in <== price[i] * concentration[i] + (1 << 17) - 1;
        lotConcentration[i] <== perSquare[i].quotient;
        bound[i] <== Larger(31)(skewCap[i], skew.magnitude[i]);
        worth[i] <== skewOf[i] * value[i];
        needs[i] <== bound[i] * step[i].quotient;
        equity -= worth[i];
        requirement += needs[i] * 6 * (1 << 26);
    }
    signal houseGrows <== NonNegative(120)(equity - requirement);

    // 3. Price each lane at its net flow.
    component market[lanes];
    signal laneSkew[lanes];
    signal laneStep[lanes];
    signal laneContingency[lanes];
    signal laneConcentration[lanes];
    for (var l = 0; l < lanes; l++) {
        laneSkew[l] <== laneMagnitude[l] * (1 - 2 * laneNegative[l]);
        laneStep[l] <== Dot(16)(hot[l].out, stepOf);
        laneContingency[l] <== Dot(16)(hot[l].out, lotContingency);
        laneConcentration[l] <== Dot(16)(hot[l].out, lotConcentration);
        market[l] = Lane();
        market[l].skew <== laneSkew[l];
        market[l].skewMagnitude <== laneMagnitude[l];
        market[l].skewNegative <== laneNegative[l];
        market[l].price <== lanePrice[l];
        market[l].skewCap <== laneCap[l];
        market[l].houseGrows <== houseGrows;
        market[l].pool <== advance[l].newPool;
        market[l].kappa <== advance[l].newKappa;
        market[l].flow <== flow[l];
        market[l].side <== side[l];
    }

    // 4. The slots, chained by set root, cap of the accounts' tree and the lanes' rationing.
    component slot[slots];
    signal venue <== chainId * (1 << 160) + contract;
    signal opened <== Hash(3, 4)([batchNumber, lanesWord, 0]);
    signal sameAccount[slots][slots];
    signal unseen[slots];
    for (var s = 0; s < slots; s++) {
        slot[s] = Slot(levels, lanes);
        if (s == 0) {
            slot[s].set <== opened;
            slot[s].cap <== cap;
        } else {
            slot[s].set <== slot[s - 1].nextSet;
            slot[s].cap <== slot[s - 1].nextCap;
        }
        // Repeated: an earlier order, not a decoy, of the same account.
        var earlier = 0;
        for (var e = 0; e < slots; e++) {
            if (e < s) {
                sameAccount[s][e] <== IsZero()(index[s] - index[e]
                    + (1 - occupied[e]) * (1 << 25));
                earlier += sameAccount[s][e];
            } else {
                sameAccount[s][e] <== 0;
            }
        }
        unseen[s] <== IsZero()(earlier);
        slot[s].repeated <== 1 - unseen[s];
        slot[s].venue <== venue;
        slot[s].batchNumber <== batchNumber;
        slot[s].takerFee <== takerFee;
        slot[s].makerFee <== makerFee;
        slot[s].profitCap <== profitCap;
        slot[s].value <== value;
        slot[s].step <== stepOf;
        slot[s].lotContingency <== lotContingency;
        slot[s].lotConcentration <== lotConcentration;
        slot[s].lane <== lane;
        slot[s].priced <== lanePriced;
        slot[s].price <== lanePrice;
        slot[s].laneStep <== laneStep;
        slot[s].laneContingency <== laneContingency;
        slot[s].laneConcentration <== laneConcentration;
        slot[s].side <== side;
        for (var l = 0; l < lanes; l++) {
            if (s == 0) {
                slot[s].blocked[l] <== 0;
            } else {
                slot[s].blocked[l] <== slot[s - 1].nextBlocked[l];
            }
            slot[s].laneFunding[l] <== advance[l].newFunding;
            slot[s].clearing[l] <== market[l].clearing;
            slot[s].next[l] <== market[l].next;
            slot[s].beyond[l] <== market[l].beyond;
            slot[s].takerSign[l] <== market[l].takerSign;
        }
        slot[s].index <== index[s];
        slot[s].occupied <== occupied[s];
        slot[s].word <== word[s];
        slot[s].r8 <== r8[s];
        slot[s].digits <== digits[s];
        slot[s].salt <== salt[s];
        slot[s].lots <== lots[s];
        slot[s].owner <== owner[s];
        slot[s].viewKey <== viewKey[s];
        slot[s].version <== version[s];
        slot[s].nonce <== nonce[s];
        slot[s].filled <== filled[s];
        slot[s].cash <== cash[s];
        slot[s].netDeposits <== netDeposits[s];
        slot[s].positions <== positions[s];
        slot[s].children <== children[s];
    }

    // 5. The fills are each market's net flow.
    var fees = 0;
    var change = 0;
    var net[lanes];
    for (var l = 0; l < lanes; l++) {
        net[l] = 0;
    }
    for (var s = 0; s < slots; s++) {
        fees += slot[s].fee;
        change += slot[s].cashChange;
        for (var l = 0; l < lanes; l++) {
            net[l] += slot[s].fills[l];
        }
    }
    for (var l = 0; l < lanes; l++) {
        net[l] === flow[l];
    }

    // 6. The market table and the house ledger take the other side.
    component newSkew[lanes];
    component newRow[lanes];
    component after = VenueHash();
    signal skewChange[lanes];
    signal skewTerm[lanes][3];
    signal rowTerm[lanes][16];
    signal taken[lanes];
    var newSkews[3] = [skews[0], skews[1], skews[2]];
    var newRows[16];
    var house = ledger[0];
    var insurance = ledger[1];
    for (var i = 0; i < 16; i++) {
        newRows[i] = rowHash[i];
    }
    for (var l = 0; l < lanes; l++) {
        newSkew[l] = Absolute(30);
        newSkew[l].in <== laneSkew[l] + flow[l];
        skewChange[l] <== newSkew[l].magnitude - laneMagnitude[l]
            + (newSkew[l].negative - laneNegative[l]) * (1 << 30);
        for (var w = 0; w < 3; w++) {
            var weight = 0;
            for (var i = 6 * w; i < 16 && i < 6 * w + 6; i++) {
                weight += hot[l].out[i] * (1 << (31 * (i - 6 * w)));
            }
            skewTerm[l][w] <== weight * skewChange[l];
            newSkews[w] += skewTerm[l][w];
        }
        newRow[l] = Hash(6, 5);
        newRow[l].in <== [market[l].newPool, advance[l].newKappa, advance[l].newRate,
            advance[l].newVariance, lanePrice[l], time];
        for (var i = 0; i < 16; i++) {
            rowTerm[l][i] <== hot[l].out[i] * (newRow[l].out - rowOpening[l].out);
            newRows[i] += rowTerm[l][i];
        }
        taken[l] <== flow[l] * (lanePrice[l] * (1 << 16) - advance[l].newFunding);
        house += taken[l];
        insurance += market[l].dust + advance[l].released;
    }
    after.skews <== newSkews;
    after.funding <== newFunding;
    after.row <== newRows;
    after.ledger <== [house, insurance, ledger[2] + fees, ledger[3] + change];
    after.marks <== priceWord;
    signal newAccountsRoot <== CapRoot()(slot[slots - 1].nextCap);
    signal next <== StateRoot()(newAccountsRoot, after.out);

    // 7. Bind the public words.
    component bind = PublicWords(12 + 3 * slots);
    bind.z <== z;
    var header[12] = [chainId, contract, batchNumber, 1, previous, next, slot[slots - 1].nextSet,
        priceWord[0], priceWord[1], priceWord[2], time, params.out];
    for (var i = 0; i < 12; i++) {
        bind.words[i] <== header[i];
    }
    for (var s = 0; s < slots; s++) {
        bind.words[12 + 3 * s] <== index[s];
        bind.words[13 + 3 * s] <== slot[s].newLeaf;
        bind.words[14 + 3 * s] <== slot[s].ciphertext;
    }
    c <== bind.c;
    publicZ <== z;
    y <== bind.y;
}
