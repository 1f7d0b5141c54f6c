"""A prover that pulls: claim, prove, hand in, until told to stop.

Whatever the queue answers, the worker goes on. Told to stop, it finishes what is nearly done, or
gives its lease back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future

from prover.errors import JobTextError, QueueError
from prover.inputs import Job
from prover.proof import Proof
from prover.prover import Prover
from prover.remote import Claimed, RemoteQueue

POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 4.0
FINISH_SECONDS = 5.0
"""How long a proof may still take once the worker is told to stop."""
HAND_IN_TRIES = 4
BACKOFF_SECONDS = (0.5, 1, 2, 4, 8, 15)


def backoff(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row."""
    return BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS)) - 1]


class Worker:
    """Serves one queue with the circuits that it holds."""

    def __init__(
        self, queue: RemoteQueue, provers: Mapping[str, Prover], report: Callable[[str], None]
    ) -> None:
        """``provers`` are by the names of their circuits (`prover.job_text.circuit_id`)."""
        self._queue = queue
        self._provers = provers
        self._report = report

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        failures = 0
        while not stop.is_set():
            try:
                held = self._queue.claim(list(self._provers))
            except QueueError as error:
                self._report(str(error))
                failures += 1
                stop.wait(backoff(failures))
                continue
            if held is None:
                failures = 0
                stop.wait(POLL_SECONDS)
            elif self._serve(held, stop):
                failures = 0
            else:
                failures += 1
                stop.wait(backoff(failures))

    def _serve(self, held: Claimed, stop: threading.Event) -> bool:
        """Work on a job; return whether the queue's answer was one for this worker."""
        prover = self._provers.get(held.circuit)
        if prover is None:
            # Not asked for; no failure of the job.
            self._report(f"the queue gave a job of {held.circuit[:16]}, which is not held here")
            self._give_back(held)
            return False
        try:
            job = held.decoded()
        except JobTextError as error:
            reason = str(error)
            self._report(reason)
            self._tell(lambda: self._queue.failure(held, reason), stop)
            return False
        self._work(held, prover, job, stop)
        return True

    def _work(self, held: Claimed, prover: Prover, job: Job, stop: threading.Event) -> None:
        started = time.monotonic()
        proof = _started(prover, job)
        if not self._wait(held, proof, stop):
            self._give_back(held)
            self._report(f"job {held.job[:16]} given back: told to stop")
            return
        error = proof.exception()
        if error is None:
            stood = self._tell(lambda: self._queue.result(held, proof.result()), stop)
            took = f"{time.monotonic() - started:.1f} s"
            self._report(f"job {held.job[:16]}: {took}{'' if stood else ', and it was too late'}")
        else:
            reason = f"{type(error).__name__}: {error}"
            self._report(f"job {held.job[:16]} failed: {reason}")
            self._tell(lambda: self._queue.failure(held, reason), stop)

    def _wait(self, held: Claimed, proof: Future[Proof], stop: threading.Event) -> bool:
        """Give signs of life until there is an outcome; False if told to stop before."""
        done = threading.Event()
        proof.add_done_callback(lambda _: done.set())
        beat = time.monotonic()
        while not done.wait(0.05):
            if stop.is_set():
                return done.wait(FINISH_SECONDS)
            if time.monotonic() - beat >= HEARTBEAT_SECONDS:
                beat = time.monotonic()
                try:
                    # A lease that was lost changes nothing here: one proof is made at a time.
                    self._queue.heartbeat(held)
                except QueueError as error:
                    self._report(str(error))
        return True

    def _tell(self, tell: Callable[[], bool], stop: threading.Event) -> bool:
        """Say something that must not be lost; return whether the lease stood."""
        for attempt in range(HAND_IN_TRIES):
            try:
                return tell()
            except QueueError as error:
                self._report(str(error))
                if attempt + 1 < HAND_IN_TRIES:
                    stop.wait(backoff(attempt + 1))
        return False

    def _give_back(self, held: Claimed) -> None:
        try:
            self._queue.release(held)
        except QueueError as error:
            # Its lease ends by itself.
            self._report(str(error))


def _started(prover: Prover, job: Job) -> Future[Proof]:
    """Begin a proof beside the heartbeats.

    The thread outlives a worker that is told to stop: native code cannot be interrupted, and the
    process ends once it returns.
    """
    proof: Future[Proof] = Future()

    def work() -> None:
        try:
            proof.set_result(prover.prove(job))
        except BaseException as error:
            # Out of memory as well: the worker says so, and goes on.
            proof.set_exception(error)

    threading.Thread(target=work, name="proof").start()
    return proof
