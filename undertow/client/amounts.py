"""What a trader checks of a fill's amounts: the two words and public prices give them to the unit.

1. The second word is there, and empty without a fill.
2. The clearing price, mark and premium, is within the order's limit.
3. The fee is the taker's or the maker's, and within the order's cap.
4. The funding index rounds to the public accrual.
5. Cash moved by the price, less the funding that the lots have paid, and by the fee.

What is settled and pending is in the leaf, which whoever reads the chain makes again.
"""

from __future__ import annotations

from undertow.client.errors import FillError
from undertow.protocol.accruals import step_of
from undertow.protocol.change import Change
from undertow.protocol.confirmation import NO_CONFIRMATION, Confirmation
from undertow.protocol.order import Order
from undertow.protocol.params import MarketParams
from undertow.protocol.sheet import underlying
from undertow.protocol.units import FEE_BITS, MICRO_USD, MONEY_BITS, Money, Price, ceil_div, money


def check_nothing(change: Change) -> None:
    """Require that the second word of a change without a fill says nothing; raises FillError."""
    if change.confirmation != NO_CONFIRMATION:
        raise FillError(
            change.batch, f"nothing was filled, but the second word holds {change.confirmation}"
        )


def check_amounts(order: Order, change: Change, params: MarketParams) -> Confirmation:
    """Return the confirmation of a fill whose amounts are what its parts give.

    Raises:
        FillError: one of them is not; it names what was found and what was expected.
    """
    delta, confirmed = change.delta, change.confirmation
    if confirmed is None:
        raise FillError(change.batch, "the second word is no confirmation of the fill")
    group = underlying(order.instrument)
    units = params.market(order.instrument).units
    mark = Price(units * change.marks[group])
    price = Money(money(mark) + confirmed.premium)
    _check_limit(order, change, price)
    _check_fee(order, change, params, confirmed.fee, mark)
    step = step_of(change.marks[group])
    _expect(
        change,
        "the public accrual, in steps of the mark,",
        confirmed.index // (step << MONEY_BITS) * step,
        change.accruals[group],
    )
    cash = -delta.fill * (price - units * confirmed.index) - confirmed.fee
    if delta.cash != cash:
        apart = f"{abs(delta.cash - cash):,} units of 2^-{MONEY_BITS} micro-USD apart"
        raise FillError(
            change.batch,
            f"cash moved by {_usd(delta.cash)}; price, funding and fee of the fill make it "
            f"{_usd(Money(cash))} ({apart})",
        )
    return confirmed


def _check_limit(order: Order, change: Change, price: Money) -> None:
    buys = change.delta.fill > 0
    limit = money(order.limit_price if buys else order.ask_limit)
    if price > limit if buys else price < limit:
        side = "bought above" if buys else "sold below"
        raise FillError(
            change.batch, f"{side} the limit: at {_usd(price)} a lot, the limit is {_usd(limit)}"
        )


def _check_fee(order: Order, change: Change, params: MarketParams, fee: Money, mark: Price) -> None:
    notional = abs(change.delta.fill) * money(mark)
    maker, taker = (
        Money(ceil_div(notional * rate, 1 << FEE_BITS))
        for rate in (params.maker_fee, params.taker_fee)
    )
    if fee not in (maker, taker):
        raise FillError(
            change.batch,
            f"the fee was {_usd(fee)}; a maker's is {_usd(maker)}, a taker's {_usd(taker)}",
        )
    most = ceil_div(notional * order.fee_cap, 1 << FEE_BITS)
    if fee > most:
        raise FillError(
            change.batch, f"the fee was {_usd(fee)}; the order allows {_usd(Money(most))}"
        )


def _expect(change: Change, what: str, found: int, expected: int) -> None:
    if found != expected:
        raise FillError(
            change.batch, f"{what} follows from the second word as {found:,}, and is {expected:,}"
        )


def _usd(value: Money) -> str:
    return f"{value / (1 << MONEY_BITS) / MICRO_USD:,.6f} USD"
