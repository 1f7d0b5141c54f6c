pragma circom 2.2.0;

include "nouns.circom";
include "poseidon.circom";
include "range.circom";
include "words.circom";

// @notice The hash of the governed parameters (undertow/protocol/params.py).
// Risks, caps, units and rules of funding are ranged here, since their hash packs them and a word
// must have one opening; a range costs less than the hash that it saves. Fees, pricing, profit cap,
// vesting, jump, penalty and grace are not: the contract holds the hash, and who writes it refuses
// what is out of range.
// @cost 2996
template ParamsHash() {
    input MarketParams() params;
    signal output out;

    var N = INSTRUMENTS();
    signal risk[N];
    for (var i = 0; i < N; i++) {
        risk[i] <== PackRisk()(params.risk[i]);
        Range(CAP_WIDTH())(params.skewCap[i]);
        Range(UNIT_WIDTH())(params.units[i]);
    }
    MarketParamsWords() words;
    words.risks <== PackWords(N, RISK_WIDTH(), RISKS_PER_WORD())(risk);
    words.caps <== PackWords(N, CAP_WIDTH(), CAPS_PER_WORD())(params.skewCap);
    assert(UNIT_WORDS() == 1);
    signal units[1] <== PackWords(N, UNIT_WIDTH(), UNITS_PER_WORD())(params.units);
    words.units <== units[0];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        words.funding[u] <== PackFundingRule()(params.funding[u]);
    }
    words.pricing <== Hash(N, DOMAIN_PARAMS())(params.pricingHash);
    words.takerFee <== params.takerFee;
    words.makerFee <== params.makerFee;
    words.profitCap <== params.profitCap;
    words.vesting <== params.vesting;
    words.jump <== params.jump;
    words.penalty <== params.penalty;
    words.grace <== params.grace;
    out <== MarketParamsHash()(words);
}

// @notice What an order of this batch is judged by.
template TermsOf() {
    input Venue() venue;
    signal input time; // seconds, of the prices
    signal input takerFee; // 2^-20 of the notional
    signal input makerFee; // the same
    signal input profitCap; // money
    signal input vesting; // seconds over which profit vests
    signal input room; // lots that one order may add to the open interest
    output Terms() terms;

    terms.venue <== venue.chainId * (1 << CONTRACT_WIDTH()) + venue.contract;
    terms.time <== time;
    terms.takerFee <== takerFee;
    terms.makerFee <== makerFee;
    terms.profitCap <== profitCap;
    terms.vesting <== vesting;
    terms.room <== room;
}
