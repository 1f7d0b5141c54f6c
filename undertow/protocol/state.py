"""What a batch changes: accounts, the market table, the safety table and the house ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Annotated

from undertow.crypto.domains import HOUSE, LEDGER, SEALED, STATE, TABLE
from undertow.crypto.merkle import Tree
from undertow.crypto.poseidon import poseidon, poseidon_many
from undertow.protocol.account import SKEWS, Account, gross_lots, leaves
from undertow.protocol.accounts import Accounts
from undertow.protocol.accruals import ACCRUALS
from undertow.protocol.fields import Field, Sign, element, grouped
from undertow.protocol.grid import COARSE, Grid
from undertow.protocol.market import ROW_WORDS, Market
from undertow.protocol.packing import Words
from undertow.protocol.prices import MARKS, Mark, marks_of
from undertow.protocol.safety_table import SafetyTable, empty_table
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS
from undertow.protocol.underlying import UNDERLYING_WORDS, Underlying
from undertow.protocol.units import (
    LOTS_WIDTH,
    MONEY_WIDTH,
    TIME_WIDTH,
    Lots,
    MicroUsd,
    Money,
    UnitPrice,
)

_MONEY = Field(MONEY_WIDTH, "2^-16 micro-USD", Sign.WRAPS)
_TABLES = 256
"""Hashed market tables that are remembered."""
_EMPTY = empty_table(COARSE)
NO_MARKS = (UnitPrice(0),) * UNDERLYINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The house's own money; users' positions stand in the market table."""

    house_cash: Annotated[Money, _MONEY] = Money(0)
    insurance: Annotated[Money, _MONEY] = Money(0)
    fee_pool: Annotated[Money, _MONEY] = Money(0)
    sum_cash: Annotated[Money, _MONEY] = Money(0)
    """Sum of all accounts' cash."""
    bad_debt: Annotated[Money, _MONEY] = Money(0)
    """Counts what takeovers cost beyond the insurance fund; the house's cash bears it already."""
    open_interest: Annotated[Lots, Field(LOTS_WIDTH, "lots of all positions, nothing netted")] = (
        Lots(0)
    )

    def total(self) -> int:
        """Return all money but the markets' pools, which are never below zero.

        Bad debt is none: it is counted, and missing from nothing but the house's cash.
        """
        return self.house_cash + self.insurance + self.fee_pool + self.sum_cash

    def hash(self) -> int:
        """Return the ledger's part of what is sealed."""
        return LEDGER_WORDS.hash(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedWords:
    """Market table, ledger and safety table, as the state holds them: what the operator knows."""

    skews: Annotated[Sequence[Lots], grouped(SKEWS, "lots")]
    underlyings: Annotated[
        Sequence[int], element("hash of each underlying's row", count=UNDERLYINGS)
    ]
    rows: Annotated[int, element("hash of the instruments' hashes of rows")]
    time: Annotated[int, Field(TIME_WIDTH, "seconds, of the last batch's prices")]
    ledger: Annotated[int, element("hash")]
    safety: Annotated[int, element("hash of the safety table")]
    unclean_since: Annotated[
        int, Field(TIME_WIDTH, "seconds: marks since which no batch was clean; 0 if the last was")
    ]
    salt: Annotated[int, element("secret, another one for each batch and run")]


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseWords:
    """The house's half of the state: what is sealed, and the exit sheet, which anybody knows."""

    sealed: Annotated[int, element("hash of SealedWords")]
    marks: Annotated[Sequence[Mark], grouped(MARKS, "micro-USD per unit, and who is halted")]
    accruals: Annotated[Sequence[MicroUsd], grouped(ACCRUALS, "micro-USD per unit")]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateWords:
    """The committed state."""

    accounts: Annotated[int, element("root of the accounts' tree")]
    house: Annotated[int, element("hash of HouseWords")]


LEDGER_WORDS = Words(Ledger, "Ledger", LEDGER, "LedgerHash")
SEALED_WORDS = Words(SealedWords, "SealedWords", SEALED, "SealedHash")
HOUSE_WORDS = Words(HouseWords, "HouseWords", HOUSE, "HouseHash")
STATE_WORDS = Words(StateWords, "StateWords", STATE, "StateRoot")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Committed state; treat the tree as immutable."""

    accounts: Accounts = field(default_factory=Accounts)
    tree: Tree = field(default_factory=Tree)
    markets: tuple[Market, ...] = (Market(),) * INSTRUMENTS
    underlyings: tuple[Underlying, ...] = (Underlying(),) * UNDERLYINGS
    time: int = 0
    """Publication of the last batch's prices, in seconds."""
    ledger: Ledger = Ledger()
    marks: tuple[UnitPrice, ...] = NO_MARKS
    """Marks of the last batch, of every underlying; requests are judged by them."""
    halted: int = 0
    """Bit u: the mark of underlying u is no price of the last batch's moment."""
    salt: int = field(default=0, repr=False)
    """Hides what is sealed; zero at genesis, where all is known."""
    batch_number: int = 0
    safety: SafetyTable = _EMPTY
    """How many certificates end where; its grid is the deployment's."""
    unclean_since: int = 0
    """Time of the marks since which no batch has shown that all is well; 0 if the last one has."""

    def root(self) -> int:
        """Return the state root."""
        return state_root(self.tree.root, self.house_words())

    @property
    def accruals(self) -> tuple[MicroUsd, ...]:
        """Funding indices of the exit sheet, of every underlying."""
        return tuple(underlying.accrual for underlying in self.underlyings)

    def sealed(self) -> int:
        """Return the hash of both tables and the ledger, which the salt hides."""
        return SEALED_WORDS.hash(self.sealed_words())

    def house_words(self) -> HouseWords:
        """Return the house's half of the state."""
        marks = marks_of(self.marks, self.halted)
        return HouseWords(sealed=self.sealed(), marks=marks, accruals=self.accruals)

    def sealed_words(self) -> SealedWords:
        """Return what the operator alone knows of the house's half."""
        return SealedWords(
            skews=[market.skew for market in self.markets],
            underlyings=[UNDERLYING_WORDS.hash(underlying) for underlying in self.underlyings],
            rows=_rows(self.markets),
            time=self.time,
            ledger=self.ledger.hash(),
            safety=_table(self.safety),
            unclean_since=self.unclean_since,
            salt=self.salt,
        )

    def total(self) -> int:
        """Return all money of the venue: what the vault holds for it."""
        return self.ledger.total() + sum(market.pool for market in self.markets)

    def tree_with(self, changes: Mapping[int, Account]) -> Tree:
        """Return the tree with these accounts' leaves; a state that commits to none may differ."""
        tree = self.tree.copy()
        tree.update_many(zip(changes, leaves(list(changes.values())), strict=True))
        return tree

    def with_account(self, index: int, account: Account) -> State:
        """Return the state after an account opened or was funded; it joins the ledger's sums."""
        tree = self.tree_with({index: account})
        known = self.accounts.get(index)
        cash, lots = (known.cash, gross_lots(known)) if known else (0, 0)
        ledger = replace(
            self.ledger,
            sum_cash=Money(self.ledger.sum_cash + account.cash - cash),
            open_interest=Lots(self.ledger.open_interest + gross_lots(account) - lots),
        )
        accounts = self.accounts.with_accounts({index: account})
        return replace(self, accounts=accounts, tree=tree, ledger=ledger)


def genesis(grid: Grid) -> State:
    """Return the state of a venue before its first batch."""
    return State(safety=empty_table(grid))


def state_root(accounts: int, house: HouseWords) -> int:
    """Return the root of a state from what is public of it; ``accounts`` is its tree's root."""
    return STATE_WORDS.hash(StateWords(accounts=accounts, house=HOUSE_WORDS.hash(house)))


@lru_cache(_TABLES)
def _rows(markets: tuple[Market, ...]) -> int:
    """Return the hash of the markets' hashes of rows; requests do not change it."""
    return poseidon(poseidon_many([ROW_WORDS.words(market) for market in markets], TABLE), TABLE)


@lru_cache(_TABLES)
def _table(table: SafetyTable) -> int:
    """Return the safety table's hash; requests do not change it."""
    return table.hash()


def market_row(market: Market) -> list[int]:
    """Return what only a priced market needs of its row, in hash order."""
    return ROW_WORDS.words(market)
