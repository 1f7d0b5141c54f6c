pragma circom 2.2.0;

include "edwards.circom";
include "funding.circom";
include "nouns.circom";
include "params.circom";
include "poseidon.circom";
include "range.circom";
include "request.circom";
include "sheet.circom";
include "sponge.circom";
include "state.circom";
include "vesting.circom";

// @notice Serves requests of the vault's queue in order (undertow/engine/requests.py). What it
// proves: STATEMENT.md.
template Requests(requests) {
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
    signal input houseSalt; // of the sealed half
    signal input mark[INSTRUMENTS()]; // micro-USD per lot
    signal input halted[INSTRUMENTS()]; // 0 or 1: that mark is no price
    signal input accruals; // micro-USD per unit, packed
    // The requests.
    signal input word[requests]; // packed
    signal input key[requests][2]; // of an opening; an eighth of the owner's
    input Account() account[requests];
    signal input children[requests][DEPTH()][ARITY()]; // of the nodes on the leaf's path
    signal output c;
    signal output publicZ;
    signal output y;

    // 1. The header: parameters, previous state, the operator's secret.
    signal paramsHash <== ParamsHash()(params);
    signal marks[PRICE_WORDS()] <== PackMarks()(mark, halted);
    // The market table stays.
    Table() table <== HashTable()(markets);
    signal previous;
    (previous, _) <== CommitState()(accounts, table, time, ledger, houseSalt, marks, accruals);
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
    signal index[UNDERLYINGS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        index[u] <== FundingIndex()(markets.underlying[u].funding);
    }
    Entry() sheet[INSTRUMENTS()] <== PriceSheet()(mark, params.units, index, params.risk,
        params.funding);

    signal exitValue[INSTRUMENTS()] <== ExitValues()(mark, params.units, accruals);

    // 3. The requests, chained by the root of the accounts' tree.
    component request[requests];
    signal root[requests + 1];
    Served() served[requests];
    root[0] <== accounts;
    var cash = 0;
    var given = 0;
    var held = ledger.houseCash + ledger.insurance + ledger.feePool + ledger.sumCash;
    for (var r = 0; r < requests; r++) {
        request[r] = ServeRequest();
        request[r].root <== root[r];
        request[r].held <== held + given + cash;
        request[r].operatorBits <== operatorBits;
        request[r].sheet <== sheet;
        request[r].exitValue <== exitValue;
        request[r].halted <== halted;
        request[r].time <== time;
        request[r].vesting <== params.vesting;
        request[r].word <== word[r];
        request[r].key <== key[r];
        request[r].before <== account[r];
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
    RequestsHouse() house;
    signal next;
    (next, house.sealed) <== CommitState()(root[requests], table, time, owned, newHouseSalt, marks,
        accruals);

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
