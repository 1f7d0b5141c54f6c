"""A table of leases for tests: a clock that is set, and what is asked of the table most often."""

from __future__ import annotations

from prover.job_state import Lease, Standing, State, Terms
from prover.lease import Leases

CIRCUIT, OTHER = "c1" * 32, "c2" * 32
TERMS = Terms(lease=300, silence=20, wanted=60, kept=3600, failures=3)


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def claimed(leases: Leases, holder: str, *circuits: str) -> Lease:
    lease = leases.claim(holder, circuits or (CIRCUIT,))
    assert lease is not None
    return lease


def looked(leases: Leases, job: str) -> Standing:
    standing = leases.look(job)
    assert standing is not None
    return standing


def state(leases: Leases, job: str) -> State:
    return looked(leases, job).state
