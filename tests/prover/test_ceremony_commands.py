"""A ceremony by the commands, from powers of tau to a key that is used."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from prover import artifacts, setup
from prover.artifacts import Artifacts
from prover.errors import ArtifactError
from prover.manifest import CEREMONY
from tests.prover.ceremony import snarkjs
from tests.prover.conftest import Files, silent
from venue.command import cli


@pytest.fixture
def circuit(built: Artifacts, monkeypatch: pytest.MonkeyPatch) -> str:
    """Stand a small circuit in for the presets' circuits; return its name."""
    monkeypatch.setattr(artifacts, "build", lambda name, progress: built)
    monkeypatch.setattr(artifacts, "_folder", lambda name: built.folder)
    monkeypatch.setattr(artifacts, "circuit_names", lambda preset: (built.name,))
    return built.name


def run(*arguments: str | Path) -> tuple[int, str]:
    """Return a command's exit code and all that it printed."""
    done = CliRunner().invoke(cli.app, [str(argument) for argument in arguments])
    return done.exit_code, done.output


def test_from_powers_to_a_key_that_is_used(circuit: str, files: Files, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="run `undertow circuits adopt`"):
        artifacts.chosen(circuit, CEREMONY, silent)
    code, said = run("circuits", "begin", files.ptau, "--out", tmp_path)
    assert code == 0
    first, last = tmp_path / f"{circuit}_0000.zkey", tmp_path / "last.zkey"
    assert f"{first}: circuit hash " in said
    snarkjs("zkey", "contribute", first, last, "--name=Ada", "-e=test")
    code, said = run("circuits", "adopt", circuit, last, files.ptau)
    assert code == 0
    used = artifacts.chosen(circuit, CEREMONY, silent)
    assert f"adopted: {used.folder}" in said
    (one,) = setup.inspect(last).contributions
    assert f"contribution Ada: {one.hash}" in said
    assert used.origin == CEREMONY
    assert used.zkey.read_bytes() == last.read_bytes()
    # Another ceremony's key: one of the two has to go.
    run("circuits", "adopt", circuit, files.contributed, files.ptau)
    with pytest.raises(ArtifactError, match="several ceremonies' keys; keep one"):
        artifacts.chosen(circuit, CEREMONY, silent)


def test_nothing_stands_in_for_a_ceremonys_key(
    circuit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERTOW_PROVER_TOKEN", "a" * 64)
    code, said = run("prover", "run", "http://127.0.0.1:9", "--ceremony")
    assert code == 1
    assert f"no ceremony's key was adopted for {circuit}" in said


def test_what_is_wrong_is_one_line(circuit: str, files: Files, tmp_path: Path) -> None:
    for arguments, text in (
        (("begin", tmp_path / "none"), "No such file"),
        (("begin", files.dev), "not a .ptau file"),
        (("adopt", circuit, files.begun, files.ptau), "lists no contribution"),
        (
            ("adopt", "other", files.contributed, files.ptau),
            f"no circuit other; there are {circuit}",
        ),
    ):
        code, said = run("circuits", *arguments)
        assert code == 1
        assert text in said.splitlines()[-1]
