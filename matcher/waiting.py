"""What waits for the order log's writer: envelopes to be added, and writes of nothing."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue

from matcher.records import Record

GROUP_LIMIT = 512
"""Most records in one transaction; bounds how long the first of them waits."""


@dataclass(slots=True)
class Pending:
    """An envelope whose sender waits for the receipt."""

    ciphertext: bytes
    time_ms: int
    ticket: str
    done: Future[Record]


class Waiting:
    """A line that other threads put into, and the writer empties."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Pending | Future[None] | None] = SimpleQueue()

    def put(self, item: Pending | Future[None] | None) -> None:
        """Let an envelope wait, or a write of nothing; None is the last."""
        self._queue.put(item)

    def collected(self) -> tuple[list[Pending], list[Future[None]], bool]:
        """Wait for something to do; return all that waits, and whether it is the last."""
        group: list[Pending] = []
        probes: list[Future[None]] = []
        while True:
            item = self._queue.get()
            if item is None:
                return group, probes, True
            if isinstance(item, Future):
                if item.set_running_or_notify_cancel():
                    probes.append(item)
            elif item.done.set_running_or_notify_cancel():
                group.append(item)
            if len(group) == GROUP_LIMIT or self._queue.empty():
                return group, probes, False
