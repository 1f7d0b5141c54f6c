"""Instructions of the native core's portable kernels, counted by valgrind: time is not repeatable.

A kernel that takes more than the committed numbers got slower; one that takes fewer got faster, and
the new numbers belong in the commit that made it so:

    PYTHONPATH=. .venv/bin/python tests/native/test_instructions.py
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

from tests.native import kernels
from undertow.crypto import native
from undertow.crypto.eddsa import PrivateKey

COMMITTED = Path(__file__).with_name("instructions.json")
KERNELS = tuple(kernels.kernels(native.core, b""))
SIGNATURES = 10
TOLERANCE = 0.05

missing = [name for name in ("rustc", "valgrind") if shutil.which(name) is None]
missing += [] if native.core is not None else ["the native core"]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_kernel_takes_the_committed_number_of_instructions(kernel: str) -> None:
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    if compiler() != committed["compiler"]:
        pytest.skip(f"counted with {committed['compiler']}, this is {compiler()}")
    expected, found = committed["instructions"][kernel], counted()[kernel]
    assert abs(found - expected) <= TOLERANCE * expected, (
        f"{kernel}: {found} instructions, {found / expected - 1:+.1%} of the committed {expected};"
        " if that is meant, run tests/native/test_instructions.py"
    )


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_kernel_has_a_number(kernel: str) -> None:
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert committed["instructions"][kernel] > 0


@cache
def counted() -> dict[str, int]:
    """Return each kernel's instructions in the module that is installed.

    Valgrind's processor has no AVX-512 and no ADX, and is asked for no AVX2: these are the
    kernels of any machine.
    """
    with tempfile.TemporaryDirectory(prefix="undertow-") as folder:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/counts"]
        command += ["--dump-before=getppid", sys.executable, "-S", kernels.__file__]
        command += [str(Path(native.core.__file__).parents[1]), signed().hex()]
        alike = {"UNDERTOW_PORTABLE": "1", "RAYON_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
        done = subprocess.run(
            command, env=os.environ | alike, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        # The first part is what came before the first kernel.
        parts = [Path(folder) / f"counts.{number + 2}" for number in range(len(KERNELS))]
        texts = [part.read_text(encoding="utf-8") for part in parts]
    totals = [re.findall(r"^totals: (\d+)$", text, re.MULTILINE) for text in texts]
    return {kernel: int(total) for kernel, [total] in zip(KERNELS, totals, strict=True)}


def signed() -> bytes:
    """Return keys, messages and signatures one after another."""
    parts = []
    for number in range(1, SIGNATURES + 1):
        key = PrivateKey.from_seed(number.to_bytes(32, "big"))
        signature = key.sign(number)
        parts.append(native.to_bytes(*key.public, number, *signature.r8, signature.s))
    return b"".join(parts)


@cache
def compiler() -> str:
    """Return the compiler's name and version; another one makes other instructions."""
    done = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split()[:2])


if __name__ == "__main__":
    text = json.dumps({"compiler": compiler(), "instructions": counted()}, indent=1)
    COMMITTED.write_text(text + "\n", encoding="utf-8")
