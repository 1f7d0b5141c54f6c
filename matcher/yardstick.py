"""The last committed state as the measure of an order that waits: near, eligible, fillable.

The next price is not known, so all of this is a forecast by the engine's own rules at the last
marks. It decides who gets a slot, never what the slot comes to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from undertow.engine.authorities.order import judge_order
from undertow.engine.clearing import Interest, clear
from undertow.engine.house import house_may_grow
from undertow.engine.interest import room_of
from undertow.engine.lots import halted_lots, lot_prices
from undertow.engine.markets import price_sheet
from undertow.engine.price import Supply, premium, supply_of
from undertow.engine.spread import half_spreads
from undertow.engine.terms import Terms
from undertow.engine.verdict import Effect, Sides
from undertow.protocol.order import Order
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import underlying
from undertow.protocol.state import State
from undertow.protocol.units import (
    ACCOUNT_WIDTH,
    MONEY_BITS,
    PRICE_WIDTH,
    ceil_div,
    money,
)

BAND_BP = 50
"""Default of the band, in 1/10,000 of the price.

At a volatility of 80 % a year a price moves by 11 bp in a minute (one standard deviation) and by 35
in ten. So 50 bp is more than four of a minute between two batches: what is farther hardly ever
fills, and what is nearer and does not fill goes behind the others after one try.
"""
BREAKER = "BREAKER"
"""Only what reduces is taken for now (`undertow/protocol/breakers.py`)."""
FAR = "FAR_FROM_MARK"
UNKNOWN = "UNKNOWN_ACCOUNT"
YOUNG = "YOUNG_ACCOUNT"
"""A reorganisation might take its opening back."""
EVERY_ACCOUNT = 1 << ACCOUNT_WIDTH
_WHOLE = 10_000


class Moments(NamedTuple):
    """Seconds that the prices of the next set can be of.

    What expires before the likely ones is refused as it would be then: whoever sends it would have
    a batch for nothing.
    """

    earliest: int
    likely: int


class Yardstick:
    """One state; before its first marks every order is near, eligible and worth the same."""

    def __init__(
        self,
        state: State,
        batch: int,
        moments: Moments,
        params: MarketParams,
        band_bp: int,
        opened: int = EVERY_ACCOUNT,
        slots: int = 1,
        *,
        holds_openings: bool = False,
    ) -> None:
        """Take the state, number and moments of the set to fill, and the band in 1/10,000.

        Accounts up to ``opened`` are open for good (`matcher/openings.py`); a batch has ``slots``.
        See `holds` for ``holds_openings``.
        """
        self.state, self.batch, self.moments = state, batch, moments
        self.params, self.opened, self.holds_openings = params, opened, holds_openings
        self.listed = tuple(i for i, market in enumerate(params.markets) if market is not None)
        self._priced = any(state.marks)
        self._marks = lot_prices(state.marks, params)
        sheet = price_sheet(state.underlyings, self._marks, params) if self._priced else ()
        self._grows = self._priced and house_may_grow(state.ledger, state.markets, sheet, params)
        self._spreads = half_spreads(state.underlyings, params)
        self._limits = {i: self._band(i, band_bp) for i in self.listed}
        self._terms = Terms(
            time=moments.likely,
            lanes=self.listed,
            prices=self._marks,
            halted=halted_lots(state.halted),
            sheet=sheet,
            accruals=state.accruals,
            room=room_of(state.ledger, slots),
            params=params,
        )

    def is_of(self, state: State, batch: int, moments: Moments, opened: int, holds: bool) -> bool:
        """Return whether it was made of just these."""
        made = (self.batch, self.moments, self.opened, self.holds_openings)
        return self.state is state and made == (batch, moments, opened, holds)

    @property
    def settled_time(self) -> int:
        """Of the last settled prices: whatever block is the newest, those to come are later."""
        return self.state.time

    def is_near(self, order: Order) -> bool:
        """Return whether a limit accepts a price within the band; only of listed markets."""
        limits = self._limits.get(order.instrument)
        if limits is None:
            return False
        low, high = limits
        buys = bool(order.bid) and order.limit_price >= low
        return buys or (bool(order.ask) and order.ask_limit <= high)

    def is_halted(self, order: Order) -> bool:
        """Return whether an order is near a mark that stands still until a set has a price."""
        return bool(self._terms.halted >> order.instrument & 1) and self.is_near(order)

    def refusal(self, order: Order) -> str | None:
        """Return why the order would be refused at the last marks, None if it would not."""
        if order.account not in self.state.accounts:
            return UNKNOWN
        if not self._priced:
            return None
        sides = self._judged(order)
        # A quote by a side that could fill: else one far and sound would carry one that is refused.
        near = [side for side in sides if self._may_fill(side.effect)] if order.is_quote else sides
        if any(side.eligible for side in near):
            return None
        return near[0].reason.name if near else FAR

    def _judged(self, order: Order) -> Sides:
        account = self.state.accounts[order.account]
        return judge_order(order, account, self._terms, repeated=False)

    def _may_fill(self, effect: Effect) -> bool:
        low, high = self._limits[effect.instrument]
        return effect.limit >= low if effect.left > 0 else effect.left < 0 and effect.limit <= high

    def holds(self, order: Order) -> bool:
        """Return whether a breaker, if one is on, keeps an order from every set for now.

        So it does with what may open, enlarge or turn a position round; one side of a quote does.
        """
        if not self.holds_openings or order.reduce_only:
            return False
        if (account := self.state.accounts.get(order.account)) is None:
            return False
        held = account.positions[order.instrument]
        bid, ask = order.left(account.filled if order.nonce == account.nonce else 0)
        return bid > max(-held, 0) or ask > max(held, 0)

    def parked(self, order: Order) -> str | None:
        """Return why an order gets no slot for now, None if it may."""
        if order.account > self.opened and order.account in self.state.accounts:
            return YOUNG
        if self.holds(order):
            return BREAKER
        return self.refusal(order) if self.is_near(order) else FAR

    def fillable(self, instrument: int, orders: Sequence[Order]) -> int:
        """Return the notional that the engine would fill of these orders at the last mark.

        Before the first marks, how many orders there are.
        """
        if not self._priced or not orders:
            return len(orders)
        mark = self._terms.lane_price(instrument)
        if mark == 0:
            return 0
        interests = [
            Interest(size=side.effect.left, limit_price=side.effect.limit)
            for order in orders
            for side in self._judged(order)
            if side.eligible
        ]
        fills = clear(self._supply(instrument), interests).fills
        return sum(map(abs, fills)) * self._marks[instrument]

    def _supply(self, instrument: int) -> Supply:
        return supply_of(
            self.state.markets[instrument],
            self._marks[instrument],
            self.params.market(instrument),
            self.params.maker_fee,
            grows=self._grows,
            spread=self._spreads[underlying(instrument)],
        )

    def _band(self, instrument: int, band_bp: int) -> tuple[int, int]:
        """Return the lowest limit of a near purchase and the highest of a near sale."""
        mark = self._marks[instrument]
        if mark == 0:
            return 0, 1 << PRICE_WIDTH
        # Where buyers meet sellers; whoever adds to the house's skew pays more.
        price = money(mark) + premium(self._supply(instrument), 0)
        low = price * (_WHOLE - band_bp) // (_WHOLE << MONEY_BITS)
        return low, ceil_div(price * (_WHOLE + band_bp), _WHOLE << MONEY_BITS)
