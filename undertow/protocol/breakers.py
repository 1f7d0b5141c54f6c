"""Breakers: what goes on while something is wrong, as data; who enforces a line is named in it.

Rows are what is done, columns are what may be wrong. Where circuit or contract enforce a line,
whoever runs the venue cannot do otherwise. The matcher's lines are its own word: it does not pick
orders that open for the next set, and picks those that reduce. Nothing here is a switch: each
column follows from the chain or the committed state, so it ends by itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Column(StrEnum):
    """What may be wrong."""

    STALE = "a closed set has waited for its price for too long"
    DISAGREEMENT = "an underlying has no price: its signers disagree, or it jumped"
    JUMP = "the newest batch moved further than is believed at once, and none confirms it yet"
    DRAWDOWN = "the house's equity does not cover its markets at their caps"
    NOT_CLEAN = "no batch shows that every account is above maintenance"
    SHEET_OLD = "a set that has its price has waited for its proof for too long"


SEALED = frozenset({Column.DRAWDOWN})
"""Nobody is told: it would show what the house holds."""


class Row(StrEnum):
    """What is done."""

    OPEN = "open or enlarge positions"
    REDUCE = "reduce positions"
    TAKE_OVER = "take over who is below maintenance"
    WITHDRAW = "withdraw"
    FUND = "funding accrues"


class Allowed(StrEnum):
    """How far."""

    YES = "yes"
    PART = "in part"
    NO = "no"


class Enforcer(StrEnum):
    """Who enforces a line; what is allowed needs nobody."""

    CIRCUIT = "circuit"
    CONTRACT = "contract"
    MATCHER = "matcher"


@dataclass(frozen=True, slots=True)
class Line:
    """What a row may do while a column is on."""

    allowed: Allowed
    by: Enforcer | None = None
    name: str = ""
    """Of what enforces it: an outcome of the engine, a rule's stem, an error of a contract."""
    words: str = ""
    """What is not possible, to somebody who trades."""


_YES = Line(Allowed.YES)
_HELD_BACK = Line(
    Allowed.NO, Enforcer.MATCHER, "BREAKER", "orders that open wait; those that reduce do not"
)
_HALTED = Line(
    Allowed.PART,
    Enforcer.CIRCUIT,
    "NOT_PRICED",
    "nothing trades in the underlying without a price; in others all goes on",
)
_AGAINST_TRADERS = Line(
    Allowed.PART, Enforcer.CIRCUIT, "house", "the house takes no new skew; traders meet each other"
)
_LATER = Line(
    Allowed.NO,
    Enforcer.CONTRACT,
    "WithdrawalTooYoung",
    "withdrawals wait for a batch with prices from after them",
)
_LATER_TAKEN = Line(
    Allowed.NO, Enforcer.CONTRACT, "NotPriced", "takeovers wait for the batch that does them"
)

TABLE: dict[Row, dict[Column, Line]] = {
    Row.OPEN: {
        Column.STALE: _HELD_BACK,
        Column.DISAGREEMENT: _HALTED,
        Column.JUMP: _HELD_BACK,
        Column.DRAWDOWN: _AGAINST_TRADERS,
        # Whoever is below maintenance stays there until it reduces or deposits: to hold orders back
        # for that would let one account's loss stop everybody.
        Column.NOT_CLEAN: _YES,
        Column.SHEET_OLD: _HELD_BACK,
    },
    Row.REDUCE: {
        Column.STALE: _YES,
        Column.DISAGREEMENT: _HALTED,
        Column.JUMP: _YES,
        Column.DRAWDOWN: _AGAINST_TRADERS,
        Column.NOT_CLEAN: _YES,
        Column.SHEET_OLD: _YES,
    },
    Row.WITHDRAW: {
        Column.STALE: _LATER,
        Column.DISAGREEMENT: Line(
            Allowed.PART,
            Enforcer.CIRCUIT,
            "requests",
            "who holds something of the underlying without a price is paid nothing",
        ),
        Column.JUMP: _YES,
        Column.DRAWDOWN: _YES,
        Column.NOT_CLEAN: Line(
            Allowed.PART,
            Enforcer.CIRCUIT,
            "NOT_CLEAN",
            "nobody is paid once that has lasted for the grace",
        ),
        Column.SHEET_OLD: _LATER,
    },
    Row.TAKE_OVER: {
        # A batch without a price is none.
        Column.STALE: _LATER_TAKEN,
        Column.DISAGREEMENT: Line(
            Allowed.PART,
            Enforcer.CIRCUIT,
            "touched",
            "nobody is taken over who holds something without a price",
        ),
        Column.JUMP: Line(
            Allowed.NO,
            Enforcer.CIRCUIT,
            "touched",
            "nobody is taken over until the next price confirms the last one",
        ),
        Column.DRAWDOWN: _YES,
        Column.NOT_CLEAN: _YES,
        Column.SHEET_OLD: _LATER_TAKEN,
    },
    # Whoever holds pays and is paid for all of the time: what no batch counted the next one does,
    # and of an underlying without a price at the last one that it had.
    Row.FUND: dict.fromkeys(Column, _YES),
}
"""Hedges are no row: the venue has none."""


def lines(row: Row, on: Collection[Column]) -> list[Line]:
    """Return what is not as always for a row while columns are on."""
    found = (line for column, line in TABLE[row].items() if column in on)
    return [line for line in found if line.allowed is not Allowed.YES]


def holds_back(row: Row, on: Collection[Column]) -> bool:
    """Return whether it is the matcher that stops a row: whoever picks orders asks."""
    return any(line.by is Enforcer.MATCHER for line in lines(row, on))


def told(on: Collection[Column]) -> list[str]:
    """Return which breakers are on and what is still possible, in plain words, a line each."""
    shown = [column for column in Column if column in on and column not in SEALED]
    if not shown:
        return []
    found = [f"on: {column}" for column in shown]
    for row in Row:
        limits = lines(row, shown)
        worst = Allowed.NO if any(one.allowed is Allowed.NO for one in limits) else Allowed.PART
        words = "; ".join(dict.fromkeys(one.words for one in limits))
        found.append(f"{row}: {worst}, {words}" if limits else f"{row}: {Allowed.YES}")
    return found
