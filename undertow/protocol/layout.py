"""Every layout that more than one language knows, once: fields, their widths, units and order.

`scripts/write_layouts.py` writes the circuits' and the contracts' side and the tables of
circuits/STATEMENT.md from here; a test fails where a file is not what it writes. Scales stand in
`units.py`, reasons in `outcome.py`, authorities in `authority.py`, domains in `crypto/domains.py`.
"""

from __future__ import annotations

from enum import IntEnum

from undertow.crypto.domains import Domain
from undertow.crypto.merkle import ARITY, DEPTH
from undertow.protocol.packing import FIELD_WIDTH, Field, Grouped, Packed, Sign, Words
from undertow.protocol.sheet import INSTRUMENTS

LEVELS = 6
"""Levels of the accounts' tree that a slot proves; above them the batch carries all nodes."""
CAP = ARITY ** (DEPTH - LEVELS)
"""Nodes of the level that a batch carries whole."""

ACCOUNT_WIDTH = 24
INSTRUMENT_WIDTH = 4
LOTS_WIDTH = 30
"""Of the magnitude of whatever is counted in lots and stored."""
NONCE_WIDTH = 32
PRICE_WIDTH = 36
TIME_WIDTH = 32
FEE_WIDTH = 20
MONEY_WIDTH = 120
"""Of the magnitude of cash, far from wrapping round the field."""
EQUITY_WIDTH = 114
"""Of the magnitude of an account's equity: margin refuses more, which no deposits can reach."""
AMOUNT_WIDTH = 64
BATCH_WIDTH = 32
SECRET_WIDTH = 252
"""Of a BabyJubJub secret as a circuit takes it; it is below the prime subgroup's order."""


class Kind(IntEnum):
    """Type of a request."""

    NONE = 0
    OPEN = 1
    DEPOSIT = 2
    WITHDRAW = 3
    HOUSE_DEPOSIT = 4


class Statement(IntEnum):
    """What a proof's public words speak of."""

    BATCH = 1
    REQUESTS = 2


# Values for each instrument, several to a word.
POSITIONS = Grouped(
    noun="Position",
    about="Positions of an account or skews of the markets: a magnitude and a sign above it",
    width=LOTS_WIDTH + 1,
    per_word=6,
    count=INSTRUMENTS,
)
PRICES = Grouped(
    noun="Price",
    about="Index prices or marks, micro-USD per lot; zero stands for an unlisted instrument",
    width=PRICE_WIDTH,
    per_word=7,
    count=INSTRUMENTS,
)
CAPS = Grouped(
    noun="Cap",
    about="Largest absolute skew that the house takes on, lots",
    width=LOTS_WIDTH,
    per_word=8,
    count=INSTRUMENTS,
)

# Fields packed in one word.
ORDER = Packed(
    noun="Order",
    about="What a trader signs.",
    fields=(
        Field("account", ACCOUNT_WIDTH, "index"),
        Field("instrument", INSTRUMENT_WIDTH, "index"),
        Field("is_sell", 1, "0 or 1"),
        Field("size", LOTS_WIDTH, "lots"),
        Field("limit_price", PRICE_WIDTH, "micro-USD per lot"),
        Field("nonce", NONCE_WIDTH, "an equal one continues a partial fill"),
        Field("expiry_batch", BATCH_WIDTH, "number of the last batch that may fill it"),
        Field("reduce_only", 1, "0 or 1"),
        Field("immediate_or_cancel", 1, "0 or 1"),
        Field("fee_cap", FEE_WIDTH, "2^-20 of the notional"),
    ),
)
REQUEST = Packed(
    noun="Request",
    about="One entry of the vault's queue.",
    fields=(
        Field("kind", 3, "KIND_..."),
        Field("account", ACCOUNT_WIDTH, "index; 0 for the house and for padding"),
        Field("amount", AMOUNT_WIDTH, "micro-USD"),
    ),
)
DELTA = Packed(
    noun="Delta",
    about="What is published of a touched account, encrypted to its owner.",
    fields=(
        Field("instrument", INSTRUMENT_WIDTH, "index"),
        Field("reason", 4, "REASON_..."),
        Field("fill", LOTS_WIDTH + 1, "lots", Sign.OFFSET),
        Field("nonce", NONCE_WIDTH, "the new one"),
        Field("filled", LOTS_WIDTH, "lots, the new ones"),
        Field("cash", MONEY_WIDTH, "change, 2^-16 micro-USD", Sign.WRAPS),
    ),
)
RISK = Packed(
    noun="Risk",
    about="Governed risk parameters of one instrument.",
    fields=(
        Field("shock", 10, "one step of the scenario grid, 2^-8 of the price"),
        Field("contingency", 16, "2^-16 of the notional"),
        Field("concentration", 13, "2^-32 per lot"),
    ),
)
RISKS = Grouped(
    noun="Risk",
    about="Risk parameters, packed",
    width=RISK.width,
    per_word=6,
    count=INSTRUMENTS,
)

# Lists of words that are hashed.
ACCOUNT = Words(
    noun="Account",
    about="An account; its leaf is the hash of these words.",
    domain=Domain.LEAF,
    hash="Leaf",
    fields=(
        Field("owner", FIELD_WIDTH, "key that signs its orders", count=2),
        Field("view_key", FIELD_WIDTH, "shared with the operator; encrypts its deltas"),
        Field("version", 32, "changes so far"),
        Field("nonce", NONCE_WIDTH, "of the last order that was eligible"),
        Field("filled", LOTS_WIDTH, "lots that are no more to fill under this nonce"),
        Field("cash", MONEY_WIDTH, "2^-16 micro-USD", Sign.WRAPS),
        Field("net_deposits", MONEY_WIDTH, "2^-16 micro-USD", Sign.WRAPS),
        Field("positions", POSITIONS.width * POSITIONS.per_word, "lots", count=POSITIONS.words),
    ),
)
RULE = Words(
    noun="Rule",
    about="Governed parameters that only a priced market needs.",
    domain=Domain.PARAMS,
    hash="RuleHash",
    fields=(
        Field("depth_min", 13, "2^-32 per lot"),
        Field("depth_max", 13, "2^-32 per lot"),
        Field("depth_per_variance", 32, "2^-16"),
        Field("funding_dead_zone", LOTS_WIDTH, "lots"),
        Field("funding_saturation", LOTS_WIDTH, "lots"),
        Field("funding_velocity", 30, "2^-56 of the notional per second, second and lot"),
        Field("funding_rate_max", 30, "2^-40 of the notional per second"),
    ),
)
ROW = Words(
    noun="MarketRow",
    about="What only a priced market needs of its row in the market table.",
    domain=Domain.TABLE,
    hash="MarketRowHash",
    fields=(
        Field("pool", 96, "2^-16 micro-USD"),
        Field("kappa", 48, "2^-32 micro-USD per lot squared"),
        Field("funding_rate", 30, "2^-40 of the notional per second", Sign.WRAPS),
        Field("variance", 32, "2^-32"),
        Field("price", PRICE_WIDTH, "micro-USD per lot, of the last batch; 0 before the first"),
        Field("time", TIME_WIDTH, "seconds, of that price"),
    ),
)
LEDGER = Words(
    noun="Ledger",
    about="The house's own money, and the sum of all accounts' cash.",
    domain=Domain.LEDGER,
    hash="LedgerHash",
    fields=(
        Field("house_cash", MONEY_WIDTH, "2^-16 micro-USD", Sign.WRAPS),
        Field("insurance", MONEY_WIDTH, "2^-16 micro-USD", Sign.WRAPS),
        Field("fee_pool", MONEY_WIDTH, "2^-16 micro-USD", Sign.WRAPS),
        Field("sum_cash", MONEY_WIDTH, "2^-16 micro-USD", Sign.WRAPS),
    ),
)
VENUE = Words(
    noun="VenueWords",
    about="Market table, ledger and marks, as the state holds them.",
    domain=Domain.TABLE,
    hash="VenueWordsHash",
    fields=(
        Field("skews", POSITIONS.width * POSITIONS.per_word, "lots", count=POSITIONS.words),
        Field("funding", FIELD_WIDTH, "hash of the instruments' funding indices"),
        Field("rows", FIELD_WIDTH, "hash of the instruments' hashes of rows"),
        Field("ledger", FIELD_WIDTH, "hash"),
        Field("marks", PRICES.width * PRICES.per_word, "micro-USD per lot", count=PRICES.words),
    ),
)
MARKET_PARAMS = Words(
    noun="MarketParamsWords",
    about="Governed parameters of a market group; the contract holds the hash.",
    domain=Domain.PARAMS,
    hash="MarketParamsHash",
    fields=(
        Field("risks", RISKS.width * RISKS.per_word, "Risk, packed", count=RISKS.words),
        Field("caps", CAPS.width * CAPS.per_word, "lots", count=CAPS.words),
        Field("rules", FIELD_WIDTH, "hash of the instruments' hashes of rules"),
        Field("taker_fee", FEE_WIDTH, "2^-20 of the notional"),
        Field("maker_fee", FEE_WIDTH, "2^-20 of the notional"),
        Field("profit_cap", 96, "2^-16 micro-USD"),
    ),
)
STATE = Words(
    noun="StateWords",
    about="The committed state.",
    domain=Domain.STATE,
    hash="StateRoot",
    fields=(
        Field("accounts", FIELD_WIDTH, "root of the accounts' tree"),
        Field("venue", FIELD_WIDTH, "hash of VenueWords"),
    ),
)

# Public words, in order; the contract and the circuit each make their own copy.
_HEADER = (
    Field("chain_id", 64, "of the settlement contract"),
    Field("contract", 160, "address of the settlement contract"),
    Field("number", 64, "of the batch or of the run, from one"),
    Field("kind", 8, "STATEMENT_..."),
    Field("prev_state_root", FIELD_WIDTH, "before"),
    Field("new_state_root", FIELD_WIDTH, "after"),
)
BATCH_HEADER = Words(
    noun="BatchHeader",
    about="What a batch publishes before its touches.",
    fields=(
        *_HEADER,
        Field("set_root", FIELD_WIDTH, "commits the orders before their price is known"),
        Field("prices", PRICES.width * PRICES.per_word, "micro-USD per lot", count=PRICES.words),
        Field("time", TIME_WIDTH, "seconds, of the prices"),
        Field("market_params_hash", FIELD_WIDTH, "the contract's"),
    ),
)
TOUCH = Words(
    noun="Touch",
    about="What a batch publishes of each slot's account.",
    fields=(
        Field("account", ACCOUNT_WIDTH, "index"),
        Field("leaf", FIELD_WIDTH, "the new one"),
        Field("ciphertext", FIELD_WIDTH, "Delta, encrypted"),
    ),
)
REQUESTS_HEADER = Words(
    noun="RequestsHeader",
    about="What a run of requests publishes before its answers.",
    fields=(
        *_HEADER,
        Field("operator_key", FIELD_WIDTH, "BabyJubJub", count=2),
        Field("market_params_hash", FIELD_WIDTH, "the contract's"),
    ),
)
SERVED = Words(
    noun="Served",
    about="What a run publishes of each request.",
    fields=(
        Field("word", REQUEST.width, "Request, packed"),
        Field("key", FIELD_WIDTH, "of an opening: an eighth of the owner's", count=2),
        Field("paid", AMOUNT_WIDTH, "micro-USD that a withdrawal credits"),
        Field("leaf", FIELD_WIDTH, "the new one; 0 for none"),
        Field("ciphertext", FIELD_WIDTH, "Delta, encrypted; 0 for none"),
    ),
)
ANSWER = SERVED.only("Answer", "What the caller gives of a request.", "paid", "leaf", "ciphertext")
"""The contract has the request itself in the vault's queue."""
