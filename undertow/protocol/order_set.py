"""The set root: a Poseidon chain that commits a batch's orders before its price is known.

Empty slots look like filled ones, since every slot is salted: the root does not tell how many
orders it holds.
"""

from __future__ import annotations

from collections.abc import Sequence

from undertow.crypto.domains import SET
from undertow.crypto.poseidon import poseidon
from undertow.protocol.sheet import INSTRUMENTS

EMPTY_MESSAGE = 0
"""Message of a slot without an order; no order hashes to it."""


def lanes_word(lanes: Sequence[int]) -> int:
    """Return the word of the markets that a batch prices, in ascending order, 4 bits each.

    Raises:
        ValueError: the lanes are not ascending instruments.
    """
    if list(lanes) != sorted(set(lanes)) or any(not 0 <= i < INSTRUMENTS for i in lanes):
        raise ValueError("lanes are different instruments in ascending order")
    return sum(instrument << 4 * i for i, instrument in enumerate(lanes))


def set_root(
    batch_number: int, lanes: Sequence[int], messages: Sequence[int], salts: Sequence[int]
) -> int:
    """Return the root of the slots' messages in slot order."""
    root = poseidon([batch_number, lanes_word(lanes), 0], SET)
    for message, salt in zip(messages, salts, strict=True):
        root = poseidon([root, message, salt], SET)
    return root
