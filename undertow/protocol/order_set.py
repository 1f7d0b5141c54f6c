"""The set root: a Poseidon chain that commits all that a batch does before its price is known.

A slot's message is its order's hash or, of a touch, the account's index; no order hashes to so
small a number. Every slot is salted: the root does not tell which of them hold orders. It starts
from the salt of the state that the batch leads to, so that whoever proves it has no choice.
"""

from __future__ import annotations

from collections.abc import Sequence

from undertow.crypto.domains import SET
from undertow.crypto.poseidon import poseidon
from undertow.protocol.sheet import INSTRUMENTS


def lanes_word(lanes: Sequence[int]) -> int:
    """Return the word of the markets that a batch prices, in ascending order, 4 bits each.

    Raises:
        ValueError: the lanes are not ascending instruments.
    """
    if list(lanes) != sorted(set(lanes)) or any(not 0 <= i < INSTRUMENTS for i in lanes):
        raise ValueError("lanes are different instruments in ascending order")
    return sum(instrument << 4 * i for i, instrument in enumerate(lanes))


def set_root(
    batch_number: int,
    lanes: Sequence[int],
    house_salt: int,
    messages: Sequence[int],
    salts: Sequence[int],
) -> int:
    """Return the root of the slots' messages in slot order."""
    root = poseidon([batch_number, lanes_word(lanes), house_salt], SET)
    for message, salt in zip(messages, salts, strict=True):
        root = poseidon([root, message, salt], SET)
    return root
