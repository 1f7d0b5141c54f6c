"""A venue of one perpetual in which touches stand behind a batch's orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.strategies import SALT, account, order
from undertow.engine.batch import Batch, Decoy
from undertow.engine.certificate import safeguards
from undertow.engine.lots import lot_prices
from undertow.engine.margin import book_of, equity
from undertow.engine.markets import price_sheet
from undertow.engine.takeover import Taken, is_due
from undertow.engine.transition import transition
from undertow.protocol.market import PricingParams
from undertow.protocol.order import Order
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import Entry, RiskParams
from undertow.protocol.state import Ledger, State
from undertow.protocol.underlying import FundingParams
from undertow.protocol.units import Lots, Money, UnitPrice

USD = 1_000_000 << 16
BTC = 10_000
"""Lots of one BTC."""
UNITS = 100
"""Of a millionth of a BTC, in a lot."""
PERCENT = 10_486
"""Of a 2^20th."""


def params(depth: int = 1_024, jump: int = 16) -> MarketParams:
    """Return parameters of one BTC perpetual of one depth; maintenance is 8.3 % and size.

    A jump is 9 %; at the widest one no price is.
    """
    market = PricingParams(
        depth_min=depth,
        depth_max=depth,
        depth_per_variance=0,
        keep=128,
        flow_cap=Lots(50 * BTC),
        skew_cap=Lots(50 * BTC),
        units=UNITS,
    )
    rule = FundingParams(
        dead_zone=1 << 40,
        velocity=0,
        decay=1,
        rate_max=0,
        cell=Money(1 << 20),
        spread_base=0,
        spread_slope=0,
    )
    risk = RiskParams(shock=5, contingency=328, concentration=depth)
    return MarketParams(
        markets=(market, *(None,) * 15),
        risks=(risk, *(None,) * 15),
        funding=(rule, None),
        taker_fee=524,
        maker_fee=262,
        profit_cap=Money(1 << 90),
        vesting=1,
        jump=jump,
        penalty=PERCENT,
        grace=0,
    )


@dataclass
class Venue:
    """One perpetual and a rich house. Whoever is touched and due is taken over."""

    params: MarketParams
    price: int = 60_000
    """USD per BTC, which are micro-USD per unit."""
    state: State = field(
        default_factory=lambda: State(ledger=Ledger(house_cash=Money(USD << 30)), time=1 << 30)
    )
    taken: dict[int, Taken] = field(default_factory=dict)

    def fund(self, index: int, usd: float) -> None:
        """Open an account with so much money."""
        self.state = self.state.with_account(index, account(index, int(usd * USD)))

    def batch(
        self, price: int, orders: Sequence[Order] = (), touches: Iterable[int] = ()
    ) -> list[int]:
        """Settle a batch, its orders and then its touches; return what was filled."""
        total, self.price = self.state.total(), price
        done = transition(
            self.state,
            Batch(slots=(*orders, *map(Decoy, touches)), lanes=(0,)),
            (UnitPrice(price), UnitPrice(0)),
            self.state.time + 10,
            self.params,
            SALT,
        )
        self.state = done.state
        self.taken.update({slot.account: slot.taken for slot in done.slots if slot.taken})
        assert self.state.total() == total
        return [slot.fill for slot in done.slots[: len(orders)]]

    def due(self, index: int) -> bool:
        """Return whether a touch at the same prices would take an account."""
        one, by = self.state.accounts[index], safeguards(self.state.underlyings, self.params)
        return is_due(one, by.line(one.cash, one.positions), self.state.safety, 0)

    @property
    def sheet(self) -> tuple[Entry, ...]:
        """The sheet at the last marks."""
        marks = lot_prices(self.state.marks, self.params)
        return price_sheet(self.state.underlyings, marks, self.params)

    def worth(self, *indices: int) -> float:
        """Return accounts' equity together, USD."""
        return sum(equity(book_of(self.state.accounts[i]), self.sheet) for i in indices) / USD

    def house(self) -> float:
        """Return the house's equity with fees, pools and insurance, USD."""
        ledger, market = self.state.ledger, self.state.markets[0]
        owned = ledger.house_cash + ledger.fee_pool + ledger.insurance + market.pool
        return (owned - market.skew * self.sheet[0].value) / USD

    def trade(self, index: int, btc: float, nonce: int, slack: float = 0.0) -> Order:
        """Return an order, whose limit is so far from the mark that it fills."""
        mark, lots = self.price * UNITS, round(btc * BTC)
        limit = round(mark * (1 + slack if lots > 0 else 1 - slack))
        return order(index, lots, limit, nonce=nonce, fee_cap=self.params.taker_fee)
