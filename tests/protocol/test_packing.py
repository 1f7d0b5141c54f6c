"""Nouns pack as the deployed circuits and contracts read them: frozen values, and their ranges."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from undertow.crypto.babyjubjub import BASE8, Point
from undertow.protocol import layout
from undertow.protocol.account import POSITIONS, SKEWS, Account, pack_positions, unpack_positions
from undertow.protocol.accruals import ACCRUALS
from undertow.protocol.confirmation import Confirmation
from undertow.protocol.delta import Delta
from undertow.protocol.errors import (
    AccountRangeError,
    OrderRangeError,
    PriceRangeError,
    WidthError,
)
from undertow.protocol.grid import COARSE, FINE
from undertow.protocol.grouped import Grouped
from undertow.protocol.market import Market, PricingParams
from undertow.protocol.order import ORDER_WORD, Order
from undertow.protocol.packing import Packed
from undertow.protocol.params import MarketParams
from undertow.protocol.prices import (
    MARKS,
    pack_marks,
    pack_prices,
    unpack_marks,
    unpack_prices,
)
from undertow.protocol.request import Kind, Request
from undertow.protocol.safety_table import SafetyTable
from undertow.protocol.sheet import RiskParams
from undertow.protocol.state import HOUSE_WORDS, Ledger, State, market_row
from undertow.protocol.statement import (
    BatchHouse,
    RequestsHouse,
    Served,
    Touch,
    request_words,
    settle_words,
)
from undertow.protocol.underlying import UNDERLYING_WORDS, FundingParams, Underlying
from undertow.protocol.units import UnitPrice
from undertow.protocol.venue import Venue

FROZEN: dict[str, list[tuple[Any, Any]]] = json.loads(
    (Path(__file__).parent / "packed.json").read_text(encoding="utf-8")
)
"""Random values of every kind with their words; a layout that is to change, changes this file."""


def account(fields: dict[str, Any]) -> Account:
    positions = tuple(fields["positions"])
    return Account(**{**fields, "owner": Point(*fields["owner"]), "positions": positions})


def order(fields: dict[str, Any]) -> Order:
    flags = {field.name: bool(fields[field.name]) for field in ORDER_WORD.fields if field.is_flag}
    return Order(**{**fields, **flags})


def params(fields: dict[str, Any]) -> MarketParams:
    markets = tuple(market and PricingParams(**market) for market in fields["markets"])
    risks = tuple(risk and RiskParams(**risk) for risk in fields["risks"])
    funding = tuple(rule and FundingParams(**rule) for rule in fields["funding"])
    return MarketParams(**{**fields, "markets": markets, "risks": risks, "funding": funding})


def state(fields: dict[str, Any]) -> State:
    return State(
        markets=tuple(Market(**market) for market in fields["markets"]),
        underlyings=tuple(Underlying(**row) for row in fields["underlyings"]),
        time=fields["time"],
        ledger=Ledger(**fields["ledger"]),
        marks=tuple(fields["marks"]),
        safety=table(fields["safety"]),
        salt=fields["salt"],
        unclean_since=fields["unclean_since"],
    )


def table(fields: dict[str, Any]) -> SafetyTable:
    numbers = {name: tuple(fields[name]) for name in ("rows", "used", "bounds")}
    counters = tuple(tuple(ring) for ring in fields["counters"])
    grid = {6: COARSE, 7: FINE}[len(counters[0]).bit_length() - 1]
    return SafetyTable(
        grid=grid, counters=counters, bad=fields["bad"], clock=fields["clock"], **numbers
    )


def batch(given: dict[str, Any]) -> list[int]:
    return settle_words(
        Venue(given["chain_id"], given["contract"]),
        given["number"],
        tuple(given["roots"]),
        given["set_root"],
        given["prices"],
        given["time"],
        given["market_params_hash"],
        BatchHouse(**given["house"]),
        [Touch(*touch) for touch in given["touches"]],
    )


def requests(given: dict[str, Any]) -> list[int]:
    return request_words(
        Venue(given["chain_id"], given["contract"]),
        given["number"],
        tuple(given["roots"]),
        Point(*given["operator_key"]),
        given["market_params_hash"],
        RequestsHouse(**given["house"]),
        [Served(word, Point(x, y), *rest) for word, x, y, *rest in given["served"]],
    )


PACKS: dict[str, Callable[[Any], int | list[int] | tuple[int, ...]]] = {
    "order": lambda given: order(given).pack(),
    "delta": lambda given: Delta(**given).pack(),
    "confirmation": lambda given: Confirmation(**given).pack(),
    "request": lambda given: Request(Kind(given[0]), *given[1:]).word(),
    "positions": pack_positions,
    "prices": pack_prices,
    "account": lambda given: account(given).words(),
    "row": lambda given: market_row(Market(**given)),
    "underlying": lambda given: UNDERLYING_WORDS.words(Underlying(**given)),
    "ledger": lambda given: Ledger(**given).hash(),
    "accruals": ACCRUALS.pack,
    "sealed": lambda given: state(given).sealed(),
    "house": lambda given: HOUSE_WORDS.hash(state(given).house_words()),
    "params": lambda given: params(given).hash(),
    "batch": batch,
    "requests": requests,
}
OPENS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "order": (order, Order.unpack),
    "delta": (lambda given: Delta(**given), Delta.unpack),
    "confirmation": (lambda given: Confirmation(**given), Confirmation.unpack),
    "request": (lambda given: Request(Kind(given[0]), *given[1:]), Request.from_word),
    "positions": (tuple, unpack_positions),
    "prices": (tuple, unpack_prices),
    "accruals": (tuple, ACCRUALS.unpack),
}


@pytest.mark.parametrize("kind", FROZEN)
def test_every_kind_packs_as_it_was_frozen(kind: str) -> None:
    for given, expected in FROZEN[kind]:
        packed = PACKS[kind](given)
        words = hex(packed) if isinstance(packed, int) else [hex(word) for word in packed]
        assert words == expected


@pytest.mark.parametrize("kind", OPENS)
def test_what_packs_opens_again(kind: str) -> None:
    noun, opens = OPENS[kind]
    for given, expected in FROZEN[kind]:
        words = int(expected, 16) if isinstance(expected, str) else [int(w, 16) for w in expected]
        assert opens(words) == noun(given)


def test_who_is_halted_stands_behind_the_last_price() -> None:
    prices = unpack_prices(pack_prices([UnitPrice(1), UnitPrice((1 << 26) - 1)]))
    for halted in range(4):
        word = pack_marks(prices, halted)
        assert word == pack_prices(prices) + (halted << 52)
        assert unpack_marks(word) == (prices, halted)
    with pytest.raises(PriceRangeError, match="bits that are of no unit price"):
        unpack_marks(1 << 54)
    with pytest.raises(PriceRangeError, match="bits that are of no unit price"):
        unpack_prices(1 << 52)


@pytest.mark.parametrize("group", layout.GROUPED, ids=lambda group: group.noun)
def test_values_of_all_instruments_or_underlyings_are_ranged(group: Grouped) -> None:
    halved = group in (POSITIONS, SKEWS, ACCRUALS)
    magnitude = group.width - halved + (group is MARKS)
    most = [(1 << magnitude) - 1] * group.count
    assert list(group.unpack(group.pack(most))) == most
    assert all(0 <= word < 1 << group.width * group.per_word for word in group.pack(most))
    lowest = -(1 << magnitude) - (group is not POSITIONS) if halved else -1
    for wrong in (1 << magnitude, lowest):
        with pytest.raises(WidthError, match=f"{group.called} 1 does not fit {magnitude} b"):
            group.pack([most[0], wrong, *most[2:]])
    with pytest.raises(WidthError, match=f"not {group.count}"):
        group.pack(most[1:])


@pytest.mark.parametrize("packed", layout.PACKED, ids=lambda packed: packed.noun)
def test_a_packed_words_fields_touch_each_other(packed: Packed) -> None:
    at = 0
    for field in packed.fields:
        assert packed.at(field.name) == at
        at += field.width
    assert packed.width <= 253


def test_an_order_of_another_type_is_refused() -> None:
    plain = order(FROZEN["order"][0][0])
    with pytest.raises(OrderRangeError, match="nonce does not fit 32 bits"):
        replace(plain, nonce=1.5)  # type: ignore[arg-type]


def test_an_owner_that_is_no_point_of_the_field_is_refused() -> None:
    with pytest.raises(AccountRangeError, match="owner does not fit the field"):
        Account(Point(BASE8.x, 1 << 254), 1)
