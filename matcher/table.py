"""A private SQLite file whose faults have one name and end when the file is well again."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from matcher.errors import JournalError

Statement = tuple[str, Sequence[Any]]


class Table:
    """One connection, opened again after a fault: the file may have been replaced meanwhile.

    Every method raises JournalError.
    """

    def __init__(self, path: Path, schema: str) -> None:
        """Open or create the file; only its owner may read it."""
        self._path, self._schema = path, schema
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self.all("SELECT 1")

    def all(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self._guarded([(query, values)])

    def change(self, statements: Sequence[Statement]) -> None:
        """Make changes in one transaction, which is on the disk afterwards."""
        self._guarded([("BEGIN IMMEDIATE", ()), *statements, ("COMMIT", ())])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._drop()

    def _guarded(self, statements: Sequence[Statement]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                database = self._opened()
                for query, values in statements:
                    rows = database.execute(query, values).fetchall()
                return rows
            except (sqlite3.Error, OSError) as error:
                self._drop()
                raise JournalError(f"{self._path}: {error}") from error

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            # SQLite gives its other files the same mode.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            database = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            self._database = database
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            database.execute("PRAGMA busy_timeout=5000")
            database.executescript(self._schema)
        return self._database

    def _drop(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            with suppress(sqlite3.Error):
                database.close()
