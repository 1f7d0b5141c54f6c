"""snarkjs as a stranger runs it, and powers of tau: one ceremony for all tests, cut to size."""

from __future__ import annotations

import atexit
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from prover.backends import SNARKJS
from prover.toolchain import ROOT

GREATEST = 7
"""The power of the ceremony."""


def snarkjs(*arguments: object) -> str:
    """Run snarkjs and return what it printed; a failure fails the test."""
    command = ["node", str(SNARKJS), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@cache
def powers(power: int) -> Path:
    """Return prepared powers of tau with one contribution, cut off those of `GREATEST`."""
    whole = _ceremony()
    return whole if power == GREATEST else whole.with_name(f"powers_{power:02}.ptau")


@cache
def _ceremony() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="undertow-")
    atexit.register(folder.cleanup)
    new, contributed, whole = (
        Path(folder.name) / f"{name}.ptau" for name in ("new", "contributed", "powers")
    )
    snarkjs("powersoftau", "new", "bn128", GREATEST, new)
    snarkjs("powersoftau", "contribute", new, contributed, "--name=test", "-e=test")
    snarkjs("powersoftau", "prepare", "phase2", contributed, whole)
    snarkjs("powersoftau", "truncate", whole)
    return whole
