"""What must agree across files and languages, and the rules that tools check."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from prover.artifacts import circuit_names
from undertow.protocol.params import PRESETS
from undertow.protocol.words import commitment, signals

ROOT = Path(__file__).resolve().parents[1]
CIRCUITS = ROOT / "circuits"


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_style_holds() -> None:
    run(sys.executable, "-m", "ruff", "check", ".")
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


def test_the_types_hold() -> None:
    run(sys.executable, "-m", "mypy")


def test_no_part_imports_what_it_must_not_know() -> None:
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    run(sys.executable, "-c", code)


def test_a_package_of_ours_is_packed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = ("undertow", "prover", "matcher", "venue")
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for room in rooms
        for path in (ROOT / room).rglob("__init__.py")
    }
    assert set(settings["tool"]["setuptools"]["packages"]) == found


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_the_circuits_have_the_presets_sizes(preset) -> None:  # type: ignore[no-untyped-def]
    settle, requests, _ = (
        (CIRCUITS / f"{name}.circom").read_text(encoding="utf-8") for name in circuit_names(preset)
    )
    grid = f"{preset.grid.step_bits}, {preset.grid.cell_bits}"
    assert f"= SettleBatch({preset.slots}, {preset.lanes}, {grid});" in settle
    assert f"= Requests({preset.requests}, {grid});" in requests


def test_the_contracts_words_are_those_of_python() -> None:
    """The vector of PublicWords.t.sol; every settled batch of tests/e2e shows the same."""
    text = (ROOT / "contracts" / "test" / "PublicWords.t.sol").read_text(encoding="utf-8")
    order = 21888242871839275222246405745257275088548364400416034343698204186575808495617
    words = [31337, 0x00ABCDEF0123456789ABCDEF0123456789ABCDEF01, 1, 1, 5, order - 1, 0, 2**252 - 1]
    public = signals(words)
    for line in (f"uint256 constant C = {public.c};", f"assertEq(z, {public.z});"):
        assert line in text
    assert f"assertEq(y, {public.y});" in text
    assert commitment(words) == public.c
