"""A matcher does not start where the chain says something else than its deployment or its key."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from matcher.errors import SettingsError
from matcher.run import run
from prover.errors import QueueError
from tests.chain.node import DEPLOYMENT, Node, running
from undertow.chain.errors import (
    MismatchError,
    WrongKeyError,
    WrongOperatorError,
    WrongParamsError,
)
from undertow.client.keys import save_secret

SEED = b"operator of the tests".ljust(32, b".")
"""That of `tests.chain.node.OPERATOR`."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set a matcher's settings; everything that it reads and writes is in the folder."""
    monkeypatch.chdir(tmp_path)
    save_secret(Path("operator.key"), SEED, "pw")
    settings = {
        "OPERATOR_KEY": "operator.key",
        "PASSPHRASE": "pw",
        "CHAIN_KEY": "11" * 32,
        "LOG_PATH": "orders.sqlite",
        "EPOCH": "1",
        "ENVELOPE_SECRET": "11" * 96,
        "RECEIPT_SECRET": "22" * 32,
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"UNDERTOW_{name}", value)
    DEPLOYMENT.save(Path("deployment.json"))
    return tmp_path


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    with running() as serving:
        monkeypatch.setenv("UNDERTOW_RPC", serving.url)
        yield serving


def refused(folder: Path, kind: type[MismatchError], text: str) -> None:
    """Start a matcher; it must say why it does not, and leave no file."""
    before = sorted(folder.iterdir())
    with pytest.raises(kind, match=text):
        run("127.0.0.1", 0, threading.Event())
    assert sorted(folder.iterdir()) == before


def test_other_parameters_are_refused(folder: Path, node: Node) -> None:
    group = DEPLOYMENT.group
    params = replace(group.params, maker_fee=group.params.maker_fee - 1)
    replace(DEPLOYMENT, group=replace(group, params=params)).save(folder / "deployment.json")
    refused(folder, WrongParamsError, f"{params.hash():#066x} here and {group.params.hash():#066x}")


def test_another_venue_is_refused(folder: Path, node: Node) -> None:
    node.chain_id = 1
    refused(folder, MismatchError, "the chain's id is 31337 here and 1 on the chain")


def test_another_operators_key_file_is_refused(folder: Path, node: Node) -> None:
    Path("operator.key").unlink()
    save_secret(Path("operator.key"), b"another operator".ljust(32, b"."), "pw")
    refused(folder, WrongOperatorError, "the operator's key is .* of the same venue")


def test_other_circuits_than_the_venues_are_refused(folder: Path, node: Node) -> None:
    refused(folder, WrongKeyError, "the verifying key of BATCH_VERIFIER is .* adopt the circuits")


def test_shared_jobs_are_set_whole(
    folder: Path, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERTOW_PROVER_PORT", "9")
    for name, value in (("JOBS", "sqlite:///jobs.sqlite"), ("PROVER_TOKENS", "ada=short")):
        with pytest.raises(SettingsError, match=f"set UNDERTOW_{name} as well"):
            run("127.0.0.1", 0, threading.Event())
        monkeypatch.setenv(f"UNDERTOW_{name}", value)
    with pytest.raises(QueueError, match="name=token pairs"):
        run("127.0.0.1", 0, threading.Event())
    monkeypatch.delenv("UNDERTOW_PROVER_PORT")
    monkeypatch.setenv("UNDERTOW_JOBS", "jobs.sqlite")
    with pytest.raises(QueueError, match="is no URL"):
        run("127.0.0.1", 0, threading.Event())


class ToldToStopWhileWaiting(threading.Event):
    """Set as soon as somebody waits for it."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_a_silent_node_is_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("UNDERTOW_RPC", "http://127.0.0.1:1")
    stop = ToldToStopWhileWaiting()
    run("127.0.0.1", 0, stop)
    assert stop.is_set()
    assert "waiting for the chain's node" in capsys.readouterr().out
