pragma circom 2.1.6;

include "poseidon.circom";
include "range.circom";

// The hashes of undertow/protocol/params.py and undertow/protocol/state.py. Parameters are the
// governed ones whose hash the contract holds, so rules and fees are in their ranges; state was
// ranged when it was written. Domains: 5 is TABLE, 6 STATE, 10 PARAMS, 11 LEDGER.

// The instruments' parameters are packed, six risks or eight caps to a word, and ranged, so that a
// word has one opening; a range costs less than the hash that it saves.
template ParamsHash() {
    signal input shock[16];
    signal input contingency[16];
    signal input concentration[16];
    signal input skewCap[16];
    signal input rule[16]; // hashes of the rules
    signal input takerFee;
    signal input makerFee;
    signal input profitCap;
    signal output out;

    assert(6 * (10 + 16 + 13) < 253);
    assert(8 * 30 < 253);
    var risks[3] = [0, 0, 0];
    var caps[2] = [0, 0];
    for (var i = 0; i < 16; i++) {
        _ <== Range(10)(shock[i]);
        _ <== Range(16)(contingency[i]);
        _ <== Range(13)(concentration[i]);
        _ <== Range(30)(skewCap[i]);
        risks[i \ 6] += (shock[i] + contingency[i] * (1 << 10) + concentration[i] * (1 << 26))
            * (1 << (39 * (i % 6)));
        caps[i \ 8] += skewCap[i] * (1 << (30 * (i % 8)));
    }
    signal rules <== Hash(16, 10)(rule);
    out <== Hash(9, 10)([risks[0], risks[1], risks[2], caps[0], caps[1], rules, takerFee, makerFee,
        profitCap]);
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
