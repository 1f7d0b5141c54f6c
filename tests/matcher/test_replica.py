"""A replica takes the log in: what waits for its account, however much, and with a damaged log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from matcher.errors import DivergedError
from matcher.logged import LoggedOrders
from matcher.replica import Entry, Replica
from tests.strategies import order
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.eddsa import Signature
from undertow.protocol.signed_order import SignedOrder
from undertow.protocol.venue import Venue

ONE = SignedOrder(order(7, 1), Signature(BASE8, 0))
MANY = 60_000


class Orders:
    """A log that holds the same order again and again, and may be damaged at its end."""

    venue = Venue(31337, 1)

    def __init__(self, count: int, *, damaged: bool = False) -> None:
        self.count, self.damaged = count, damaged

    def after(self, sequence: int) -> Iterator[Entry]:
        for number in range(sequence + 1, self.count + 1):
            yield number, ONE
        if self.damaged:
            raise DivergedError("a damaged record")


def take_in(replica: Replica, count: int, **options: Any) -> None:
    replica.take_in(cast("LoggedOrders", Orders(count, **options)))


def numbers(replica: Replica) -> list[int]:
    return [number for number, _ in replica.unopened.get(7, ())]


def test_many_orders_of_an_account_that_is_not_open_are_taken_in_at_once() -> None:
    """A tuple made anew for each took minutes for as many as one trader may send."""
    replica = Replica()
    written: list[int] = []

    class Counted(dict[int, Any]):
        def __setitem__(self, account: int, kept: Any) -> None:
            written.append(len(kept))
            super().__setitem__(account, kept)

    replica.unopened = Counted()
    take_in(replica, MANY)
    assert written == [MANY]
    assert numbers(replica) == [*range(1, MANY + 1)]


def test_what_waits_for_its_account_keeps_its_order_and_is_a_copys_own() -> None:
    replica = Replica()
    take_in(replica, 2)
    copy = replica.copy()
    take_in(copy, 5)
    assert (numbers(replica), numbers(copy)) == ([1, 2], [1, 2, 3, 4, 5])


def test_a_damaged_end_of_the_log_loses_nothing_before_it() -> None:
    replica = Replica()
    with pytest.raises(DivergedError, match="damaged"):
        take_in(replica, 3, damaged=True)
    take_in(replica, 4)
    assert numbers(replica) == [1, 2, 3, 4]
