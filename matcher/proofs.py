"""Provers at work beside the loop: each as many jobs at a time as it can share out, in order."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue

from matcher.outside import JobProver, Proved
from prover.inputs import Job
from prover.proof import Proof
from prover.shared import AT_ONCE, SharedProver


class _Asked(Future[Proved]):
    """A proof that is asked for; once it is cancelled, workers elsewhere do not begin it either."""

    def __init__(self) -> None:
        super().__init__()
        self.given_up = threading.Event()

    def cancel(self) -> bool:
        self.given_up.set()
        return super().cancel()


@dataclass(slots=True)
class _Threads:
    """Those of one prover, and what waits for them."""

    tasks: SimpleQueue[tuple[Job, _Asked]] = field(default_factory=SimpleQueue)
    count: int = 0


class ThreadProofs:
    """Threads for each prover; a process that ends does not wait for them.

    What shares its jobs has one for each that may be under way, another prover has one.
    """

    def __init__(self) -> None:
        self._threads: dict[JobProver, _Threads] = {}

    def start(self, prover: JobProver, job: Job) -> Future[Proved]:
        """See `Proofs.start`; a future that is cancelled before its turn costs nothing."""
        threads = self._threads.setdefault(prover, _Threads())
        if threads.count < (AT_ONCE if isinstance(prover, SharedProver) else 1):
            threads.count += 1
            arguments = (prover, threads.tasks)
            threading.Thread(target=_work, args=arguments, name="proofs", daemon=True).start()
        future = _Asked()
        threads.tasks.put((job, future))
        return future


def _work(prover: JobProver, tasks: SimpleQueue[tuple[Job, _Asked]]) -> None:
    while True:
        job, future = tasks.get()
        if not future.set_running_or_notify_cancel():
            continue
        try:
            proof = _proof(prover, job, future.given_up)
            future.set_result(Proved(proof, prover.timing))
        except BaseException as error:  # the loop decides what it means
            future.set_exception(error)


def _proof(prover: JobProver, job: Job, given_up: threading.Event) -> Proof:
    if isinstance(prover, SharedProver):
        return prover.prove(job, given_up)
    return prover.prove(job)
