"""The service of jobs: who is let in, and what hostile requests do."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from prover.database import open_database
from prover.errors import QueueError
from prover.job_text import (
    LARGEST_ANSWER,
    encode_proof,
)
from prover.lease import Leases
from prover.proof import Proof
from prover.server import create_app, read_tokens
from prover.serving import serving
from tests.prover.queueing import (
    OTHER,
    TOKENS,
    post,
    remote,
)


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
    strange = {b"Authorization": "Bearer é".encode("latin-1")}
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
