"""Closed sets: what the operator committed, written down before it goes on chain.

Salts and decoys are drawn at random, so without the journal a closed set could not be settled.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from undertow.protocol.authority import Authority

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sets (
    batch INTEGER NOT NULL,
    parent TEXT NOT NULL,
    root TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (batch, parent)
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
    """Closed sets by batch number and by the close that they follow, durable once `write` returns.

    Numbers alone are not enough: of sets that lapsed, or whose close a reorganisation left behind,
    the next ones have the same numbers. No two closes of a chain follow the same one.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        # Salts keep commitments from being guessed; SQLite gives its other files the same mode.
        path.touch(mode=0o600, exist_ok=True)
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.executescript(_SCHEMA)

    def write(self, closed: ClosedSet, parent: str, root: int) -> None:
        """Add a set, which has this root and follows this close.

        There is one for ever: a second raises sqlite3.IntegrityError.
        """
        content = json.dumps(
            {
                "lanes": closed.lanes,
                "slots": closed.slots,
                "salts": [str(salt) for salt in closed.salts],
            }
        )
        row = (closed.batch, parent, str(root), content)
        with self._lock:
            self._database.execute("INSERT INTO sets VALUES (?, ?, ?, ?)", row)

    def read(self, batch: int, parent: str) -> ClosedSet | None:
        """Return the set of a batch that follows a close, if it was written down."""
        return self._read("SELECT content FROM sets WHERE batch = ? AND parent = ?", batch, parent)

    def find(self, batch: int, root: int) -> ClosedSet | None:
        """Return the set of a batch that has a root, if it was written down."""
        return self._read("SELECT content FROM sets WHERE batch = ? AND root = ?", batch, str(root))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _read(self, query: str, batch: int, key: str) -> ClosedSet | None:
        with self._lock:
            row = self._database.execute(query, (batch, key)).fetchone()
        if row is None:
            return None
        content = json.loads(row[0])
        return ClosedSet(
            batch=batch,
            lanes=tuple(content["lanes"]),
            slots=tuple(
                Reference(Authority(authority), int(number))
                for authority, number in content["slots"]
            ),
            salts=tuple(int(salt) for salt in content["salts"]),
        )
