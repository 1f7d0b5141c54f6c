"""Every command explains itself, and answers a mistake with one line that says what to do."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from undertow.client.keys import save_secret
from venue.command.cli import app

COMMANDS = (
    ("demo",),
    ("keys",),
    ("deposit",),
    ("order",),
    ("quote",),
    ("withdraw",),
    ("status",),
    ("recover",),
    ("matcher", "run"),
    ("prover", "run"),
    ("circuits", "build"),
    ("circuits", "begin"),
    ("circuits", "adopt"),
    ("bench",),
    ("deploy",),
    ("report",),
)
KEY = ("--key", "t.key", "--account", "1")
CHAIN = {"UNDERTOW_CHAIN_KEY": "11" * 32}
QUOTE = ("quote", *KEY, "--nonce", "1", "0", "5", "7000", "4")
DEPOSIT = ("deposit", "5", *KEY)
DEPLOY = ("deploy", "--operator", "t.key", "--preset", "minimal")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run in a folder with a key file, without settings from outside."""
    for name in [name for name in os.environ if name.startswith("UNDERTOW_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UNDERTOW_PASSPHRASE", "pw")
    monkeypatch.chdir(tmp_path)
    save_secret(Path("t.key"), b"trader of the tests".ljust(32, b"."), "pw")
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"], prog_name="undertow")
    assert done.exit_code == 0
    assert f"Usage: undertow {' '.join(command)} " in done.stdout
    assert len(done.stdout.splitlines()) > 5


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (("keys", "show", "none"), {}, ["no key file", "undertow keys new"]),
        (("keys", "new", "t.key"), {}, ["exists"]),
        (("keys", "show", "t.key"), {"UNDERTOW_PASSPHRASE": "other"}, ["wrong passphrase"]),
        (("demo", "--preset", "huge"), {}, ["no preset huge", "minimal, default, large"]),
        (("order", "0", "-5", "7", *KEY, "--nonce", "1"), {}, ["undertow deploy"]),
        ((*QUOTE, "8000"), {}, ["undertow deploy"]),
        ((*QUOTE, "7005"), {}, ["a spread of 5 micro-USD is not above two fees"]),
        ((*QUOTE, "6999"), {}, ["spread does not fit 34 bits"]),
        (("deposit", "5", "--key", "t.key"), {}, ["set UNDERTOW_CHAIN_KEY"]),
        (("deposit", "5", "--key", "t.key"), {"UNDERTOW_CHAIN_KEY": "zz"}, ["32 bytes of hex"]),
        (("deposit", "nan", "--key", "t.key"), CHAIN, ["nan is no amount"]),
        ((*DEPOSIT, "--owner", "0x12"), CHAIN, ["an owner is 0x and 40 digits of hex"]),
        (("withdraw", "5", "--account", "1"), CHAIN, ["undertow deploy"]),
        (("status", *KEY), {}, ["undertow deploy"]),
        (("recover", *KEY), {}, ["undertow deploy"]),
        (("report", "5"), {}, ["set UNDERTOW_SIGNER_KEY"]),
        (("report", "inf"), {"UNDERTOW_SIGNER_KEY": "11" * 32}, ["inf is no amount"]),
        (("matcher", "run"), {}, ["UNDERTOW_LOG_PATH: is not set", "UNDERTOW_EPOCH"]),
        (("matcher", "run"), {"UNDERTOW_EPOCHS": "1"}, ["unknown settings: UNDERTOW_EPOCHS"]),
        (("circuits", "build", "--preset", "no"), {}, ["no preset no"]),
        (("circuits", "adopt", "no", "a", "b"), {}, ["no circuit no", "settle_minimal"]),
        (("circuits", "begin", "none", "--preset", "no"), {}, ["no preset no"]),
        (("prover", "run", "jobs", "--preset", "no"), {}, ["no preset no"]),
        ((*DEPLOY, "--params", "t.key"), CHAIN, ["t.key is no file of parameters", "taker_fee"]),
        ((*DEPLOY, "--terms", "l3"), CHAIN, ["no terms l3; there are l1, rollup, local"]),
        ((*DEPLOY, "--rpc", "http://127.0.0.1:9"), CHAIN, ["does not answer", "is it running"]),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(
    arguments: tuple[str, ...], variables: dict[str, str], words: list[str]
) -> None:
    done = CliRunner().invoke(app, arguments, env=variables)
    assert done.exit_code == 1, (done.output, done.exception)
    assert done.stderr.startswith("undertow: ")
    assert len(done.stderr.splitlines()) == 1
    for word in words:
        assert word in done.stderr
