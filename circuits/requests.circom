pragma circom 2.2.0;

include "edwards.circom";
include "funding.circom";
include "nouns.circom";
include "params.circom";
include "request.circom";
include "sheet.circom";
include "sponge.circom";
include "state.circom";

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
    signal input newHouseSalt; // of the sealed half afterwards
    signal input mark[INSTRUMENTS()]; // micro-USD per lot
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
    signal marks[PRICE_WORDS()] <== PackPrices()(mark);
    // The market table stays.
    Table() table <== HashTable()(markets);
    signal previous;
    (previous, _) <== CommitState()(accounts, table, time, ledger, houseSalt, marks,
        accruals);
    // Only the secret's residue modulo the subgroup's order matters, and every bit string with this
    // public key gives the same shared points.
    for (var i = 0; i < SECRET_WIDTH(); i++) {
        operatorBits[i] * (operatorBits[i] - 1) === 0;
    }
    signal shown[2] <== EdwardsMultiple(SECRET_WIDTH())(operatorBits, BASE8());
    shown === operatorKey;

    // 2. The sheet at the state's marks.
    signal index[UNDERLYINGS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        index[u] <== FundingIndex()(markets.underlying[u].funding);
    }
    Entry() sheet[INSTRUMENTS()] <== PriceSheet()(mark, params.units, index, params.risk);

    // 3. The requests, chained by the root of the accounts' tree.
    component request[requests];
    signal root[requests + 1];
    Served() served[requests];
    root[0] <== accounts;
    var cash = 0;
    var given = 0;
    for (var r = 0; r < requests; r++) {
        request[r] = ServeRequest();
        request[r].root <== root[r];
        request[r].operatorBits <== operatorBits;
        request[r].sheet <== sheet;
        request[r].word <== word[r];
        request[r].key <== key[r];
        request[r].before <== account[r];
        request[r].children <== children[r];
        root[r + 1] <== request[r].nextRoot;
        served[r] <== request[r].served;
        cash += request[r].cash;
        given += request[r].houseCash;
    }

    // 4. The ledger takes what came and went.
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
