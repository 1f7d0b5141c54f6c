"""A matcher's word for where it is, and for its keys, does not replace the trader's own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.chain.node import DEPLOYMENT, OPERATOR, running
from tests.strategies import key
from undertow.client.client import Client, MatcherInfo
from undertow.client.errors import OtherVenueError
from undertow.client.keys import save_secret
from undertow.command.cli import app
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.matcher_keys import sign_keys
from undertow.protocol.venue import Venue

VENUE = DEPLOYMENT.venue
ENVELOPE, OTHER = EnvelopePrivateKey.generate(0).public, EnvelopePrivateKey.generate(0).public
RECEIPT = b"r" * 32
INFO = MatcherInfo(
    VENUE, ENVELOPE, RECEIPT, 1, "idle", sign_keys(OPERATOR, VENUE, ENVELOPE, RECEIPT)
)


def refused(info: MatcherInfo, text: str) -> None:
    with pytest.raises(OtherVenueError, match=text):
        info.require(VENUE, OPERATOR.public)


def test_what_the_operator_signed_is_used() -> None:
    assert INFO.require(VENUE, OPERATOR.public) is INFO


@pytest.mark.parametrize("other", [Venue(1, VENUE.contract), Venue(31337, 0x5F)])
def test_a_matcher_of_another_venue_is_refused(other: Venue) -> None:
    refused(replace(INFO, venue=other), f"{other.address} on chain {other.chain_id}, not")


@pytest.mark.parametrize(
    "change",
    [
        {"envelope_key": OTHER},
        {"receipt_key": b"s" * 32},
        {"keys_signature": b""},
        {"keys_signature": b"\xff" * 96},
        {"keys_signature": sign_keys(key(9), VENUE, ENVELOPE, RECEIPT)},
        {"keys_signature": sign_keys(OPERATOR, Venue(1, 1), ENVELOPE, RECEIPT)},
    ],
)
def test_keys_that_the_operator_did_not_sign_are_refused(change: dict[str, Any]) -> None:
    refused(replace(INFO, **change), "not signed by the operator")


class FakeServer:
    """A server that names a chain of its choice, and keeps what it is sent."""

    def __init__(self) -> None:
        self.status: dict[str, Any] = {}
        self.sent: list[bytes] = []
        self.url = ""


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    server = FakeServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(server.status).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            server.sent.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def status(venue: Venue, signer: Any = OPERATOR) -> dict[str, Any]:
    return {
        "chainId": venue.chain_id,
        "contract": venue.address,
        "envelopeKey": ENVELOPE.raw.hex(),
        "epoch": 0,
        "receiptKey": RECEIPT.hex(),
        "batchNumber": 1,
        "phase": "idle",
        "keysSignature": sign_keys(signer, venue, ENVELOPE, RECEIPT).hex(),
    }


CHEATS = {
    "another chain": status(Venue(1, VENUE.contract)),
    "another contract": status(Venue(31337, 0x5F)),
    "keys of its own": status(VENUE, key(9)),
}


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=list(CHEATS))
def test_a_fake_server_gets_no_order(
    fake: FakeServer, cheat: dict[str, Any], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.status = cheat
    with pytest.raises(OtherVenueError):
        Client(fake.url, VENUE, OPERATOR.public).info()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UNDERTOW_PASSPHRASE", "pw")
    save_secret(tmp_path / "trader.key", b"t" * 32, "pw")
    DEPLOYMENT.save(tmp_path / "deployment.json")
    order = ["order", "0", "5", "7", "--key", "trader.key", "--account", "1", "--nonce", "1"]
    with running() as node:
        done = CliRunner().invoke(app, [*order, "--rpc", node.url, "--matcher", fake.url])
    assert done.exit_code == 1
    assert "name your deployment's matcher" in done.output
    assert fake.sent == []
