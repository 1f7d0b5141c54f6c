"""A node between an operator and its chain that is ill in ways drawn from a seed."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import httpx

from tests.chain.lies import ILL
from venue.bench.memory_node import served

RATE = 0.02
"""Of requests that meet a fault."""
DELAY_SECONDS = 0.3

Answer = tuple[int, bytes] | None


class FaultyNode:
    """Forwards requests; drops, delays, duplicates, repeats old answers, makes up others.

    The chain's id is always told as it is: another one ends the operator, and rightly so.
    """

    def __init__(self, target: str, seed: int, rate: float = RATE) -> None:
        self.rate = rate
        self.met: Counter[str] = Counter()
        self._http = httpx.Client(base_url=target, timeout=30)
        self._random, self._lock = Random(seed), threading.Lock()
        self._old: dict[str, Answer] = {}
        self._faults: dict[str, Callable[[dict[str, Any]], Answer]] = {
            "dropped before": lambda asked: None,
            "dropped after": self._dropped,
            "delayed": self._delayed,
            "duplicated": self._duplicated,
            "stale": self._stale,
            "no logs": self._no_logs,
            "garbage": self._garbage,
        }

    def answer(self, asked: dict[str, Any]) -> Answer:
        """Return what the operator gets for a request."""
        with self._lock:
            ill = asked["method"] != "eth_chainId" and self._random.random() < self.rate
            name = self._random.choice(list(self._faults)) if ill else ""
        if name == "no logs" and asked["method"] != "eth_getLogs":
            name = "garbage"
        if not name:
            return self._forward(asked)
        self.met[name] += 1
        return self._faults[name](asked)

    def _forward(self, asked: dict[str, Any]) -> Answer:
        answer = self._http.post("/", json=asked)
        found = answer.status_code, answer.content
        with self._lock:
            self._old[_key(asked)] = found
        return found

    def _dropped(self, asked: dict[str, Any]) -> Answer:
        self._forward(asked)
        return None

    def _delayed(self, asked: dict[str, Any]) -> Answer:
        time.sleep(DELAY_SECONDS)
        return self._forward(asked)

    def _duplicated(self, asked: dict[str, Any]) -> Answer:
        self._forward(asked)
        return self._forward(asked)

    def _stale(self, asked: dict[str, Any]) -> Answer:
        with self._lock:
            old = self._old.get(_key(asked))
        if old is None:
            return self._forward(asked)
        body = {**json.loads(old[1]), "id": asked["id"]}
        return old[0], json.dumps(body).encode()

    def _no_logs(self, asked: dict[str, Any]) -> Answer:
        return 200, json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": []}).encode()

    def _garbage(self, asked: dict[str, Any]) -> Answer:
        with self._lock:
            lie = self._random.choice(list(ILL.values()))
        return lie(asked, "0x")

    def close(self) -> None:
        """Close the connections to the chain."""
        self._http.close()


@contextmanager
def faulty_node(target: str, seed: int, rate: float = RATE) -> Iterator[tuple[str, FaultyNode]]:
    """Serve such a node while the `with` block runs; gives its address and itself."""
    node = FaultyNode(target, seed, rate)
    with served(node.answer) as url:
        yield url, node
    node.close()


def _key(asked: dict[str, Any]) -> str:
    return json.dumps([asked["method"], asked["params"]])
