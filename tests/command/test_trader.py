"""The trader's command: what it refuses before anything is signed, and what its help costs."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prover.toolchain import ROOT
from tests.chain.node import DEPLOYMENT, Node, running
from tests.strategies import order
from undertow.chain.send_journal import Attempt
from undertow.client.keys import save_secret
from undertow.command.cli import app
from undertow.command.connected import to_send
from undertow.command.order import read_orders
from undertow.errors import UndertowError

OWN = ("--key", "t.key", "--account", "1")
TOPICS = {
    "deposit": ("deposit", "5", "--key", "t.key"),
    "withdraw": ("withdraw", "5", "--account", "1"),
    "status": ("status", *OWN),
    "recover": ("recover", *OWN),
    "freeze": ("freeze",),
    "order": ("order", "0", "5", "7", *OWN, "--nonce", "1", "--matcher", "http://127.0.0.1:9"),
    "quote": ("quote", "0", "5", "7000", "4", "8000", *OWN, "--nonce", "1"),
}


@pytest.fixture
def node() -> Iterator[Node]:
    with running() as serving:
        yield serving


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: Node) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UNDERTOW_PASSPHRASE", "pw")
    monkeypatch.setenv("UNDERTOW_CHAIN_KEY", "11" * 32)
    monkeypatch.setenv("UNDERTOW_RPC", node.url)
    save_secret(Path("t.key"), b"trader of the tests".ljust(32, b"."), "pw")
    DEPLOYMENT.save(Path("deployment.json"))
    return tmp_path


def fail(*arguments: str) -> str:
    """Return the one line that a topic fails with."""
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1, (done.output, done.exception)
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("undertow: ")
    return line


def test_a_command_knows_what_the_one_before_it_sent(folder: Path, node: Node) -> None:
    """Else one that is given again, while the first is not mined, sends twice."""
    attempt = Attempt(nonce=1, digest="0x1", call="0x2", fee=1, tip=1, raw=b"signed")
    to_send(Path("deployment.json"), node.url).chain.sender._journal.write("a", attempt)
    later = to_send(Path("deployment.json"), node.url).chain.sender
    assert later._journal.attempts("a", 1) == [attempt]
    assert (folder / "sends.sqlite").exists()


@pytest.mark.parametrize("topic", TOPICS)
def test_tampered_parameters_are_refused(folder: Path, topic: str) -> None:
    path = folder / "deployment.json"
    form = json.loads(path.read_text())
    form["params"]["taker_fee"] += 1
    path.write_text(json.dumps(form))
    line = fail(*TOPICS[topic])
    assert "do not use the venue by this file" in line
    assert f"{DEPLOYMENT.group.params.hash():#066x} on the chain" in line


@pytest.mark.parametrize("topic", TOPICS)
def test_a_vault_of_somebody_else_is_refused(folder: Path, topic: str) -> None:
    thief = f"0x{'bad' * 13}0"
    replace(DEPLOYMENT, vault=thief).save(folder / "deployment.json")
    assert f"the vault is {thief} here and {DEPLOYMENT.vault} on the chain" in fail(*TOPICS[topic])


@pytest.mark.parametrize("topic", TOPICS)
def test_another_chain_and_no_deployment_are_refused(folder: Path, node: Node, topic: str) -> None:
    node.chain_id = 5
    assert "the chain's id is 31337 here and 5 on the chain" in fail(*TOPICS[topic])
    (folder / "deployment.json").unlink()
    assert "name what `undertow deploy` wrote" in fail(*TOPICS[topic])


def test_a_matcher_that_does_not_answer_is_named(folder: Path) -> None:
    assert "the matcher does not answer, is this its address?" in fail(*TOPICS["order"])


class Matcher(BaseHTTPRequestHandler):
    """Answers every question with a sentence that takes the terminal over."""

    def do_GET(self) -> None:
        body = json.dumps(
            {"code": "\x1b]0;owned\x07", "message": "\x1b[2K\r\nall is well"}
        ).encode()
        self.send_response(422)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


def test_what_a_matcher_says_is_printed_as_text(folder: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), Matcher)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    line = fail(*TOPICS["order"][:-1], address)
    server.shutdown()
    thread.join()
    server.server_close()
    assert line == "undertow: \\x1b]0;owned\\x07: \\x1b[2K\\r\\nall is well"


@pytest.mark.parametrize("line", ["{}", "[", '{"order": "0x1", "ticket": "\x1b"}', '{"order": 1}'])
def test_orders_that_are_none_are_refused(folder: Path, line: str) -> None:
    (folder / "orders.jsonl").write_text(line)
    with pytest.raises(UndertowError, match="is not what `undertow order` printed"):
        read_orders(folder / "orders.jsonl")


def test_orders_are_read_with_their_tickets(folder: Path) -> None:
    line = {"sequence": 1, "order": f"{order(1, 5).pack():#x}", "ticket": "0f" * 16}
    (folder / "orders.jsonl").write_text(json.dumps(line) + "\n")
    assert read_orders(folder / "orders.jsonl") == [(order(1, 5), "0f" * 16)]


@pytest.mark.parametrize("amount", ["nan", "inf", "1e30"])
def test_what_is_no_amount_is_refused(folder: Path, amount: str) -> None:
    assert "is no amount of dollars" in fail("withdraw", amount, "--account", "1")


@pytest.mark.parametrize("package", ["undertow", "venue"])
def test_the_help_names_the_program_and_waits_for_no_client(package: str) -> None:
    process = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", package, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Usage: undertow [OPTIONS] COMMAND" in process.stdout
    imported = {line.rpartition("|")[2].strip() for line in process.stderr.splitlines()}
    assert "typer" in imported
    assert not imported & {"web3", "aiohttp", "httpx", "cryptography", "fastapi", "wasmtime"}
