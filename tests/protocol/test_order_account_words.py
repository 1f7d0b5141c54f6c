"""Orders, leaves and public words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import ORDERS, POSITIONS, QUOTES, quote
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.domains import WORDS
from undertow.crypto.field import R
from undertow.crypto.poseidon import poseidon
from undertow.protocol.account import Account, pack_positions, unpack_positions
from undertow.protocol.errors import AccountRangeError, OrderRangeError, OrderWordError
from undertow.protocol.order import ORDER_WORD, WORD_BITS, Order
from undertow.protocol.units import Lots, Money, Price
from undertow.protocol.venue import Venue
from undertow.protocol.words import commitment, evaluate, signals

ORDER = Order(7, 2, Lots(0), Lots(9), Price(5), 1, 4, fee_cap=3)


@given(st.one_of(ORDERS, QUOTES))
def test_order_word_round_trip(order: Order) -> None:
    assert WORD_BITS == 250
    assert Order.unpack(order.pack()) == order


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"spread": Price(0), "fee_cap": 0}, "not above two fees"),
        ({"spread": Price(7)}, "not above two fees"),
        ({"immediate_or_cancel": True}, "a quote rests"),
    ],
)
def test_a_quote_that_loses_by_each_round_trip_or_does_not_rest_is_none(
    changes: dict[str, Any], match: str
) -> None:
    least = quote(1, 5, 6, 10_000, 8, fee_cap=400)
    with pytest.raises(OrderRangeError, match=match):
        replace(least, **changes)
    one_sided = replace(least, ask=Lots(0))
    assert replace(one_sided, **changes)
    with pytest.raises(OrderRangeError, match="not above two fees"):
        Order.unpack(least.pack() - (1 << 216))


@given(ORDERS, QUOTES, st.integers(-200, 200))
def test_what_is_left_of_an_order(one: Order, both: Order, filled: int) -> None:
    bid, ask = both.left(filled)
    assert (bid, ask) == (max(both.bid - filled, 0), max(both.ask + filled, 0))
    # From where it was the position goes no further than the sides' sizes.
    assert filled + bid == max(both.bid, filled)
    assert filled - ask == min(-both.ask, filled)
    bid, ask = one.left(filled)
    assert bid == (max(one.bid - filled, 0) if filled >= 0 else 0)
    assert ask == (max(one.ask + filled, 0) if filled <= 0 else 0)


@pytest.mark.parametrize(("name", "bits"), [(f.name, f.width) for f in ORDER_WORD.fields])
def test_order_ranges(name: str, bits: int) -> None:
    for value in (-1, 1 << bits):
        changes: dict[str, Any] = {name: value}
        with pytest.raises(OrderRangeError):
            replace(ORDER, **changes)


def test_order_layout_and_message() -> None:
    assert ORDER.pack() == 7 | 2 << 24 | 9 << 57 | 5 << 86 | 1 << 122 | 4 << 154 | 3 << 196
    venue = Venue(1, 2).word
    assert ORDER.message(venue) != ORDER.message(Venue(2, 2).word)
    assert ORDER.message(venue) == poseidon([2**160 + 2, ORDER.pack()], 3)
    with pytest.raises(OrderWordError):
        Order.unpack(1 << 250)


@given(POSITIONS)
def test_positions_round_trip(positions: tuple[Lots, ...]) -> None:
    assert unpack_positions(pack_positions(positions)) == positions


@pytest.mark.parametrize("words", [(1 << 30, 0, 0), (1 << 186, 0, 0), (0, 0, 1 << 124)])
def test_positions_have_one_form(words: tuple[int, int, int]) -> None:
    with pytest.raises(AccountRangeError):
        unpack_positions(words)


def test_leaf_binds_every_field() -> None:
    account = Account(BASE8, 5, cash=Money(-3))
    changed = [
        replace(account, view_key=6),
        replace(account, version=1),
        replace(account, nonce=1),
        replace(account, filled=Lots(1)),
        replace(account, cash=Money(3)),
        replace(account, settled=Money(1)),
        replace(account, pending=Money(1)),
        replace(account, since=1),
        replace(account, positions=(*account.positions[:-1], Lots(-1))),
    ]
    assert len({a.leaf() for a in (account, *changed)}) == 10
    assert account.leaf() == poseidon([*BASE8, 5, 0, 0, 0, R - 3, 0, 0, 0, 0, 0, 0], 2)
    with pytest.raises(AccountRangeError):
        replace(account, nonce=1 << 32)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, R - 1), max_size=20), st.integers(0, R - 1))
def test_words(words: list[int], z: int) -> None:
    assert evaluate(words, z) == sum(w * pow(z, i, R) for i, w in enumerate(words)) % R
    assert commitment(words) != commitment([*words, 0])
    assert signals(words).y == evaluate(words, signals(words).z)


def test_commitment_by_hand() -> None:
    words = list(range(1, 17))
    first = poseidon([16, *words[:15]], WORDS)
    assert commitment(words) == poseidon([first, 16, *[0] * 14], WORDS)
