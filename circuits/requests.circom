pragma circom 2.2.0;

include "edwards.circom";
include "funding.circom";
include "nouns.circom";
include "params.circom";
include "poseidon.circom";
include "range.circom";
include "request.circom";
include "safety_table.circom";
include "sheet.circom";
include "soundness.circom";
include "sponge.circom";
include "state.circom";
include "vesting.circom";

// @notice Serves requests of the vault's queue in order (undertow/engine/requests.py). What it
// proves: STATEMENT.md.
// @param stepBits, cellBits The price grid and the rings of the safety table.
template Requests(requests, stepBits, cellBits) {
    // The statement.
    signal input z; // where the public words' polynomial is evaluated
    input Venue() venue;
    signal input run; // its number
    signal input operatorKey[2];
    signal input operatorBits[SECRET_WIDTH()]; // 0 or 1 each, low first: the operator's secret
    input MarketParams() params;
    // The state.
    signal input accounts; // root of the accounts' tree
    input Markets() markets;
    signal input time; // seconds, of the marks
    input Ledger() ledger;
    signal input uncleanSince; // seconds; 0 if the last batch was clean
    signal input houseSalt; // of the sealed half
    signal input mark[UNDERLYINGS()]; // micro-USD per unit
    signal input halted[UNDERLYINGS()]; // 0 or 1: that mark is no price
    signal input accruals; // micro-USD per unit, packed
    signal input table[RING_WORDS(cellBits)]; // eight counters each
    input Windows() windows;
    // The requests.
    signal input word[requests]; // packed
    signal input key[requests][2]; // of an opening; an eighth of the owner's
    input Account() account[requests];
    signal input high[requests][UNDERLYINGS()][EDGE_WIDTH(stepBits) - cellBits]; // of its edges; hints
    signal input wrap[requests]; // of its expiry; a hint
    signal input children[requests][DEPTH()][ARITY()]; // of the nodes on the leaf's path
    signal output c;
    signal output publicZ;
    signal output y;

    // 1. The header: parameters, previous state, the operator's secret.
    signal paramsHash <== ParamsHash()(params);
    signal marks <== PackMarks()(mark, halted);
    // Market table and safety table stay.
    Table() marketTable <== HashTable()(markets);
    signal safety <== TableHash(stepBits, cellBits)(table, windows);
    signal previous;
    (previous, _) <== CommitState()(accounts, marketTable, time, ledger, safety, uncleanSince,
        houseSalt, marks, accruals);
    // The secret is below the subgroup's order, so it is the key's only one.
    var secret = 0;
    for (var i = 0; i < SECRET_WIDTH(); i++) {
        operatorBits[i] * (operatorBits[i] - 1) === 0;
        secret += operatorBits[i] * (1 << i);
    }
    Range(BITS_FOR(SUBGROUP_ORDER()))(SUBGROUP_ORDER() - 1 - secret);
    signal shown[2] <== EdwardsMultiple(SECRET_WIDTH())(operatorBits, BASE8());
    shown === operatorKey;

    // 2. The sheet at the state's marks.
    signal index[UNDERLYINGS()] <== FundingIndices()(markets.underlying);
    signal shock[UNDERLYINGS()] <== ShockOfEach()(params.risk);
    Unit() unit[UNDERLYINGS()] <== PriceUnits()(mark, index, OpenAccruals()(accruals), shock,
        params.funding);
    Safeguards(cellBits) by;
    by.index <== index;
    by.shock <== shock;
    by.cell <== [unit[0].cell, unit[1].cell];
    (by.clock, by.row, by.rowBit) <== OpenWindows(stepBits, cellBits)(windows);

    signal pays <== Pays()(uncleanSince, time, params.grace);

    // 3. The requests, chained by the root of the accounts' tree.
    component request[requests];
    signal root[requests + 1];
    Served() served[requests];
    root[0] <== accounts;
    var cash = 0;
    var given = 0;
    var held = ledger.houseCash + ledger.insurance + ledger.feePool + ledger.sumCash;
    for (var r = 0; r < requests; r++) {
        request[r] = ServeRequest(stepBits, cellBits);
        request[r].root <== root[r];
        request[r].held <== held + given + cash;
        request[r].operatorBits <== operatorBits;
        request[r].unit <== unit;
        request[r].units <== params.units;
        request[r].risk <== params.risk;
        request[r].halted <== halted;
        request[r].time <== time;
        request[r].vesting <== params.vesting;
        request[r].by <== by;
        request[r].pays <== pays;
        request[r].word <== word[r];
        request[r].key <== key[r];
        request[r].before <== account[r];
        request[r].high <== high[r];
        request[r].wrap <== wrap[r];
        request[r].children <== children[r];
        root[r + 1] <== request[r].nextRoot;
        served[r] <== request[r].served;
        cash += request[r].cash;
        given += request[r].houseCash;
    }

    // 4. The ledger takes what came and went, under a salt that nobody chooses.
    var place = venue.chainId * (1 << CONTRACT_WIDTH()) + venue.contract;
    signal newHouseSalt <== Hash(4, DOMAIN_HOUSE_SALT())([secret, place, run, previous]);
    Ledger() owned;
    owned.houseCash <== ledger.houseCash + given;
    owned.insurance <== ledger.insurance;
    owned.feePool <== ledger.feePool;
    owned.sumCash <== ledger.sumCash + cash;
    owned.badDebt <== ledger.badDebt;
    owned.openInterest <== ledger.openInterest;
    RequestsHouse() house;
    signal next;
    (next, house.sealed) <== CommitState()(root[requests], marketTable, time, owned, safety,
        uncleanSince, newHouseSalt, marks, accruals);

    // 5. The public words.
    RequestsHeader() header;
    header.chainId <== venue.chainId;
    header.contract <== venue.contract;
    header.number <== run;
    header.kind <== STATEMENT_REQUESTS();
    header.prevStateRoot <== previous;
    header.newStateRoot <== next;
    header.operatorKey <== operatorKey;
    header.marketParamsHash <== paramsHash;
    var WORDS = REQUESTS_HEADER_WORDS() + REQUESTS_HOUSE_WORDS() + SERVED_WORDS() * requests;
    (c, y) <== PublicWords(WORDS)(RequestsWords(requests)(header, house, served), z);
    publicZ <== z;
}
