"""Settled batches as `/batches` lists them: written by the loop, read by index from any thread."""

from __future__ import annotations

import asyncio
import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

Notice = dict[str, int | str]
"""A settled batch's number, state root and price time."""


def notice(batch: int, root: int, price_time: int) -> Notice:
    """Return a settled batch as `/batches` lists it."""
    return {"batch": batch, "root": f"{root:#066x}", "priceTime": price_time}


class Settled:
    """Every settled batch, oldest first; readers wait for more without asking again and again."""

    def __init__(self) -> None:
        self._rows: tuple[list[int], list[Notice]] = ([], [])
        self.ended = False
        self._lock = threading.Lock()
        self._readers: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    def __iter__(self) -> Iterator[Notice]:
        return iter(self._rows[1])

    def add(self, entry: Notice) -> None:
        """Add the next batch."""
        numbers, notices = self._rows
        # A reader in between finds the number only once its notice is there.
        notices.append(entry)
        numbers.append(int(entry["batch"]))
        self._wake()

    def replace(self, entries: Iterable[Notice]) -> None:
        """Begin anew with what the chain says now."""
        notices = list(entries)
        self._rows = [int(entry["batch"]) for entry in notices], notices
        self._wake()

    def replace_after(self, batch: int, entries: Iterable[Notice]) -> None:
        """Keep the batches up to a number; what the chain says of later ones follows."""
        self.replace([*self.until(batch), *entries])

    def until(self, batch: int) -> list[Notice]:
        """Return the batches up to a number."""
        numbers, notices = self._rows
        return notices[: bisect_right(numbers, batch)]

    def after(self, number: int, most: int) -> list[Notice]:
        """Return the next batches above a number, at most so many."""
        numbers, notices = self._rows
        start = bisect_right(numbers, number)
        return notices[start : min(start + most, len(numbers))]

    @contextmanager
    def reading(self) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever there may be more."""
        event = asyncio.Event()
        with self._lock:
            self._readers[event] = asyncio.get_running_loop()
        try:
            yield event
        finally:
            with self._lock:
                del self._readers[event]

    @property
    def readers(self) -> int:
        """How many wait."""
        return len(self._readers)

    def end(self) -> None:
        """Let every reader go: the service stops."""
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            for event, loop in self._readers.items():
                if not loop.is_closed():
                    loop.call_soon_threadsafe(event.set)
