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
CREATE TABLE IF NOT EXISTS untold (
    sender TEXT NOT NULL,
    call TEXT NOT NULL,
    nonce INTEGER NOT NULL,
    PRIMARY KEY (sender, call, nonce)
) STRICT;
"""
_OLD = tuple(
    f"DELETE FROM {table} WHERE sender = ? AND nonce < ?"  # noqa: S608 - names of ours
    for table in ("sends", "untold")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One signed transaction."""

    nonce: int
    digest: str
    """The transaction's hash, in hex."""
    call: str
    """Hash of where it goes and what it says, whatever it pays: the same of each attempt."""
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
        untold = (sender, attempt.call, attempt.nonce)
        with self._lock, _usable(self._path):
            # First: who finds the attempt finds that nobody heard of its end.
            self._database.execute("INSERT OR IGNORE INTO untold VALUES (?, ?, ?)", untold)
            self._database.execute("INSERT OR IGNORE INTO sends VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            for old in _OLD:
                self._database.execute(old, (sender, attempt.nonce - KEPT))

    def untold(self, sender: str, call: str) -> list[int]:
        """Return the nonces of a call whose end nobody heard of, upwards; raises ChainError."""
        query = "SELECT nonce FROM untold WHERE sender = ? AND call = ? ORDER BY nonce"
        with self._lock, _usable(self._path):
            rows = self._database.execute(query, (sender, call)).fetchall()
        return [int(nonce) for (nonce,) in rows]

    def tell(self, sender: str, call: str) -> None:
        """Keep that a caller hears of a call's end; raises ChainError."""
        with self._lock, _usable(self._path):
            done = "DELETE FROM untold WHERE sender = ? AND call = ?"
            self._database.execute(done, (sender, call))

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
