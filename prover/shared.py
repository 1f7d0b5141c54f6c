"""A prover that shares its jobs with workers, and proves itself what they do not prove in time."""

from __future__ import annotations

import logging
import threading
import time

from prover.errors import InvalidProofError, QueueError, StoppedError
from prover.inputs import Job
from prover.job_state import Standing, State
from prover.job_text import circuit_id, decode_proof, encode, encode_proof, job_id
from prover.lease import Leases
from prover.proof import Proof
from prover.prover import Prover, Timing

log = logging.getLogger(__name__)
POLL_SECONDS = 0.1
WANT_SECONDS = 5


class SharedProver:
    """Asks the table first, then its own key: with no worker at all a venue goes on."""

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

        ``patience`` is how many seconds workers have; ``stop`` ends every wait.
        """
        self._leases = leases
        self._local = local
        self._stop = stop
        self._patience = patience
        self._priority = priority
        self._circuit = circuit_id(local)
        self.timing: Timing | None = None

    @property
    def constraints(self) -> int:
        """How many constraints the circuit has."""
        return self._local.constraints

    def prove(self, job: Job) -> Proof:
        """Return a verified proof of the job.

        Raises:
            StatementError: nothing can prove it.
            InvalidProofError: nor did this process's own key.
            StoppedError: told to stop before there was a proof.
        """
        started = time.perf_counter()
        content = encode(job)
        name = job_id(self._circuit, content)
        proof = self._from_worker(name, content, job)
        if proof is not None:
            self.timing = Timing(0, 0, time.perf_counter() - started, 0)
            return proof
        if self._stop.is_set():
            raise StoppedError("told to stop before there was a proof")
        proof = self._local.prove(job)
        self.timing = self._local.timing
        try:
            self._leases.finish(name, encode_proof(proof))
        except QueueError as error:
            log.warning("%s", error)
        return proof

    def _from_worker(self, name: str, content: bytes, job: Job) -> Proof | None:
        """Return a worker's proof, None where there is none to wait for."""
        try:
            self._leases.put(self._circuit, content, self._priority)
            return self._awaited(name, job)
        except QueueError as error:
            log.warning("proving here, for the queue of jobs cannot be used: %s", error)
            return None

    def _awaited(self, name: str, job: Job) -> Proof | None:
        until = time.monotonic() + self._patience
        wanted = time.monotonic() + WANT_SECONDS
        while (standing := self._leases.look(name)) is not None:
            proof = self._verified(name, job, standing)
            if proof is not None:
                return proof
            in_hand = standing.state in (State.LEASED, State.ANSWERED)
            hopeful = in_hand or (standing.state == State.WAITING and standing.helpers > 0)
            now = time.monotonic()
            if not hopeful or now > until:
                log.info("proving job %s here: %s", name[:16], standing.state)
                break
            if now > wanted:
                self._leases.want(name)
                wanted = now + WANT_SECONDS
            if self._stop.wait(POLL_SECONDS):
                raise StoppedError("told to stop while workers had the job")
        return None

    def _verified(self, name: str, job: Job, standing: Standing) -> Proof | None:
        """Return what was handed in, if it is a proof of the job."""
        if standing.proof is None:
            return None
        try:
            proof = decode_proof(standing.proof)
            self._local.accept(job, proof)
        except InvalidProofError as error:
            log.warning("job %s: a worker sent no proof of it: %s", name[:16], error)
            if standing.token is not None:
                self._leases.reject(name, standing.token, str(error))
            return None
        if standing.token is not None:
            self._leases.accept(name, standing.token)
        return proof
