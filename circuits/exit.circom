pragma circom 2.2.0;

include "account.circom";
include "book.circom";
include "compare.circom";
include "divide.circom";
include "generated/owed.circom";
include "nouns.circom";
include "path.circom";
include "range.circom";
include "state.circom";
include "vesting.circom";

// What an account takes out of a frozen venue (undertow/engine/exit.py).

// @notice The units of each instrument's lot, from the governed parameters.
// @input(assumes) params: nothing; the hash says what it must be.
// @output(proves) hash: what the contract holds of the parameters.
// @cost 786
template OpenUnits() {
    input MarketParamsWords() params;
    signal output hash;
    signal output units[INSTRUMENTS()]; // of the underlying in a lot

    assert(UNIT_WORDS() == 1);
    hash <== MarketParamsHash()(params);
    var WIDTH = UNIT_WIDTH();
    signal bits[INSTRUMENTS() * WIDTH] <== Bits(INSTRUMENTS() * WIDTH)(params.units);
    for (var i = 0; i < INSTRUMENTS(); i++) {
        var sum = 0;
        for (var b = 0; b < WIDTH; b++) {
            sum += bits[WIDTH * i + b] * (1 << b);
        }
        units[i] <== sum;
    }
}

// @notice Units of each underlying that positions hold, net.
// @input(assumes) position, units: ranged.
// @cost 34
template NetUnits() {
    input Position() position[INSTRUMENTS()];
    signal input units[INSTRUMENTS()]; // of the underlying in a lot
    signal output net[UNDERLYINGS()]; // units, signed

    signal lots[INSTRUMENTS()];
    signal held[INSTRUMENTS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        var sum = 0;
        for (var i = EACH() * u; i < EACH() * (u + 1); i++) {
            lots[i] <== position[i].magnitude * (1 - 2 * position[i].negative);
            held[i] <== lots[i] * units[i];
            sum += held[i];
        }
        net[u] <== sum;
    }
}

// @notice What is owed of an equity: nothing of a debt, else its whole micro-USD.
// @output(proves) amount: at most EQUITY_WIDTH less MONEY_BITS bits; a larger equity is refused, and
// no deposits can reach it.
// @cost 2 * 101 + 6
template AmountOwed() {
    signal input equity; // 2^-16 micro-USD, signed
    signal output amount; // micro-USD

    signal solvent <== NonNegative(EQUITY_WIDTH())(equity);
    signal left <== solvent * equity;
    amount <== FloorShift(EQUITY_WIDTH(), MONEY_BITS())(left);
}

// @notice What one account is owed by the state of a root. What it proves: STATEMENT.md.
// Neither chain nor contract stands in it: it is a fact of the root, and the contract names its own.
template Exit() {
    input Account() account;
    signal input bit[ARITY_BITS() * DEPTH()]; // of its index, low first
    signal input children[DEPTH()][ARITY()]; // of the nodes on its leaf's path
    signal input sealed; // what the state hides of the house
    signal input price[UNDERLYINGS()]; // micro-USD per unit: the marks
    signal input halted[UNDERLYINGS()]; // 0 or 1: that mark is no price; it counts all the same
    signal input accruals; // micro-USD per unit, packed
    input MarketParamsWords() params;
    signal output root; // of the state
    signal output paramsHash;
    signal output owed; // Owed, packed

    // 1. The leaf stands at the index. An empty one has no preimage, so it is an account's.
    signal leaf <== Leaf()(account);
    signal index;
    signal accounts;
    (index, accounts) <== OpenPath(DEPTH())(bit, children, leaf);

    // 2. The exit sheet stands under the same root.
    HouseWords() house;
    house.sealed <== sealed;
    house.marks <== PackMarks()(price, halted);
    house.accruals <== accruals;
    StateWords() state;
    state.accounts <== accounts;
    state.house <== HouseHash()(house);
    root <== StateRoot()(state);

    // 3. Units of lots are the parameters'.
    signal units[INSTRUMENTS()];
    (paramsHash, units) <== OpenUnits()(params);

    // 4. Equity by the sheet. The cells behind the last position are opened with it.
    Position() position[INSTRUMENTS()];
    (position, _) <== OpenPositions(CELLS_END())(account.positions);
    signal net[UNDERLYINGS()] <== NetUnits()(position, units);
    signal accrual[UNDERLYINGS()] <== OpenAccruals()(accruals);
    signal value[UNDERLYINGS()];
    for (var u = 0; u < UNDERLYINGS(); u++) {
        value[u] <== (price[u] - accrual[u]) * (1 << MONEY_BITS());
    }
    signal equity <== Worth()(account.cash, net, value);

    // 5. What is owed of it.
    Owed() claim;
    claim.account <== index;
    claim.amount <== AmountOwed()(equity);
    assert(EQUITY_WIDTH() - MONEY_BITS() <= OWED_AMOUNT_WIDTH());
    assert(ARITY_BITS() * DEPTH() == OWED_ACCOUNT_WIDTH());
    owed <== PackOwed()(claim);
}
