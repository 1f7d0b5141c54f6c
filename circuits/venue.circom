pragma circom 2.1.6;

include "poseidon.circom";

// The hashes of undertow/protocol/params.py and undertow/protocol/state.py. Parameters are the
// governed ones whose hash the contract holds, so they are in their ranges; state was ranged when
// it was written. Domains: 5 is TABLE, 6 STATE, 10 PARAMS, 11 LEDGER.

template ParamsHash() {
    signal input shock[16];
    signal input contingency[16];
    signal input skewCap[16];
    signal input rule[16]; // hashes of the rules
    signal input takerFee;
    signal input makerFee;
    signal input profitCap;
    signal output out;

    signal shocks <== Hash(16, 10)(shock);
    signal contingencies <== Hash(16, 10)(contingency);
    signal caps <== Hash(16, 10)(skewCap);
    signal rules <== Hash(16, 10)(rule);
    out <== Hash(7, 10)([shocks, contingencies, caps, rules, takerFee, makerFee, profitCap]);
}

template VenueHash() {
    signal input skews[3]; // packed as positions
    signal input funding[16];
    signal input row[16]; // hashes of the rows
    signal input ledger[4]; // house cash, insurance, fee pool, sum of accounts' cash
    signal input marks[3];
    signal output out;

    signal indices <== Hash(16, 5)(funding);
    signal rows <== Hash(16, 5)(row);
    signal money <== Hash(4, 11)(ledger);
    out <== Hash(9, 5)([skews[0], skews[1], skews[2], indices, rows, money, marks[0], marks[1],
        marks[2]]);
}

template StateRoot() {
    signal input accounts;
    signal input venue;
    signal output out;

    out <== Hash(2, 6)([accounts, venue]);
}
