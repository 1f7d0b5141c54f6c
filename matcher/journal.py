"""Closed sets: what the operator committed, written down before it goes on chain.

Salts and decoys are drawn at random, so without the journal a closed set could not be settled.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from matcher.errors import JournalError
from matcher.table import Table
from undertow.protocol.authority import Authority

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sets (
    batch INTEGER PRIMARY KEY,
    content TEXT NOT NULL
) STRICT;
"""


class Reference(NamedTuple):
    """What a slot acts on, by whose word."""

    authority: Authority
    number: int
    """An order's sequence number in the log, or the account that is touched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedSet:
    """One batch's set, by reference to the order log."""

    batch: int
    lanes: tuple[int, ...]
    slots: tuple[Reference, ...]
    salts: tuple[int, ...]


class Journal:
    """Closed sets by batch number, durable once `write` returns.

    Every method raises JournalError: the file is missing, full, damaged or not ours.
    """

    def __init__(self, path: Path) -> None:
        # Salts keep commitments from being guessed, so the file is its owner's alone.
        self._table = Table(path, _SCHEMA)

    def write(self, closed: ClosedSet) -> None:
        """Add a set; a batch has one for ever."""
        content = json.dumps(
            {
                "lanes": closed.lanes,
                "slots": closed.slots,
                "salts": [str(salt) for salt in closed.salts],
            }
        )
        self._table.change([("INSERT INTO sets VALUES (?, ?)", (closed.batch, content))])

    def read(self, batch: int) -> ClosedSet | None:
        """Return the set of a batch, if it was closed."""
        rows = self._table.all("SELECT content FROM sets WHERE batch = ?", (batch,))
        return _set(batch, rows[0][0]) if rows else None

    def after(self, batch: int) -> list[ClosedSet]:
        """Return the sets of all later batches, in order."""
        query = "SELECT batch, content FROM sets WHERE batch > ? ORDER BY batch"
        return [_set(number, content) for number, content in self._table.all(query, (batch,))]

    def close(self) -> None:
        """Close the file."""
        self._table.close()


def _set(batch: int, text: str) -> ClosedSet:
    try:
        content = json.loads(text)
        return ClosedSet(
            batch=batch,
            lanes=tuple(int(lane) for lane in content["lanes"]),
            slots=tuple(
                Reference(Authority(authority), int(number))
                for authority, number in content["slots"]
            ),
            salts=tuple(int(salt) for salt in content["salts"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise JournalError(f"the journal's set {batch} is damaged: {error!r}") from error
