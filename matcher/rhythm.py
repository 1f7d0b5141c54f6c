"""Sets close at a fixed rhythm, whether anything waits or not: so that one closes tells nothing."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.outside import Clock

RHYTHM_SECONDS = 12.0
"""Default time from close to close: a block of the slowest chain that a venue is meant for."""


@dataclass(slots=True)
class Rhythm:
    """Beats lie at whole multiples of the interval, so that no restart moves them.

    After a while without an order the rhythm may rest, where the operator would not pay for batches
    in which nothing happens; then the first close tells that somebody came.
    """

    clock: Clock
    seconds: float = 0.0
    """From beat to beat; 0: there is no rhythm, and sets close when something waits."""
    quiet_seconds: float = 0.0
    """Without an order, after which the rhythm rests until the next one; 0: it never does."""
    _closed: int | None = None
    """The last beat at which a set was closed, or before which the matcher was not there."""
    _orders: int = -1
    _since: float = 0.0
    """When there was an order last."""

    @property
    def is_kept(self) -> bool:
        """Whether there is a rhythm at all."""
        return self.seconds > 0

    def is_due(self) -> bool:
        """Return whether a beat has come since the last close."""
        if self._closed is None:
            self._closed = self._beat()
        return self._beat() > self._closed

    def rests(self, orders: int) -> bool:
        """Return whether the rhythm rests, where so many orders have come in all."""
        now = self.clock.monotonic()
        if orders != self._orders:
            self._orders, self._since = orders, now
        return bool(self.quiet_seconds) and now - self._since >= self.quiet_seconds

    def end(self) -> None:
        """Wait for the next beat: a set was written down."""
        self._closed = self._beat()

    def _beat(self) -> int:
        return int(self.clock.time_ms() // (self.seconds * 1_000)) if self.is_kept else 0
