"""What a settlement published of one account, and what it says to its owner."""

from __future__ import annotations

from undertow.chain.settled import SettledBatch, SettledRequests
from undertow.protocol.change import Change
from undertow.protocol.confirmation import Confirmation
from undertow.protocol.delta import Delta
from undertow.protocol.errors import DeltaError
from undertow.protocol.pads import opened
from undertow.protocol.request import Kind, Request


def touches_of(
    settled: SettledBatch | SettledRequests, index: int
) -> list[tuple[int, tuple[int, ...], tuple[Request, int] | None]]:
    """Return leaf, words and, of a request, itself and what it was paid."""
    if isinstance(settled, SettledBatch):
        return [
            (t.leaf, (t.ciphertext, t.confirmation), None)
            for t in settled.touches
            if t.account == index
        ]
    return [
        (leaf, (ciphertext,), (request, paid))
        for request, (paid, leaf, ciphertext) in zip(settled.requests, settled.answers, strict=True)
        if request.account == index and request.kind is not Kind.HOUSE_DEPOSIT
    ]


def change_of(
    settled: SettledBatch | SettledRequests, words: tuple[int, ...], under: tuple[int, int]
) -> Change:
    """Return what was published, opened; raises DeltaError if the first word is no change.

    A second word that is no confirmation ends nothing: the change says that it has none.
    """
    delta = Delta.unpack(opened(words[0], under[0]))
    if not isinstance(settled, SettledBatch):
        return Change(batch=0, time=0, delta=delta)
    return Change(
        batch=settled.number,
        time=settled.round.time,
        delta=delta,
        confirmation=_confirmation(opened(words[1], under[1])),
        marks=tuple(settled.round.prices),
        accruals=tuple(settled.house.accruals),
    )


def _confirmation(word: int) -> Confirmation | None:
    try:
        return Confirmation.unpack(word)
    except DeltaError:
        return None
