"""What a batch changes: accounts, the market table and the house ledger."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from undertow.crypto.domains import LEDGER, STATE, TABLE
from undertow.crypto.field import to_field
from undertow.crypto.merkle import Tree
from undertow.crypto.poseidon import poseidon
from undertow.protocol.account import Account, pack_positions
from undertow.protocol.accounts import Accounts
from undertow.protocol.market import Market
from undertow.protocol.prices import pack_prices
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import Money, Price

NO_MARKS = (Price(0),) * INSTRUMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The house's own money; users' positions stand in the market table."""

    house_cash: Money = Money(0)
    insurance: Money = Money(0)
    fee_pool: Money = Money(0)
    sum_cash: Money = Money(0)
    """Sum of all accounts' cash."""

    def hash(self) -> int:
        """Return the ledger's part of the venue hash."""
        money = (self.house_cash, self.insurance, self.fee_pool, self.sum_cash)
        return poseidon([to_field(value) for value in money], LEDGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Committed state; treat the tree as immutable."""

    accounts: Accounts = field(default_factory=Accounts)
    tree: Tree = field(default_factory=Tree)
    markets: tuple[Market, ...] = (Market(),) * INSTRUMENTS
    ledger: Ledger = Ledger()
    marks: tuple[Price, ...] = NO_MARKS
    """Index prices of the last batch, of every instrument; requests are judged by them."""
    batch_number: int = 0

    def root(self) -> int:
        """Return the state root."""
        return poseidon([self.tree.root, self.venue_hash()], STATE)

    def venue_hash(self) -> int:
        """Return the hash of the market table, the house ledger and the marks."""
        funding = [to_field(market.funding_index) for market in self.markets]
        rows = [market_row(market) for market in self.markets]
        return poseidon(
            [
                *pack_positions([market.skew for market in self.markets]),
                poseidon(funding, TABLE),
                poseidon([poseidon(row, TABLE) for row in rows], TABLE),
                self.ledger.hash(),
                *pack_prices(self.marks),
            ],
            TABLE,
        )

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
        accounts = self.accounts.with_accounts({index: account})
        return replace(self, accounts=accounts, tree=tree, ledger=ledger)


def market_row(market: Market) -> list[int]:
    """Return what only a priced market needs of its row, in hash order."""
    return [
        to_field(market.pool),
        market.kappa,
        to_field(market.funding_rate),
        market.variance,
        market.price,
        market.time,
    ]
