"""When a round of prices may follow another."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from undertow.chain.reporter import next_time


@dataclass
class Contracts:
    """A chain's time and the times of its oracle's rounds."""

    newest: int
    rounds: list[int] = field(default_factory=list)

    @property
    def chain(self) -> Any:
        return SimpleNamespace(time=self.newest)

    def latest_round(self) -> int:
        return len(self.rounds)

    def round(self, number: int) -> Any:
        return SimpleNamespace(time=self.rounds[number - 1])


@pytest.mark.parametrize(
    ("newest", "rounds", "expected", "waited"),
    [(100, [], 100, 0), (100, [90, 99], 100, 0), (100, [90, 100], 101, 1)],
)
def test_a_round_is_later_than_the_last_and_never_in_the_future(
    monkeypatch: pytest.MonkeyPatch, newest: int, rounds: list[int], expected: int, waited: int
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    assert next_time(Contracts(newest, rounds)) == expected  # type: ignore[arg-type]
    assert sum(slept) == waited
