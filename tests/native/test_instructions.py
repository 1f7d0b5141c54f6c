"""Instructions of the native core's portable kernels, counted by valgrind: time is not repeatable.

A kernel that takes more than the committed numbers got slower; one that takes fewer got faster, and
the new numbers belong in the commit that made it so:

    .venv/bin/python tests/native/test_instructions.py
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

NATIVE = Path(__file__).resolve().parents[2] / "native"
COMMITTED = Path(__file__).with_name("instructions.json")
KERNELS = ("g1_sum_2_10", "transform_2_10", "poseidon_100", "eddsa_verify_10")
TOLERANCE = 0.05

missing = [name for name in ("cargo", "valgrind") if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_kernel_takes_the_committed_number_of_instructions(kernel: str) -> None:
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    if compiler() != committed["compiler"]:
        pytest.skip(f"counted with {committed['compiler']}, this is {compiler()}")
    expected, found = committed["instructions"][kernel], count(kernel)
    assert abs(found - expected) <= TOLERANCE * expected, (
        f"{kernel}: {found} instructions, {found / expected - 1:+.1%} of the committed {expected};"
        " if that is meant, run .venv/bin/python tests/native/test_instructions.py"
    )


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_kernel_has_a_number(kernel: str) -> None:
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert committed["instructions"][kernel] > 0


def count(kernel: str) -> int:
    """Return a kernel's instructions: those of two runs less those of one."""
    return counted(kernel, 2) - counted(kernel, 1)


def counted(kernel: str, times: int) -> int:
    """Return the instructions of a whole process; valgrind's processor has no AVX-512, no ADX."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run(
        [*command, str(program()), kernel, str(times)],
        env=os.environ | {"UNDERTOW_PORTABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    collected = re.search(r"Collected : (\d+)", done.stderr)
    assert collected is not None, done.stderr
    return int(collected[1])


@cache
def program() -> Path:
    """Build native/benches/instructions.rs as the module is built, and return its path."""
    command = ["cargo", "build", "--release", "--locked", "--no-default-features"]
    command += ["--bench", "instructions", "--message-format", "json"]
    done = subprocess.run(command, cwd=NATIVE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    messages = map(json.loads, done.stdout.splitlines())
    [path] = [m["executable"] for m in messages if m.get("target", {}).get("kind") == ["bench"]]
    return Path(path)


@cache
def compiler() -> str:
    """Return the compiler's name and version; another one makes other instructions."""
    command = ["rustc", "--version"]
    done = subprocess.run(command, cwd=NATIVE, capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split()[:2])


if __name__ == "__main__":
    numbers = {kernel: count(kernel) for kernel in KERNELS}
    text = json.dumps({"compiler": compiler(), "instructions": numbers}, indent=1)
    COMMITTED.write_text(text + "\n", encoding="utf-8")
