"""Provers at work beside the loop: one job at a time for each, in the order in which they came."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from queue import SimpleQueue

from matcher.outside import JobProver, Proved
from prover.inputs import Job

_Task = tuple[Job, "Future[Proved]"]


class ThreadProofs:
    """A thread for each prover; a process that ends does not wait for them."""

    def __init__(self) -> None:
        self._queues: dict[JobProver, SimpleQueue[_Task]] = {}

    def start(self, prover: JobProver, job: Job) -> Future[Proved]:
        """See `Proofs.start`; a future that is cancelled before its turn costs nothing."""
        if prover not in self._queues:
            self._queues[prover] = SimpleQueue()
            arguments = (prover, self._queues[prover])
            threading.Thread(target=_work, args=arguments, name="proofs", daemon=True).start()
        future: Future[Proved] = Future()
        self._queues[prover].put((job, future))
        return future


def _work(prover: JobProver, tasks: SimpleQueue[_Task]) -> None:
    while True:
        job, future = tasks.get()
        if not future.set_running_or_notify_cancel():
            continue
        try:
            proof = prover.prove(job)
            future.set_result(Proved(proof, prover.timing))
        except BaseException as error:  # the loop decides what it means
            future.set_exception(error)
