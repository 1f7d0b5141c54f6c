"""A worker in a process of its own: `worker_process.py URL CIRCUIT [SECONDS]`.

With SECONDS each proof takes that much longer: time to be killed at work. It says `at work` then.
"""

from __future__ import annotations

import os
import sys
import time

import prover.worker
from prover.artifacts import build
from prover.job_text import circuit_id
from prover.proof import Proof
from prover.prover import Provable, Prover
from prover.remote import RemoteQueue
from prover.worker import Worker
from venue.command.options import stop_on_signal


class Slow(Prover):
    seconds = 0.0

    def prove(self, job: Provable) -> Proof:
        print("at work", flush=True)
        time.sleep(self.seconds)
        return super().prove(job)


def main(url: str, circuit: str, seconds: str = "0") -> None:
    stop = stop_on_signal()
    prover.worker.FINISH_SECONDS = prover.worker.HEARTBEAT_SECONDS = 0.5
    slow = Slow(build(circuit, lambda text: None))
    slow.seconds = float(seconds)
    queue = RemoteQueue(url, os.environ["UNDERTOW_PROVER_TOKEN"])
    print("ready", flush=True)
    Worker(queue, {circuit_id(slow): slow}, lambda text: print(text, flush=True)).run(stop)
    print("stopped", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
