"""A worker and a hostile service: whatever it answers, the worker goes on."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator

import httpx
import pytest

from prover.errors import JobTextError, QueueError
from prover.job_text import (
    circuit_id,
    decode,
    encode,
)
from prover.proof import Proof
from prover.prover import Prover
from prover.remote import Claimed, RemoteQueue
from tests.circuits.runs import RUNS, job
from tests.prover.queueing import (
    OTHER,
    PATIENCE,
    Running,
)


@pytest.mark.parametrize(
    "url", ["http://example.org", "http://10.0.0.1", "ftp://localhost", "localhost", "", "http://["]
)
def test_no_token_is_sent_in_the_clear(url: str) -> None:
    with pytest.raises(QueueError, match=r"https://|no address"):
        RemoteQueue(url, "token")
    for good in ("https://example.org", "http://localhost:1", "http://127.0.0.1:1", "http://[::1]"):
        RemoteQueue(good, "token")


GARBAGE = [
    httpx.Response(200, content=b"<html>"),
    httpx.Response(200, content=b""),
    httpx.Response(200, json={"job": 1, "circuit": 2, "token": 3, "content": 4}),
    httpx.Response(200, json={"job": "\x1b", "circuit": OTHER, "token": "y", "content": {}}),
    httpx.Response(200, json={"job": "d", "circuit": OTHER, "token": "e", "content": {}}),
    httpx.Response(200, json=[]),
    httpx.Response(200, content=b"[" * 100_000),
    httpx.Response(302, headers={"Location": "http://example.org/"}),
    httpx.Response(401, json={"code": "UNKNOWN_TOKEN"}),
    httpx.Response(409),
    httpx.Response(500, content=b"\x1b[2J"),
    httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip")),
]


def test_a_worker_survives_every_answer(prover: Prover, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then a good job comes, and is proved."""
    monkeypatch.setattr("prover.worker.BACKOFF_SECONDS", (0.01,))
    monkeypatch.setattr("prover.worker.POLL_SECONDS", 0.01)
    wanted, circuit = job(RUNS[0]), circuit_id(prover)
    content = json.loads(encode(wanted))
    held = {"job": "1" * 64, "circuit": circuit, "token": "2" * 32}
    broken: list[object] = [
        *(None, 1, [], {}, {"words": ["x"], "signals": [], "inputs": {}}),
        {"words": ["1" * 10_000], "signals": ["1", "2", "3"], "inputs": {}},
        {"words": [], "signals": ["1", "2", "3"], "inputs": []},
        {"words": [], "signals": ["1", "2", "3"], "inputs": {"a": [[[["x"]]]]}},
    ]
    answers: Iterator[httpx.Response | Exception] = iter(
        [
            *GARBAGE,
            httpx.ConnectError("refused"),
            httpx.ReadTimeout("slow"),
            httpx.RemoteProtocolError("cut"),
            *(httpx.Response(200, json={**held, "content": value}) for value in broken),
            httpx.Response(200, json={**held, "content": content}),
        ]
    )
    told: list[tuple[str, dict[str, str]]] = []
    done = threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        what = request.url.path.split("/")[-1]
        if what != "claim":
            told.append((what, json.loads(request.content)))
            if what == "result":
                done.set()
            return httpx.Response(204)
        given = next(answers, httpx.Response(204))
        if isinstance(given, Exception):
            raise given
        return given

    queue = RemoteQueue("https://queue", "token", httpx.MockTransport(answer))
    with Running(queue, prover) as worker:
        assert done.wait(PATIENCE)
    failed = [fields["reason"] for what, fields in told if what == "failure"]
    assert len(failed) == len(broken)
    assert all(reason.startswith("no job: ") for reason in failed)
    # The one of a circuit that it does not hold was given back.
    assert [fields["job"] for what, fields in told if what == "release"] == ["d"]
    (result,) = [fields for what, fields in told if what == "result"]
    prover.accept(wanted, Proof.from_json(json.loads(result["proof"])))
    assert "\x1b" not in "".join(worker.said)


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.remote.LARGEST_JOB", 1000)
    endless = httpx.MockTransport(lambda _: httpx.Response(200, content=b" " * 1001))
    queue = RemoteQueue("https://queue", "token", endless)
    with pytest.raises(QueueError, match="more than 1000 bytes"):
        queue.claim([OTHER])


def test_a_job_is_the_same_after_its_way() -> None:
    for run in RUNS[:2]:
        wanted = job(run)
        again = decode(json.loads(encode(wanted)))
        assert encode(again) == encode(wanted)
        assert (again.words, again.signals) == (wanted.words, wanted.signals)
    with pytest.raises(JobTextError):
        Claimed("", "", "", {"words": None}).decoded()


def test_a_result_is_handed_in_though_the_service_was_away(
    prover: Prover, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prover.worker.BACKOFF_SECONDS", (0.01,))
    circuit, done = circuit_id(prover), threading.Event()
    content = json.loads(encode(job(RUNS[0])))
    given = {"job": "1" * 64, "circuit": circuit, "token": "2" * 32, "content": content}
    away: list[httpx.Response | Exception] = [httpx.ConnectError("away"), httpx.Response(503)]
    results = iter([*away, httpx.Response(204)])
    claims = iter([httpx.Response(200, json=given)])

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/jobs/claim":
            return next(claims, httpx.Response(204))
        if request.url.path == "/jobs/heartbeat":
            raise httpx.ConnectError("away")
        got = next(results)
        if isinstance(got, Exception):
            raise got
        if got.status_code == http.client.NO_CONTENT:
            done.set()
        return got

    with Running(RemoteQueue("https://queue", "token", httpx.MockTransport(answer)), prover):
        assert done.wait(PATIENCE)
