"""Jobs of one circuit that are under way at the same time, in the order in which they came."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Line:
    """Who is first, since when, and who has the one key that is at hand.

    The first is what a venue waits for. So only the first can be late, and of those that want the
    key the first has it: one proof at a time takes all that a processor has.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._places: set[int] = set()
        self._wanting: set[int] = set()
        self._key: int | None = None
        self._next = 0
        self._first_since = 0.0

    def join(self) -> int:
        """Return a place at the end."""
        with self._lock:
            place, self._next = self._next, self._next + 1
            if not self._places:
                self._first_since = self._clock()
            self._places.add(place)
            return place

    def leave(self, place: int) -> None:
        """Give up a place, and the key if it has it."""
        with self._lock:
            if place == min(self._places):
                self._first_since = self._clock()
            self._places.discard(place)
            self._wanting.discard(place)
            if self._key == place:
                self._key = None

    def first_for(self, place: int) -> float:
        """Return for how many seconds a place has been the first; 0 if it is not."""
        with self._lock:
            return self._clock() - self._first_since if place == min(self._places) else 0.0

    def take_key(self, place: int, wants: bool) -> bool:
        """Return whether a place that wants the key has it now."""
        with self._lock:
            if not wants:
                self._wanting.discard(place)
                return False
            self._wanting.add(place)
            if self._key is None and place == min(self._wanting):
                self._key = place
                self._wanting.discard(place)
            return self._key == place
