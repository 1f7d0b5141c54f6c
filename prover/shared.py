"""A prover that shares its jobs with workers, and proves itself what they do not prove in time."""

from __future__ import annotations

import logging
import threading
import time

from prover.asked import AskedJob
from prover.errors import InvalidProofError, StoppedError
from prover.inputs import Job
from prover.job_state import Standing, State
from prover.job_text import circuit_id, decode_proof
from prover.lease import Leases
from prover.line import Line
from prover.proof import Proof
from prover.prover import Prover, Timing

log = logging.getLogger(__name__)
AT_ONCE = 16
"""Jobs that may be under way, each in a thread of whoever asks: so many workers can help."""
POLL_SECONDS = 0.1
"""Between two looks at the job that is waited for; at the others it looks less often."""
LATER_POLL_SECONDS = 0.5


class _Last(threading.local):
    """What a thread's last proof took."""

    timing: Timing | None = None


class SharedProver:
    """Asks the table first, then its own key: with no worker at all a venue goes on.

    Several threads may ask at the same time: workers prove their jobs side by side.
    """

    def __init__(
        self,
        leases: Leases,
        local: Prover,
        stop: threading.Event,
        *,
        patience: float,
        priority: int = 0,
    ) -> None:
        """``local`` verifies what comes back: a worker is not trusted.

        ``patience`` is how many seconds each worker has, and all of them together for the job that
        came first; ``stop`` ends every wait.
        """
        self._leases = leases
        self._local = local
        self._stop = stop
        self._patience = patience
        self._priority = priority
        self._circuit = circuit_id(local)
        self._line = Line()
        self._last = _Last()

    @property
    def constraints(self) -> int:
        """How many constraints the circuit has."""
        return self._local.constraints

    @property
    def timing(self) -> Timing | None:
        """Seconds that the calling thread's last proof took, None before the first."""
        return self._last.timing

    def prove(self, job: Job, given_up: threading.Event | None = None) -> Proof:
        """Return a verified proof of the job; ``given_up`` says that nobody waits any more.

        Raises:
            StatementError: nothing can prove it.
            InvalidProofError: nor did this process's own key.
            StoppedError: told to stop, or given up, before there was a proof.
        """
        started = time.perf_counter()
        place = self._line.join()
        try:
            asked = AskedJob(self._leases, self._circuit, job, self._priority, self._patience)
            proof = self._awaited(asked, place, given_up or threading.Event())
            if proof is None:
                return self._proved_here(asked)
        finally:
            self._line.leave(place)
        self._last.timing = Timing(0, 0, time.perf_counter() - started, 0)
        return proof

    def _awaited(self, asked: AskedJob, place: int, given_up: threading.Event) -> Proof | None:
        """Return a worker's proof; None once there is none to wait for and the own key is free."""
        while True:
            if given_up.is_set():
                asked.unwant()
                raise StoppedError("nobody waits for the proof any more")
            standing = asked.look()
            proof = self._verified(asked, standing)
            if proof is not None:
                return proof
            if self._stop.is_set():
                raise StoppedError("told to stop while workers had the job")
            waited = self._line.first_for(place)
            here = waited > self._patience or not _is_hopeful(standing)
            if self._line.take_key(place, here):
                state = standing.state if standing else "alone"
                log.info("proving job %s here: %s", asked.name[:16], state)
                return None
            self._stop.wait(POLL_SECONDS if waited else LATER_POLL_SECONDS)

    def _verified(self, asked: AskedJob, standing: Standing | None) -> Proof | None:
        """Return what was handed in, if it is a proof of the job."""
        if standing is None or standing.proof is None:
            return None
        try:
            proof = decode_proof(standing.proof)
            self._local.accept(asked.job, proof)
        except InvalidProofError as error:
            log.warning("job %s: a worker sent no proof of it: %s", asked.name[:16], error)
            if standing.token is not None:
                asked.reject(standing.token, str(error))
            return None
        if standing.token is not None:
            asked.accept(standing.token)
        return proof

    def _proved_here(self, asked: AskedJob) -> Proof:
        asked.take()
        proof = self._local.prove(asked.job)
        self._last.timing = self._local.timing
        asked.finish(proof)
        return proof


def _is_hopeful(standing: Standing | None) -> bool:
    """Return whether a worker has a job, or may be expected to come for it."""
    if standing is None:
        return False
    in_hand = standing.state in (State.LEASED, State.ANSWERED)
    return in_hand or (standing.state == State.WAITING and standing.helpers > 0)
