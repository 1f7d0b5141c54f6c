"""Sets close on the beat, whoever waits or not, in every life of the operator."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from matcher.rhythm import Rhythm
from tests.matcher.one_process import FakeClock
from tests.matcher.test_order_states import Traded
from undertow.chain.contracts import Close

BEAT = 10


class Beaten(Traded):
    """A venue with a rhythm, and the moments of its closes."""

    def __init__(self, folder: Path, *, quiet: float = 0.0) -> None:
        super().__init__(folder)
        self.quiet = quiet
        self.closes: list[float] = []
        self._close = self.venue.chain.close
        self.venue.chain.close = self._closed  # type: ignore[method-assign]
        self.set_rhythm()

    def set_rhythm(self) -> None:
        clock = self.venue.clock
        self.venue.operator.pipeline.rhythm = Rhythm(clock, BEAT, self.quiet)

    def _closed(self, close: Close) -> None:
        self.closes.append(self.venue.clock.monotonic())
        self._close(close)

    def pass_by(self, seconds: float) -> None:
        """Let time pass; every set has its price at once."""
        end = self.venue.clock.monotonic() + seconds
        while self.venue.clock.monotonic() < end:
            if self.venue.chain.pending:
                self.settle()
            self.steps(1)


def moments(closes: list[float]) -> list[float]:
    return [round(moment - moment % BEAT) for moment in closes]


def test_closes_tell_nothing_of_orders(tmp_path: Path) -> None:
    idle, busy = Beaten(tmp_path / "1"), Beaten(tmp_path / "2")
    start = idle.venue.clock.monotonic()
    busy.venue.clock.wait(threading.Event(), start - busy.venue.clock.monotonic())
    idle.pass_by(20 * BEAT)
    trader = busy.venue.traders[0]
    for lots in range(1, 5):
        busy.send(trader, lots, 1.01)
        busy.pass_by(5 * BEAT)
    for one in (idle, busy):
        steps = [b - a for a, b in zip(moments(one.closes), moments(one.closes)[1:], strict=False)]
        assert set(steps) == {BEAT}
        assert len(one.closes) >= 19
    assert all(one.closes for one in (idle, busy))
    assert busy.venue.operator.state.accounts[trader.account].positions[0]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path) -> None:
    for name in ("1", "2"):
        (tmp_path / name).mkdir()


def test_a_restart_moves_no_beat(tmp_path: Path) -> None:
    venue = Beaten(tmp_path)
    venue.pass_by(3.5 * BEAT)
    before = len(venue.closes)
    venue.reborn()
    venue.set_rhythm()
    venue.pass_by(3 * BEAT)
    assert len(venue.closes) > before >= 2
    steps = [b - a for a, b in zip(moments(venue.closes), moments(venue.closes)[1:], strict=False)]
    assert set(steps) == {BEAT}


def test_a_quiet_venue_rests_until_somebody_comes(tmp_path: Path) -> None:
    venue = Beaten(tmp_path, quiet=5 * BEAT)
    venue.pass_by(10 * BEAT)
    rested = len(venue.closes)
    assert 4 <= rested <= 6
    venue.pass_by(10 * BEAT)
    assert len(venue.closes) == rested
    venue.send(venue.venue.traders[0], 1, 1.01)
    venue.pass_by(2 * BEAT)
    assert len(venue.closes) > rested


def test_beats_wait_while_sets_are_unpriced(tmp_path: Path) -> None:
    venue = Beaten(tmp_path)
    venue.steps(20 * BEAT)
    assert len(venue.venue.chain.pending) == 3
    venue.send(venue.venue.traders[0], 1, 1.01)
    venue.pass_by(8 * BEAT)
    assert not venue.venue.operator.ahead.tip.book.waiting


def test_without_a_rhythm_nothing_is_due() -> None:
    clock = FakeClock(lambda: None)
    rhythm = Rhythm(clock)
    assert not rhythm.is_kept
    assert not rhythm.is_due()
    kept = Rhythm(clock, BEAT)
    assert not kept.is_due()
    clock.wait(threading.Event(), BEAT)
    assert kept.is_due()
    kept.end()
    assert not kept.is_due()
