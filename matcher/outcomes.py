"""What each settled set came to for its orders, by the order's number; beside the journal.

Every row follows from journal and settlements, and replaying them writes it again. It is kept so
that an order's state outlives a restart that does not replay all of history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matcher.journal import ClosedSet
from matcher.spent import is_spent
from matcher.table import Statement, Table
from undertow.engine.batch import Slot
from undertow.protocol.authority import Authority
from undertow.protocol.outcome import Outcome

_SCHEMA = """
CREATE TABLE IF NOT EXISTS parts (
    sequence INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    fill INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    PRIMARY KEY (sequence, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS parts_by_batch ON parts (batch);
"""


@dataclass(frozen=True, slots=True)
class Part:
    """What one set came to for one order."""

    batch: int
    outcome: Outcome
    fill: int
    """Lots, without a sign."""
    spent: bool
    """Whether the order ended with it."""


class Outcomes:
    """Parts by order, durable once `write` returns; every method raises JournalError."""

    def __init__(self, path: Path) -> None:
        """Open the table in the journal's file."""
        self._table = Table(path, _SCHEMA)

    def write(self, closed: ClosedSet, slots: Iterable[Slot]) -> None:
        """Keep what a settled set came to; what is there already costs no flush."""
        rows = sorted(
            (number, closed.batch, int(slot.outcome), abs(slot.fill), int(is_spent(slot)))
            for (authority, number), slot in zip(closed.slots, slots, strict=True)
            if authority is Authority.ORDER
        )
        query = (
            "SELECT sequence, batch, outcome, fill, spent FROM parts "
            "WHERE batch = ? ORDER BY sequence"
        )
        if rows == self._table.all(query, (closed.batch,)):
            return
        # A batch that was settled differently before a reorganisation leaves nothing behind.
        clear: Statement = ("DELETE FROM parts WHERE batch = ?", (closed.batch,))
        self._table.change(
            [clear, *(("INSERT INTO parts VALUES (?, ?, ?, ?, ?)", r) for r in rows)]
        )

    def read(self, sequence: int, settled: int) -> Sequence[Part]:
        """Return an order's parts up to a batch, oldest first."""
        query = (
            "SELECT batch, outcome, fill, spent FROM parts "
            "WHERE sequence = ? AND batch <= ? ORDER BY batch"
        )
        return [
            Part(batch, Outcome(outcome), fill, bool(spent))
            for batch, outcome, fill, spent in self._table.all(query, (sequence, settled))
        ]

    def close(self) -> None:
        """Close the file."""
        self._table.close()
