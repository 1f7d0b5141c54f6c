"""A wrong second word on the chain ends no reader: the account goes on, its owner is told."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.matcher.one_process import KEYS
from tests.matcher.test_order_states import Traded
from undertow.chain.history import Event, follow
from undertow.chain.settled import SettledBatch
from undertow.client.client import Trader
from undertow.client.errors import FillError
from undertow.client.fills import check_fills
from undertow.crypto.field import R
from undertow.protocol.confirmation import CONFIRMATION_WORD
from venue.markets import LOCAL_PARAMS

DRAW = random.Random(3)
AT = {field.name: 1 << CONFIRMATION_WORD.at(field.name) for field in CONFIRMATION_WORD.fields}


def add(by: int, word: int) -> int:
    return word + by


LIES = [
    *(
        partial(add, sign * unit)
        for name, unit in AT.items()
        if name != "share"
        for sign in (1, -1)
    ),
    lambda word: 0,
    lambda word: R - 1,
    lambda word: DRAW.randrange(R),
]


@pytest.fixture
def traded(tmp_path: Path) -> Traded:
    """Return a venue in which the first trader bought, and others were touched."""
    venue = Traded(tmp_path)
    venue.send(venue.venue.traders[0], 3, 1.01)
    venue.settle()
    return venue


def events_of(traded: Traded, trader: Trader) -> list[Event]:
    keys = (trader.key.scalar, trader.key.public, KEYS.operator.public, LOCAL_PARAMS)
    return follow(traded.venue.chain.settled, trader.account, *keys)


def publish(traded: Traded, account: int, lie: Callable[[int], int]) -> int:
    """Put another second word in the place of an account's last one; return its batch."""
    settled = traded.venue.chain.settled
    at = max(
        i
        for i, one in enumerate(settled)
        if isinstance(one, SettledBatch) and any(t.account == account for t in one.touches)
    )
    batch = settled[at]
    assert isinstance(batch, SettledBatch)
    touches = tuple(
        t._replace(confirmation=lie(t.confirmation) % R) if t.account == account else t
        for t in batch.touches
    )
    settled[at] = replace(batch, touches=touches)
    return batch.number


def test_the_owner_checks_what_it_paid_to_the_unit(traded: Traded) -> None:
    trader = traded.venue.traders[0]
    changes = [event.change for event in events_of(traded, trader)]
    fill = check_fills(trader.sent, changes, LOCAL_PARAMS)[-1]
    assert fill.lots == 3
    assert (fill.parts.share, fill.parts.fee > 0, fill.parts.premium > 0) == (255, True, True)


@pytest.mark.parametrize("lie", LIES)
def test_a_wrong_second_word_is_named_and_ends_no_reader(
    traded: Traded, lie: Callable[[int], int]
) -> None:
    trader = traded.venue.traders[0]
    honest = events_of(traded, trader)
    batch = publish(traded, trader.account, lie)
    found = events_of(traded, trader)
    assert [event.account for event in found] == [event.account for event in honest]
    assert [event.delta for event in found] == [event.delta for event in honest]
    with pytest.raises(FillError, match=f"batch {batch}:"):
        check_fills(trader.sent, [event.change for event in found], LOCAL_PARAMS)


def test_the_share_is_the_proofs_to_say(traded: Traded) -> None:
    """The owner knows no other fill, so it has nothing to compare the share with."""
    trader = traded.venue.traders[0]
    publish(traded, trader.account, lambda word: word - AT["share"])
    changes = [event.change for event in events_of(traded, trader)]
    assert check_fills(trader.sent, changes, LOCAL_PARAMS)[-1].parts.share == 254


def test_a_touch_that_is_told_a_price_is_named(traded: Traded) -> None:
    touched = {t.account for t in traded.venue.chain.settled[-1].touches}  # type: ignore[union-attr]
    trader = next(t for t in traded.venue.traders[1:] if t.account in touched)
    batch = publish(traded, trader.account, lambda word: word + AT["premium"])
    found = events_of(traded, trader)
    with pytest.raises(FillError, match=f"batch {batch}: nothing was filled"):
        check_fills(trader.sent, [event.change for event in found], LOCAL_PARAMS)
