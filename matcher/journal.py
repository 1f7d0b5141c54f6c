"""Closed sets: what the operator committed, written down before it goes on chain.

Salts, decoys and where certificates end are drawn at random, and what waits in the vault's queue is
as it was then, so without the journal a closed set could not be settled.
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
    batch INTEGER NOT NULL,
    parent TEXT NOT NULL,
    root TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (batch, parent, root)
) STRICT;
"""
_FIND = "SELECT parent, content FROM sets WHERE batch = ? AND "


class Reference(NamedTuple):
    """What a slot acts on, by whose word."""

    authority: Authority
    number: int
    """An order's sequence number in the log, or the account that is touched."""


class Withdrawal(NamedTuple):
    """A withdrawal that waits."""

    account: int
    amount: int
    """Micro-USD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedSet:
    """One batch's set, by reference to the order log."""

    batch: int
    parent: str
    """The close that it follows; with the number it gives the salt of the state afterwards."""
    lanes: tuple[int, ...]
    slots: tuple[Reference, ...]
    salts: tuple[int, ...]
    waiting: tuple[Withdrawal, ...] = ()
    """Those in the vault's queue that its accounts' certificates are to stand without."""
    draws: tuple[int, ...] = ()
    """What narrows each slot's certificate."""


class Journal:
    """Closed sets by batch number and by the close that they follow, durable once `write` returns.

    Numbers alone are not enough: of sets that lapsed, or whose close a reorganisation left behind,
    the next ones have the same numbers. No two closes of a chain follow the same one.

    Every method raises JournalError: the file is missing, full, damaged or not ours.
    """

    def __init__(self, path: Path) -> None:
        # Salts keep commitments from being guessed, so the file is its owner's alone.
        self._table = Table(path, _SCHEMA)

    def write(self, closed: ClosedSet, root: int) -> None:
        """Add a set, which has this root; what was there after the same close is read no more."""
        content = json.dumps(
            {
                "lanes": closed.lanes,
                "slots": closed.slots,
                "salts": [str(salt) for salt in closed.salts],
                "waiting": closed.waiting,
                "draws": [str(draw) for draw in closed.draws],
            }
        )
        row = (closed.batch, closed.parent, str(root), content)
        self._table.change([("INSERT INTO sets VALUES (?, ?, ?, ?)", row)])

    def read(self, batch: int, parent: str) -> ClosedSet | None:
        """Return the newest set of a batch that follows a close, if one was written down."""
        query = _FIND + "parent = ? ORDER BY rowid DESC"
        return self._read(query, batch, parent)

    def find(self, batch: int, root: int) -> ClosedSet | None:
        """Return the set of a batch that has a root, if it was written down."""
        return self._read(_FIND + "root = ?", batch, str(root))

    def close(self) -> None:
        """Close the file."""
        self._table.close()

    def _read(self, query: str, batch: int, key: str) -> ClosedSet | None:
        rows = self._table.all(query, (batch, key))
        return _set(batch, *rows[0]) if rows else None


def _set(batch: int, parent: str, text: str) -> ClosedSet:
    try:
        content = json.loads(text)
        return ClosedSet(
            batch=batch,
            parent=_close(parent),
            lanes=tuple(int(lane) for lane in content["lanes"]),
            slots=tuple(
                Reference(Authority(authority), int(number))
                for authority, number in content["slots"]
            ),
            salts=tuple(int(salt) for salt in content["salts"]),
            waiting=tuple(
                Withdrawal(int(account), int(amount)) for account, amount in content["waiting"]
            ),
            draws=tuple(int(draw) for draw in content.get("draws", ())),
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise JournalError(f"the journal's set {batch} is damaged: {error!r}") from error


def _close(text: str) -> str:
    if int(text, 16) >> 256:
        raise ValueError("no close has this id")
    return text
