"""What a batch changes: accounts, the market table and the house ledger."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from undertow.protocol.account import Account
from undertow.protocol.domains import LEDGER, STATE, TABLE
from undertow.protocol.field import to_field
from undertow.protocol.market import Market, MarketParams
from undertow.protocol.merkle import Tree
from undertow.protocol.poseidon import poseidon
from undertow.protocol.sheet import INSTRUMENTS, RiskParams
from undertow.protocol.units import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The house's own money; users' positions stand in the market table."""

    house_cash: Money = Money(0)
    insurance: Money = Money(0)
    fee_pool: Money = Money(0)
    sum_cash: Money = Money(0)
    """Sum of all accounts' cash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueParams:
    """Governed parameters of a market group; an instrument without `MarketParams` is not listed."""

    markets: tuple[MarketParams | None, ...]
    risks: tuple[RiskParams | None, ...]
    taker_fee: int
    maker_fee: int
    """2**-20 of notional, the half spread included; the maker's is not above the taker's."""
    profit_cap: Money
    """How much profit above net deposits counts for new risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Committed state; treat the accounts and the tree as immutable."""

    accounts: dict[int, Account] = field(default_factory=dict)
    tree: Tree = field(default_factory=Tree)
    markets: tuple[Market, ...] = (Market(),) * INSTRUMENTS
    ledger: Ledger = Ledger()
    batch_number: int = 0

    def root(self) -> int:
        """Return the state root."""
        rows = [poseidon([to_field(v) for v in _row(m)], TABLE) for m in self.markets]
        ledger = self.ledger
        money = (ledger.house_cash, ledger.insurance, ledger.fee_pool, ledger.sum_cash)
        house = poseidon([to_field(v) for v in money], LEDGER)
        venue = poseidon([poseidon(rows, TABLE), house], TABLE)
        return poseidon([self.tree.root, venue], STATE)

    def total(self) -> int:
        """Return all money of the venue: what the vault holds for it."""
        ledger = self.ledger
        pools = sum(market.pool for market in self.markets)
        return ledger.house_cash + ledger.insurance + ledger.fee_pool + ledger.sum_cash + pools

    def with_account(self, index: int, account: Account) -> State:
        """Return the state after an account opened or was funded; its cash joins the sum."""
        tree = self.tree.copy()
        tree.update(index, account.leaf())
        held = self.accounts[index].cash if index in self.accounts else 0
        ledger = replace(self.ledger, sum_cash=Money(self.ledger.sum_cash + account.cash - held))
        return replace(self, accounts={**self.accounts, index: account}, tree=tree, ledger=ledger)


def _row(market: Market) -> tuple[int, ...]:
    return (
        market.skew,
        market.pool,
        market.kappa,
        market.funding_index,
        market.funding_rate,
        market.variance,
        market.price,
        market.time,
    )
