"""Jobs over HTTP: who is let in, what hostile requests and answers do, a worker that goes on."""

from __future__ import annotations

import http.client
import json
import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from prover.artifacts import build
from prover.database import open_database
from prover.errors import InvalidProofError, JobTextError, QueueError, StatementError, StoppedError
from prover.inputs import Job
from prover.job_state import State, Terms
from prover.job_text import (
    LARGEST_ANSWER,
    circuit_id,
    decode,
    decode_proof,
    encode,
    encode_proof,
    job_id,
)
from prover.lease import Leases
from prover.proof import Proof
from prover.prover import Prover
from prover.remote import Claimed, RemoteQueue
from prover.server import create_app, read_tokens
from prover.serving import serving
from prover.shared import SharedProver
from prover.worker import Worker
from tests.circuits.runs import RUNS, job

TOKENS = {"ada": "a" * 32, "bob": "b" * 32}
OTHER = "0f" * 32
"""The name of a circuit that nobody holds."""
PATIENCE = 120
"""Seconds; a proof takes under a second with the native core and half a minute without."""


@pytest.fixture(scope="module")
def prover() -> Prover:
    return Prover(build("requests_minimal", lambda text: None))


@pytest.fixture
def leases(tmp_path: Path) -> Iterator[Leases]:
    engine = open_database(f"sqlite:///{tmp_path}/jobs.sqlite")
    yield Leases(engine, Terms(failures=2))
    engine.dispose()


@pytest.fixture
def url(leases: Leases) -> Iterator[str]:
    with serving(create_app(leases, TOKENS)) as address:
        yield address


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

    def prove(self, job: Job) -> Proof:
        raise AssertionError("a worker has to prove this")


class Liar(Unable):
    """Answers every job with the proof of one."""

    answer: Proof

    def prove(self, job: Job) -> Proof:
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


def test_a_job_is_proved_by_a_worker(leases: Leases, url: str, prover: Prover) -> None:
    wanted = job(RUNS[0])
    asking = shared(leases, Unable(prover))
    leases.claim("bob", [circuit_id(prover)])  # Somebody who could: the job is waited for.
    with Running(remote(url), prover) as worker:
        proof = asking.prove(wanted)
    assert proof.public == tuple(wanted.signals)
    assert asking.timing is not None
    assert asking.timing.prove > 0
    assert "failed" not in "".join(worker.said)
    # Asked again, it is known.
    assert shared(leases, Unable(prover)).prove(wanted) == proof


def test_no_worker_is_waited_for_where_there_is_none(leases: Leases, prover: Prover) -> None:
    wanted = job(RUNS[0])
    asking = shared(leases, prover, patience=10_000)
    assert asking.prove(wanted).public == tuple(wanted.signals)
    assert asking.timing == prover.timing
    standing = leases.look(job_id(circuit_id(prover), encode(wanted)))
    assert standing is not None
    assert standing.state == State.DONE


def test_a_worker_without_the_circuit_is_not_waited_for(
    leases: Leases, url: str, prover: Prover
) -> None:
    """One with another preset took the job and ended the matcher before."""
    name = job_id(circuit_id(prover), encode(job(RUNS[0])))
    with Running(remote(url)) as worker:
        worker.thread.join(0.1)
        assert remote(url, "bob").claim([OTHER]) is None
        assert shared(leases, prover, patience=10_000).prove(job(RUNS[0]))
    assert leases.reasons(name) == []


def test_one_that_is_slow_is_overtaken(
    leases: Leases, prover: Prover, caplog: pytest.LogCaptureFixture
) -> None:
    wanted, circuit = job(RUNS[0]), circuit_id(prover)
    name = leases.put(circuit, encode(wanted), 0)
    lease = leases.claim("ada", [circuit])
    assert lease is not None
    asking = shared(leases, prover, patience=0.3)
    with caplog.at_level(logging.INFO):
        assert asking.prove(wanted).public == tuple(wanted.signals)
    assert f"proving job {name[:16]} here: leased" in caplog.text
    assert not leases.answer(name, lease.token, b"late")
    assert not leases.fail(name, lease.token, "late")


def test_a_wait_ends_when_told_to(leases: Leases, prover: Prover) -> None:
    wanted, circuit = job(RUNS[0]), circuit_id(prover)
    leases.put(circuit, encode(wanted), 0)
    assert leases.claim("ada", [circuit]) is not None
    stop = threading.Event()
    asking = SharedProver(leases, Unable(prover), stop, patience=10_000)
    threading.Timer(0.3, stop.set).start()
    with pytest.raises(StoppedError, match="told to stop"):
        asking.prove(wanted)


def test_a_proof_of_something_else_does_not_count(leases: Leases, url: str, prover: Prover) -> None:
    wanted, liar = job(RUNS[0]), Liar(prover)
    liar.answer = prover.prove(job(RUNS[1]))
    asking, circuit = shared(leases, Unable(prover)), circuit_id(prover)
    leases.claim("bob", [circuit])
    with Running(remote(url), liar):
        until_seen(leases, circuit, threading.Event())
        with Running(remote(url, "bob"), prover):
            assert asking.prove(wanted).public == tuple(wanted.signals)


@pytest.mark.parametrize(
    "answer",
    [b"", b"\xff", b"null", b"[]", b'{"proof":[],"public":[]}', b"[" * 100_000]
    + [json.dumps({"proof": [n] * 8, "public": [1, 2, 3]}).encode() for n in (-1, 1 << 300)],
)
def test_no_answer_ends_the_matcher(leases: Leases, prover: Prover, answer: bytes) -> None:
    wanted, circuit = job(RUNS[0]), circuit_id(prover)
    name = leases.put(circuit, encode(wanted), 0)
    for holder in ("ada", "bob"):
        lease = leases.claim(holder, [circuit])
        assert lease is not None
        assert leases.answer(name, lease.token, answer)
        if holder == "ada":
            standing = leases.look(name)
            assert standing is not None
            with pytest.raises(InvalidProofError):
                prover.accept(wanted, decode_proof(answer))
            leases.reject(name, lease.token, "no proof")
    assert shared(leases, prover, patience=10_000).prove(wanted)
    assert leases.reasons(name) == ["ada: no proof", leases.reasons(name)[1]]
    assert "bob: " in leases.reasons(name)[1]


def test_a_job_that_nothing_can_prove_says_so(leases: Leases, url: str, prover: Prover) -> None:
    nonsense = replace(job(RUNS[0]), inputs={"nonsense": 1})
    leases.claim("ada", [circuit_id(prover)])
    with (
        Running(remote(url), prover) as one,
        Running(remote(url, "bob"), prover),
        pytest.raises(StatementError, match="nonsense"),
    ):
        shared(leases, prover).prove(nonsense)
    assert one.thread.is_alive() or one.stop.is_set()
    reasons = leases.reasons(job_id(circuit_id(prover), encode(nonsense)))
    assert all("nonsense" in reason for reason in reasons)


def test_a_database_that_is_gone_does_not_stop_a_venue(
    tmp_path: Path, prover: Prover, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/jobs.sqlite")
    asking = shared(Leases(engine), prover)
    engine.dispose()
    (tmp_path / "jobs.sqlite").unlink()
    (tmp_path / "jobs.sqlite").mkdir()
    assert asking.prove(job(RUNS[0])).public == tuple(job(RUNS[0]).signals)
    assert "proving here, for the queue of jobs cannot be used" in caplog.text


# The service and strangers


def post(url: str, what: str, body: bytes, token: str | None = TOKENS["ada"]) -> httpx.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.post(f"{url}/jobs/{what}", content=body, headers=headers)


@pytest.mark.parametrize("what", ["claim", "heartbeat", "result", "failure", "release"])
def test_strangers_learn_nothing(leases: Leases, url: str, what: str) -> None:
    leases.put(OTHER, b"a secret", 0)
    good = json.dumps({"circuits": OTHER}).encode()
    right = TOKENS["ada"]
    for header in ("", "Bearer", right, f"Basic {right}", f"bearer {right}", f"Bearer {right}a"):
        answer = httpx.post(f"{url}/jobs/{what}", content=good, headers={"Authorization": header})
        assert (answer.status_code, answer.json()) == (401, {"code": "UNKNOWN_TOKEN"})
    for token in (None, "a" * 31, "A" * 32, "c" * 32):
        assert post(url, what, good, token).status_code == 401
    strange = {"Authorization": "Bearer é".encode("latin-1")}
    assert httpx.post(f"{url}/jobs/{what}", headers=strange).status_code == 401
    assert httpx.get(f"{url}/jobs/{what}").status_code == 405
    for path in ("", "/", "/docs", "/openapi.json", "/jobs"):
        assert httpx.get(f"{url}{path}").status_code == 404


@pytest.mark.parametrize("what", ["claim", "heartbeat", "result", "failure", "release"])
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"\xff", b"null", b"[]", b"{}", b"{" * 5000, b'{"circuits":""}'),
        b'{"circuits":[1]}',
        json.dumps({"circuits": f"{OTHER}\n"}).encode(),
        json.dumps({"circuits": " ".join([OTHER] * 65)}).encode(),
        json.dumps({"job": "x", "token": "y", "proof": 1, "reason": {}}).encode(),
        json.dumps({"job": OTHER, "token": "0" * 32, "more": 1}).encode(),
        json.dumps({"job": OTHER, "token": "\x00" * 32}).encode(),
    ],
)
def test_what_is_malformed_is_refused(url: str, what: str, body: bytes) -> None:
    answer = post(url, what, body)
    assert (answer.status_code, answer.json()) == (422, {"code": "MALFORMED"})


def test_what_is_oversized_is_refused(url: str) -> None:
    answer = post(url, "result", b" " * (LARGEST_ANSWER + 1))
    assert (answer.status_code, answer.json()) == (413, {"code": "OVERSIZED"})


def test_of_strangers_no_body_is_read(url: str) -> None:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as stranger:
        stranger.sendall(b"POST /jobs/claim HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n")
        assert b"401" in stranger.recv(100)


def test_a_stale_lease_is_told(leases: Leases, url: str) -> None:
    leases.put(OTHER, b"{}", 0)
    with remote(url) as ada, remote(url, "bob") as bob:
        held = ada.claim([OTHER])
        assert held is not None
        stale = replace(held, token="0" * 32)
        proof = Proof((1,) * 8, (1, 2, 3))
        for queue in (ada, bob):
            assert not queue.heartbeat(stale)
            assert not queue.failure(stale, "stale")
            assert not queue.result(stale, proof)
            assert not queue.release(stale)
        assert ada.heartbeat(held)
        assert ada.result(held, proof)
        assert not ada.failure(held, "after all")
    standing = leases.look(held.job)
    assert standing is not None
    assert standing.proof == encode_proof(proof)


def test_any_reason_is_kept_and_none_commands_a_terminal(leases: Leases, url: str) -> None:
    leases.put(OTHER, b"{}", 0)
    with remote(url) as ada:
        held = ada.claim([OTHER])
        assert held is not None
        body = f'{{"job":"{held.job}","token":"{held.token}","reason":"\\ud800\\u0000\\u001b[2J"}}'
        assert post(url, "failure", body.encode()).status_code == 204
    assert leases.reasons(held.job) == ["ada: ?  [2J"]


def test_a_database_that_fails_is_no_traceback(
    leases: Leases, url: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    leases.put(OTHER, b"{}", 0)
    with open_database(f"sqlite:///{tmp_path}/jobs.sqlite").begin() as connection:
        connection.exec_driver_sql("DROP TABLE failures")
    answer = post(url, "claim", json.dumps({"circuits": OTHER}).encode())
    assert (answer.status_code, answer.json()) == (503, {"code": "QUEUE_UNAVAILABLE"})
    with remote(url) as ada, pytest.raises(QueueError, match="answers 503 to claim"):
        ada.claim([OTHER])
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "text",
    ["ada", "ada=short", f"={'a' * 32}", f"a/b={'a' * 32}", f"ada={'a' * 32} ada={'b' * 32}"],
)
def test_malformed_tokens_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(QueueError, match="name=token pairs") as caught:
        read_tokens(text)
    assert "aaaa" not in str(caught.value)
    assert read_tokens(f"  ada={'a' * 32}\n bob={'b' * 32} ") == TOKENS
    assert read_tokens("") == {}


def test_a_port_that_is_taken_is_told(leases: Leases, url: str) -> None:
    port = urlsplit(url).port
    assert port is not None
    again = serving(create_app(leases, TOKENS), port=port)
    with pytest.raises(QueueError, match="cannot be listened on"), again:
        pass


# The worker and a hostile service


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
    answers = iter(
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
    results = iter([httpx.ConnectError("away"), httpx.Response(503), httpx.Response(204)])
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
