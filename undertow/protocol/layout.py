"""Every layout that more than one language knows, once.

A field's width, unit and order stand beside the field of its noun; what is no noun's field stands
here. `scripts/write_layouts.py` writes the circuits' and the contracts' side and the tables of
circuits/STATEMENT.md from this list, and a test fails where a file is not what it writes.
"""

from __future__ import annotations

from undertow.crypto.babyjubjub import A, D
from undertow.crypto.domains import Domain
from undertow.crypto.field import R
from undertow.crypto.merkle import ARITY, DEPTH
from undertow.protocol import units
from undertow.protocol.account import ACCOUNT_WORDS, POSITIONS, SKEWS
from undertow.protocol.accruals import ACCRUALS
from undertow.protocol.authority import Authority
from undertow.protocol.confirmation import CONFIRMATION_WORD, SHARE_ONE
from undertow.protocol.delta import DELTA_WORD
from undertow.protocol.fields import BYTE
from undertow.protocol.market import CAPS, PRICING_WORDS, ROW_WORDS
from undertow.protocol.order import ORDER_WORD
from undertow.protocol.outcome import Outcome
from undertow.protocol.owed import OWED_WORD
from undertow.protocol.params import MARKET_PARAMS_WORDS, RISKS
from undertow.protocol.prices import MARKS
from undertow.protocol.request import REQUEST_WORD, Kind
from undertow.protocol.sheet import EACH, INSTRUMENTS, RISK_WORD, SHOCK_STEPS, UNDERLYINGS
from undertow.protocol.state import HOUSE_WORDS, LEDGER_WORDS, SEALED_WORDS, STATE_WORDS
from undertow.protocol.statement import (
    ANSWERED_WORDS,
    BATCH_HEADER,
    BATCH_HOUSE,
    HEADER,
    REQUESTS_HEADER,
    REQUESTS_HOUSE,
    SERVED_WORDS,
    TOUCH_WORDS,
    Statement,
)
from undertow.protocol.underlying import (
    FUNDING_RULES,
    FUNDING_WORD,
    NET_WIDTH,
    UNDERLYING_WORDS,
    UNITS,
)
from undertow.protocol.venue import ADDRESS_BYTES

LEVELS = 6
"""Levels of the accounts' tree that a slot proves; above them the batch carries all nodes."""
EQUITY_WIDTH = 101
"""Of the magnitude of an account's equity: margin refuses more, which nobody can reach. All that is
deposited is below 2^79, all funding below 2^98, and what the prices of a batch move below 2^86."""
SECRET_WIDTH = 252
"""Of a BabyJubJub secret as a circuit takes it; it is below the prime subgroup's order."""

PACKED = (ORDER_WORD, REQUEST_WORD, DELTA_WORD, CONFIRMATION_WORD, RISK_WORD, FUNDING_WORD)
"""Fields in one word."""
OF_EXITS = OWED_WORD
"""The same, in a file of its own: no other circuit knows it."""
GROUPED = (POSITIONS, SKEWS, MARKS, CAPS, UNITS, RISKS, FUNDING_RULES, ACCRUALS)
"""One value for each instrument or underlying, several to a word."""
HASHED = (
    ACCOUNT_WORDS,
    PRICING_WORDS,
    ROW_WORDS,
    UNDERLYING_WORDS,
    LEDGER_WORDS,
    SEALED_WORDS,
    HOUSE_WORDS,
    MARKET_PARAMS_WORDS,
    STATE_WORDS,
)
"""Words that are hashed as they stand."""
COMMON = HEADER
"""Public words that every statement begins with."""
STATEMENTS = (
    (Statement.BATCH, BATCH_HEADER, BATCH_HOUSE, TOUCH_WORDS),
    (Statement.REQUESTS, REQUESTS_HEADER, REQUESTS_HOUSE, SERVED_WORDS),
)
"""Public words: a header, the house's half, then what is published of each slot or request."""
CALLDATA = (TOUCH_WORDS, ANSWERED_WORDS)
"""What the caller of a settling call gives of each slot or request, behind the house's words, 32
bytes each."""

DOMAINS, AUTHORITIES, REASONS, KINDS = Domain, Authority, Outcome, Kind

FIELD = {"FIELD_ORDER": R, "CURVE_A": A, "CURVE_D": D}
"""The scalar field of BN254, and BabyJubJub: a x^2 + y^2 = 1 + d x^2 y^2."""
SIZES = {
    "INSTRUMENTS": INSTRUMENTS,
    "UNDERLYINGS": UNDERLYINGS,
    "EACH": EACH,
    "ARITY": ARITY,
    "DEPTH": DEPTH,
    "LEVELS": LEVELS,
    "TOP": ARITY ** (DEPTH - LEVELS),
    "HALTED_AT": MARKS.flags_at,
    "PRICE_WIDTH": units.PRICE_WIDTH,
    "LOTS_WIDTH": units.LOTS_WIDTH,
    "NET_WIDTH": NET_WIDTH,
    "EQUITY_WIDTH": EQUITY_WIDTH,
    "SECRET_WIDTH": SECRET_WIDTH,
    "CONTRACT_WIDTH": BYTE * ADDRESS_BYTES,
}
SCALES = {
    "MONEY_BITS": units.MONEY_BITS,
    "KAPPA_BITS": units.KAPPA_BITS,
    "DEPTH_BITS": units.DEPTH_BITS,
    "VARIANCE_BITS": units.VARIANCE_BITS,
    "RETURN_BITS": units.RETURN_BITS,
    "DEPTH_PER_VARIANCE_BITS": units.DEPTH_PER_VARIANCE_BITS,
    "SPREAD_SLOPE_BITS": units.SPREAD_SLOPE_BITS,
    "FUNDING_BITS": units.FUNDING_BITS,
    "KEEP_BITS": units.KEEP_BITS,
    "FEE_BITS": units.FEE_BITS,
    "SHOCK_BITS": units.SHOCK_BITS,
    "CONTINGENCY_BITS": units.CONTINGENCY_BITS,
    "REQUIREMENT_BITS": units.REQUIREMENT_BITS,
}
"""A value is counted in 2^-bits of its unit."""
FACTORS = {"SHOCK_STEPS": SHOCK_STEPS, "SHARE_ONE": SHARE_ONE}
"""The other factors are the rules', in the engine."""
