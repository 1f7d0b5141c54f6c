"""A queue of jobs for tests: holders, workers in threads, provers that cannot or lie."""

from __future__ import annotations

import threading

import httpx

from prover.job_state import State
from prover.job_text import (
    circuit_id,
)
from prover.lease import Leases
from prover.proof import Proof
from prover.prover import Provable, Prover
from prover.remote import RemoteQueue
from prover.shared import SharedProver
from prover.worker import Worker

TOKENS = {"ada": "a" * 32, "bob": "b" * 32}
OTHER = "0f" * 32
"""The name of a circuit that nobody holds."""
PATIENCE = 120
"""Seconds; a proof takes under a second with the native core and half a minute without."""


def remote(url: str, holder: str = "ada") -> RemoteQueue:
    return RemoteQueue(url, TOKENS[holder])


class Running:
    """A worker in a thread."""

    def __init__(self, queue: RemoteQueue, *provers: Prover) -> None:
        self.said: list[str] = []
        self.stop = threading.Event()
        held = {circuit_id(one): one for one in provers}
        worker = Worker(queue, held, self.said.append)
        self.thread = threading.Thread(target=worker.run, args=(self.stop,))

    def __enter__(self) -> Running:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


def shared(leases: Leases, local: Prover, patience: float = PATIENCE) -> SharedProver:
    return SharedProver(leases, local, threading.Event(), patience=patience)


class Unable(Prover):
    """Verifies, and has to be helped: whatever it is asked to prove is a fault of the test."""

    def __init__(self, whole: Prover) -> None:
        self.__dict__.update(whole.__dict__)
        self.timing = None

    def prove(self, job: Provable) -> Proof:
        raise AssertionError("a worker has to prove this")


class Liar(Unable):
    """Answers every job with the proof of one."""

    answer: Proof

    def prove(self, job: Provable) -> Proof:
        return self.answer


def until_seen(leases: Leases, circuit: str, stop: threading.Event) -> None:
    """Wait until a worker asked for the circuit."""
    name = leases.put(circuit, b"{}", 99)
    while True:
        standing = leases.look(name)
        assert standing is not None
        if standing.helpers or standing.state != State.WAITING:
            break
        assert not stop.wait(0.02)
    leases.finish(name, b"")


def post(url: str, what: str, body: bytes, token: str | None = TOKENS["ada"]) -> httpx.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.post(f"{url}/jobs/{what}", content=body, headers=headers)
