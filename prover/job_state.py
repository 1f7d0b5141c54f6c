"""Where a job of the queue stands, and by what terms its leases go."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    LEASED = "leased"
    ANSWERED = "answered"
    DONE = "done"
    QUARANTINED = "quarantined"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Seconds and counts that leases go by."""

    lease: float = 300
    """A holder has this long, or as long as whoever wants the proof waits for it."""
    silence: float = 20
    """One that gave no sign of life for so long has lost its lease."""
    wanted: float = 60
    """A job that nobody asked about for so long is not proved."""
    kept: float = 3600
    """One that nobody asked about for so long is deleted."""
    failures: int = 3
    """So many holders that failed put a job into quarantine."""
    asks: float = 5
    """A holder without a job that did not ask for one for so long is not counted on."""
    comes: float = 1
    """One that is counted on asks at least as often."""
    rest: float = 4
    """A holder that let a job wait rests so many times as long, twice as long each time."""
    longest_rest: float = 3600
    forgiven: float = 3600
    """After so long a time counts no more."""
    remembered: float = 86_400
    """One that was not seen for so long is forgotten."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A job in one holder's hands."""

    job: str
    circuit: str
    token: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """A job as whoever waits for it sees it."""

    state: State
    token: str | None
    proof: bytes | None
    helpers: int
    """Provers that hold the circuit, ask or work, do not rest, and did not fail at this job."""
