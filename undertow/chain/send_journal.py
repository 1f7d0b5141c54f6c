"""What was signed and handed to a node, written down before: so nothing is sent twice.

A transaction that may still be mined keeps its nonce. Whoever sends after a crash goes on with it,
or replaces it; both cannot happen.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from undertow.chain.errors import ChainError

KEPT = 256
"""Nonces below the newest one that stay: a reorganisation may bring any of them back."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS sends (
    sender TEXT NOT NULL,
    nonce INTEGER NOT NULL,
    digest TEXT NOT NULL PRIMARY KEY,
    call TEXT NOT NULL,
    fee TEXT NOT NULL,
    tip TEXT NOT NULL,
    raw BLOB NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One signed transaction."""

    nonce: int
    digest: str
    """The transaction's hash, in hex."""
    call: str
    """Hash of where it goes and what it says: the same of each attempt of one call."""
    fee: int
    """Most wei for a unit of gas."""
    tip: int
    """Of these, most for whoever builds the block."""
    raw: bytes


class SendJournal:
    """Attempts of all senders; durable in a file once `write` returns, else in this process."""

    def __init__(self, path: Path | None) -> None:
        """Open or create the file; raises ChainError."""
        self._lock = threading.Lock()
        with _usable(path):
            name = ":memory:" if path is None else path
            self._database = sqlite3.connect(name, check_same_thread=False, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.executescript(_SCHEMA)
        self._path = path

    def write(self, sender: str, attempt: Attempt) -> None:
        """Write an attempt down; raises ChainError."""
        row = (
            sender,
            attempt.nonce,
            attempt.digest,
            attempt.call,
            str(attempt.fee),
            str(attempt.tip),
            attempt.raw,
        )
        with self._lock, _usable(self._path):
            self._database.execute("INSERT OR IGNORE INTO sends VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            old = "DELETE FROM sends WHERE sender = ? AND nonce < ?"
            self._database.execute(old, (sender, attempt.nonce - KEPT))

    def attempts(self, sender: str, nonce: int) -> list[Attempt]:
        """Return the attempts of a nonce, the cheapest first; raises ChainError."""
        query = (
            "SELECT nonce, digest, call, fee, tip, raw FROM sends WHERE sender = ? AND nonce = ?"
        )
        with self._lock, _usable(self._path):
            rows = self._database.execute(query, (sender, nonce)).fetchall()
        found = [
            Attempt(nonce=int(nonce), digest=digest, call=call, fee=int(fee), tip=int(tip), raw=raw)
            for nonce, digest, call, fee, tip, raw in rows
        ]
        return sorted(found, key=lambda attempt: attempt.fee)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()


@contextmanager
def _usable(path: Path | None) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, ValueError) as error:
        raise ChainError(f"the journal of sends {path} cannot be used: {error}") from error
