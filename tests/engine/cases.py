"""Makers of what the rules are about: a market, its parameters, orders against it, books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.strategies import RULE
from undertow.engine.clearing import Clearing, Interest
from undertow.engine.price import Supply
from undertow.protocol.account import Account
from undertow.protocol.market import Market
from undertow.protocol.sheet import Entry, RiskParams
from undertow.protocol.state import State
from undertow.protocol.units import Kappa, Lots, MicroUsd, Money, Price

INDEX = Price(7_800_000)
CAP = Lots(400)
NO_RISK = RiskParams(shock=0, contingency=0, concentration=1)
"""What a listed instrument has at least."""
SHALLOW = replace(RULE, depth_min=1, depth_max=1, keep=256)
"""Parameters of a market whose depth is half its price, whatever its variance, and whose pool gets
all that builds the skew."""
NO_ACCRUALS = (MicroUsd(0), MicroUsd(0))
"""Of an exit sheet without funding."""
UNBOUNDED = Money(1 << 100)
"""A refund that no pool here reaches."""


def supply(kappa: int, skew: int = 0, pool: int = 0, **terms: int) -> Supply:
    """Return what a house offers that keeps nothing, bounds no refund and rounds to no grid."""
    known = {
        "mark": INDEX,
        "keep": 256,
        "refund": UNBOUNDED,
        "grid": 1,
        "cap": CAP,
        "turned": CAP,
        "spread": 0,
    }
    return Supply(kappa=Kappa(kappa), skew=Lots(skew), pool=Money(pool), **{**known, **terms})  # type: ignore[arg-type]


@st.composite
def supplies(draw: st.DrawFn, skew: int = 300, kappa: int = 1 << 40) -> Supply:
    """Return a house's supply whose pool is funded up to its share, on all terms."""
    held, depth = draw(st.integers(-skew, skew)), draw(st.integers(0, kappa))
    keep = draw(st.sampled_from((0, 1, 64, 128, 255, 256)))
    ceiling = keep * depth * held * held >> 24
    lot = max(2 * depth * max(abs(held), 1) >> 16, 1)
    return supply(
        depth,
        held,
        draw(st.integers(0, ceiling)),
        keep=keep,
        refund=draw(st.one_of(st.integers(0, lot), st.just(UNBOUNDED))),
        grid=draw(st.one_of(st.just(1), st.integers(1, lot))),
        spread=draw(st.sampled_from((0, 1, 50, 1 << 18))),
    )


@st.composite
def markets(draw: st.DrawFn, skew: int = 300, kappa: int = 1 << 40) -> Market:
    """Return a market whose pool is funded up to its potential."""
    held = draw(st.integers(-skew, skew))
    depth = draw(st.integers(0, kappa))
    ceiling = depth * held * held >> 16
    return Market(skew=Lots(held), kappa=Kappa(depth), pool=Money(draw(st.integers(0, ceiling))))


def interests(size: int = 60, most: int = 7) -> st.SearchStrategy[list[Interest]]:
    """Return orders with limits around the index."""
    return st.lists(
        st.builds(
            Interest,
            size=st.integers(-size, size).map(Lots),
            limit_price=st.integers(INDEX - 150_000, INDEX + 150_000).map(Price),
        ),
        max_size=most,
    )


def clearing_of(flow: int, *fills: int, premium: int = 0, price: int = 0) -> Clearing:
    """Return a market's outcome of which only these numbers matter."""
    return Clearing(
        flow=Lots(flow),
        premium=Money(premium),
        price=Money(price),
        fills=tuple(Lots(fill) for fill in fills),
        side=1,
        pool=Money(0),
        kept=Money(0),
    )


def line(
    value: int = 0, step: int = 0, contingency: int = 0, concentration: int = 0, cell: int = 0
) -> Entry:
    """Return a line of the sheet; what is not given moves nothing."""
    return Entry(
        value=Money(value),
        step=step,
        contingency=Money(contingency),
        concentration=concentration,
        cell=Money(cell),
    )


def sheet_of(lines: Mapping[int, Entry]) -> tuple[Entry, ...]:
    """Return a sheet with these instruments' lines."""
    return tuple(lines.get(i, line()) for i in range(16))


def lots_of(held: Mapping[int, int]) -> tuple[Lots, ...]:
    """Return positions in these instruments alone."""
    return tuple(Lots(held.get(i, 0)) for i in range(16))


def table(skews: Mapping[int, int]) -> tuple[Market, ...]:
    """Return a market table with these skews."""
    return tuple(Market(skew=lots) for lots in lots_of(skews))


def state_of(accounts: Mapping[int, Account], **fields: Any) -> State:
    """Return a state with these accounts."""
    state = State(**fields)
    for index, account in accounts.items():
        state = state.with_account(index, account)
    return state
