"""The public words of a batch and of a run of requests; circuits/STATEMENT.md gives the order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from undertow.crypto.babyjubjub import Point
from undertow.protocol.prices import pack_prices
from undertow.protocol.units import Price
from undertow.protocol.venue import Venue

SETTLE = 1
REQUESTS = 2


class Touch(NamedTuple):
    """What is published of a touched account."""

    index: int  # type: ignore[assignment]  # hides the tuple's method of that name
    leaf: int
    ciphertext: int


def settle_words(
    venue: Venue,
    batch_number: int,
    roots: tuple[int, int],
    set_root: int,
    prices: Sequence[Price],
    time: int,
    params_hash: int,
    touches: Sequence[Touch],
) -> list[int]:
    """Return the words of a batch; ``roots`` are the previous and the new state root."""
    words = [venue.chain_id, venue.contract, batch_number, SETTLE, *roots, set_root]
    words += [*pack_prices(prices), time, params_hash]
    for touch in touches:
        words += touch
    return words


class Served(NamedTuple):
    """What is published of one request."""

    word: int
    key_x: int
    key_y: int
    paid: int
    leaf: int
    ciphertext: int


def request_words(
    venue: Venue,
    number: int,
    roots: tuple[int, int],
    operator_key: Point,
    params_hash: int,
    served: Sequence[Served],
) -> list[int]:
    """Return the words of a run of requests; ``number`` counts the runs from one."""
    words = [venue.chain_id, venue.contract, number, REQUESTS, *roots, *operator_key, params_hash]
    for item in served:
        words += item
    return words
