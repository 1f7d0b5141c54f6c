"""One job in the table of leases as whoever asked for it sees it, while the table can be used."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from prover.errors import QueueError
from prover.inputs import Job
from prover.job_state import Standing
from prover.job_text import encode, encode_proof, job_id
from prover.lease import Leases
from prover.proof import Proof

log = logging.getLogger(__name__)
WANT_SECONDS = 5
_Answer = TypeVar("_Answer")


class AskedJob:
    """A job that a proof is wanted of; a table that fails is left alone from then on."""

    def __init__(
        self, leases: Leases, circuit: str, job: Job, priority: int, patience: float
    ) -> None:
        content = encode(job)
        self.job = job
        self.name = job_id(circuit, content)
        self._leases = leases
        self._usable = True
        self._wanted = time.monotonic()
        self._tried(lambda: leases.put(circuit, content, priority, patience))
        self._said = leases.now()

    def look(self) -> Standing | None:
        """Return where the job stands, None if the table cannot tell; say that it is wanted."""
        if time.monotonic() - self._wanted > WANT_SECONDS:
            self._wanted = time.monotonic()
            self._tried(lambda: self._leases.want(self.name))
            self._said = self._leases.now()
        return self._tried(lambda: self._leases.look(self.name))

    def accept(self, token: str) -> None:
        """Say that what came with a lease's token is a proof."""
        self._tried(lambda: self._leases.accept(self.name, token))

    def reject(self, token: str, reason: str) -> None:
        """Say that it is none."""
        self._tried(lambda: self._leases.reject(self.name, token, reason))

    def take(self) -> None:
        """Take it from the workers."""
        self._tried(lambda: self._leases.take(self.name))

    def finish(self, proof: Proof) -> None:
        """Leave a proof that is not a worker's for whoever asks again."""
        self._tried(lambda: self._leases.finish(self.name, encode_proof(proof)))

    def unwant(self) -> None:
        """Say that this asker waits no more: the same job may be another's since."""
        self._tried(lambda: self._leases.unwant(self.name, self._said))

    def _tried(self, action: Callable[[], _Answer]) -> _Answer | None:
        if not self._usable:
            return None
        try:
            return action()
        except QueueError as error:
            log.warning("proving here, for the queue of jobs cannot be used: %s", error)
            self._usable = False
            return None
