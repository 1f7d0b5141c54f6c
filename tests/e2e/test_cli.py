"""The `undertow` command as a stranger runs it: a venue of processes, one command after another."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eth_account import Account

from prover.toolchain import ROOT
from tests.e2e.blocks import blocks_of
from undertow.chain.anvil import Anvil
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.deployment import Deployment
from undertow.protocol import params_file
from venue.local import chain_key
from venue.markets import LOCAL_GROUP

LIMIT = 7_850_000


class Shell:
    """Runs the command in a folder of its own with some variables set."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        kept = {k: v for k, v in os.environ.items() if not k.startswith("UNDERTOW_")}
        self.variables = {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **variables}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "venue", *arguments],
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """Return what a command printed; it must succeed."""
        process = self.start(*arguments)
        text, _ = process.communicate(timeout=300)
        assert process.returncode == 0, text
        return text

    def fail(self, *arguments: str) -> str:
        """Return the one line that a command failed with."""
        process = self.start(*arguments)
        text, _ = process.communicate(timeout=60)
        assert process.returncode == 1, text
        assert "Traceback" not in text
        assert text.startswith("undertow: ")
        return text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def stopped(*processes: subprocess.Popen[str]) -> Iterator[None]:
    """End processes with the `with` block; each has to end well."""
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        texts = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), texts


PARAMS = {**params_file.to_json(LOCAL_GROUP), "maker_fee": 99}
"""Another venue's than the local one's."""


def refuse_what_was_tampered_with(
    deployed: dict[str, Any], trader: Shell, operator: Shell, chain: tuple[str, ...]
) -> None:
    """Neither side goes on with other parameters than the chain's, here the local venue's."""
    tampered = {**deployed, "params": params_file.to_json(LOCAL_GROUP)}
    (trader.folder / "tampered.json").write_text(json.dumps(tampered))
    given = f"{LOCAL_GROUP.params.hash():#066x} here and 0x"
    own = ("--key", "trader.key", "--account", "1")
    assert given in trader.fail("status", *own, "--deployment", "tampered.json", *chain)
    operator.variables["UNDERTOW_DEPLOYMENT"] = "tampered.json"
    assert given in operator.fail("matcher", "run")
    del operator.variables["UNDERTOW_DEPLOYMENT"]


SIGNERS = tuple(chain_key(15 + i) for i in range(4))


def record_price(trader: Shell, chain: tuple[str, ...]) -> None:
    """Three of four signers report, and somebody posts what they and others say."""
    names = ["nothing.json", "another_set.json"]
    (trader.folder / names[0]).write_text("[}")
    for number, key in enumerate(SIGNERS[:3]):
        signer = Shell(trader.folder, UNDERTOW_SIGNER_KEY=key)
        names.append(f"report{number}.json")
        (trader.folder / names[-1]).write_text(signer.run("report", "78318", *chain))
    said = {**json.loads((trader.folder / names[-1]).read_text()), "batch": 7, "time": 60}
    (trader.folder / names[1]).write_text(json.dumps(said))
    assert "by 3 of 5 reports" in trader.run("price", *names, *chain)


def test_a_stranger_trades_and_leaves_by_commands_alone(tmp_path: Path, anvil: Anvil) -> None:
    # Other accounts than the local venue's, which may run on the same chain.
    trader = Shell(tmp_path, UNDERTOW_PASSPHRASE="pw", UNDERTOW_CHAIN_KEY=chain_key(12))
    port, jobs_port, token = free_port(), free_port(), secrets.token_hex(32)
    operator = Shell(
        tmp_path,
        UNDERTOW_PASSPHRASE="op",
        UNDERTOW_CHAIN_KEY=chain_key(10),
        UNDERTOW_OPERATOR_KEY="operator.key",
        UNDERTOW_LOG_PATH="orders.sqlite",
        UNDERTOW_EPOCH="1",
        UNDERTOW_ENVELOPE_SECRET=secrets.token_hex(96),
        UNDERTOW_RECEIPT_SECRET=secrets.token_hex(32),
        UNDERTOW_RPC=anvil.url,
        UNDERTOW_LINGER_SECONDS="0.2",
        UNDERTOW_REQUEST_LINGER_SECONDS="0.2",
        UNDERTOW_RHYTHM_SECONDS="0",
        UNDERTOW_JOBS="sqlite:///jobs.sqlite",
        UNDERTOW_PROVER_PORT=str(jobs_port),
        UNDERTOW_PROVER_TOKENS=f"ada={token}",
    )
    proving = Shell(tmp_path, UNDERTOW_PROVER_TOKEN=token)
    operator.run("keys", "new", "operator.key")
    trader.run("keys", "new", "trader.key")
    (tmp_path / "params.json").write_text(json.dumps(PARAMS))
    deploy = ["deploy", "--operator", "operator.key", "--preset", "minimal", "--terms", "local"]
    for key in SIGNERS:
        deploy += ["--signer", Account.from_key(key).address]
    text = operator.run(*deploy, "--params", "params.json", "--rpc", anvil.url)
    assert "settlement 0x" in text
    deployed = json.loads((tmp_path / "deployment.json").read_text())
    assert deployed["params"] == PARAMS
    refuse_what_was_tampered_with(deployed, trader, operator, ("--rpc", anvil.url))

    matcher = operator.start("matcher", "run", "--port", str(port))
    queue = f"http://127.0.0.1:{jobs_port}"
    prover = proving.start("prover", "run", queue, "--preset", "minimal")
    chain, held = ("--rpc", anvil.url), ("--key", "trader.key")
    own = (*held, "--account", "1")
    contracts = Contracts(Chain(anvil.url), Deployment.load(tmp_path / "deployment.json"))

    def served() -> bool:
        return contracts.view().waiting == 0

    with blocks_of(anvil.url) as blocks, stopped(matcher, prover):
        trader.run("deposit", "3000000", *held, "--house", "--mint", *chain)
        assert "account 1:" in trader.run("deposit", "20000", *held, "--mint", *chain)
        blocks.wait("the opening", served)
        assert "cash 20,000" in trader.run("status", *own, *chain)

        command = ("order", "0", "300", str(LIMIT), *own, "--nonce", "1", *chain)
        receipt = trader.run(*command, "--matcher", f"http://127.0.0.1:{port}")
        assert json.loads(receipt)["sequence"] == 1
        (tmp_path / "orders.jsonl").write_text(receipt)
        blocks.wait("the close", lambda: contracts.pending() is not None)
        record_price(trader, chain)
        blocks.wait("the settlement", lambda: contracts.batch_number() == 1)
        asked = ("--orders", "orders.jsonl", "--matcher", f"http://127.0.0.1:{port}")
        text = trader.run("status", *own, *chain, *asked)
        assert "order 1: filled 1, 300 of 300 lots" in text
        assert "+300 lots" in text
        assert "each of 1 fills is one that your orders allow" in text

        trader.run("withdraw", "1000", "--account", "1", *chain)
        assert "a withdrawal waits in the queue, 0 requests" in trader.run("status", *own, *chain)
        blocks.wait("an empty set for its sake", lambda: contracts.pending() is not None)
        record_price(trader, chain)
        blocks.wait("the payment", served)
        text = trader.run("status", *own, *chain)
        assert "last withdrawal: 1,000.00 USD, granted" in text
        assert "waits in the queue" not in text
        assert "collected" in trader.run("withdraw", "0", "--account", "1", *chain)

    # The matcher would have proved alone what no prover took.
    with sqlite3.connect(tmp_path / "jobs.sqlite") as jobs:
        done = jobs.execute("SELECT holder, content FROM jobs WHERE state = 'done'").fetchall()
        circuits = jobs.execute("SELECT DISTINCT circuit FROM jobs").fetchall()
    jobs.close()
    assert ("ada", b"") in done
    assert all(content == b"" for _, content in done)
    # Runs of requests were proved as well, at home: their jobs hold the operator's secret.
    assert contracts.view().runs > 0
    assert len(circuits) == 1
