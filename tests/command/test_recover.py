"""`undertow recover`: what it tells, what it writes, and what it says where it cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.chain.honest_node import HonestNode, key_of, lived
from tests.chain.node import DEPLOYMENT
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.client.keys import save_secret
from undertow.command import recover as topic
from undertow.command.cli import app
from undertow.protocol.leaf_path import LeafPath
from venue.bench.memory_node import served


@pytest.fixture
def venue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HonestNode]:
    """A venue that is read; what compares a deployment with it is tested elsewhere."""
    venue = lived()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UNDERTOW_PASSPHRASE", "pw")
    monkeypatch.setattr(Contracts, "operator_key", lambda self: DEPLOYMENT.operator_key)
    save_secret(Path("t.key"), b"owner 1".ljust(32, b"."), "pw")
    with served(venue.node.answer) as url:
        contracts = Contracts(Chain(url), DEPLOYMENT)
        monkeypatch.setattr(topic, "to_read", lambda *_: contracts)
        yield venue


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["recover", "--key", "t.key", *arguments])


def test_it_tells_own_contents_and_writes_the_path(venue: HonestNode) -> None:
    done = run("--account", "1", "--path", "path.json")
    assert done.exit_code == 0, (done.output, done.exception)
    held = venue.state.accounts[1]
    assert "every root is what its words give" in done.stdout
    assert f"BTC-PERP: {held.positions[0]:+,} lots" in done.stdout
    path = LeafPath.from_json(json.loads(Path("path.json").read_text()))
    assert (path.leaf, path.root()) == (held.leaf(), venue.state.root())
    assert key_of(1).public == held.owner
    assert "read" not in done.stderr


def test_again_it_goes_on_and_says_the_same(venue: HonestNode) -> None:
    first = run("--account", "1")
    assert run("--account", "1").stdout == first.stdout


def test_an_account_that_is_not_open_is_named(venue: HonestNode) -> None:
    assert "account 7: not open in this state" in run("--account", "7").stdout


def test_the_account_of_somebody_else_is_an_error_of_one_line(venue: HonestNode) -> None:
    done = run("--account", "2")
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert "is this the right view key?" in line or "does not hash" in line


@pytest.mark.parametrize("option", ["--folder", "--path"])
def test_a_place_that_cannot_be_written_is_an_error_of_one_line(
    venue: HonestNode, option: str
) -> None:
    Path("file").write_text("")
    done = run("--account", "1", option, "file/inside")
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1
    assert "file" in done.stderr
