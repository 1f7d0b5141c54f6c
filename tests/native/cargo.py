"""cargo's commands on the crate without Python, and what this toolchain can watch."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

NATIVE = Path(__file__).resolve().parents[2] / "native"
TARGET = "x86_64-unknown-linux-gnu"


def cargo(
    environment: Mapping[str, str], command: list[str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of cargo's on the crate without Python."""
    return subprocess.run(
        ["cargo", *command, "--locked", "--no-default-features", *arguments],
        env={**os.environ, **environment},
        cwd=NATIVE,
        capture_output=True,
        text=True,
        check=False,
    )


def passed(output: str) -> int:
    """Return how many tests of all programs passed."""
    results = re.findall(r"^test result: ok\. (\d+) passed; 0 failed", output, re.M)
    return sum(map(int, results))


def has_eight_lanes() -> bool:
    """Return whether the processor is known to have AVX-512 IFMA and what else eight lanes take."""
    flags = Path("/proc/cpuinfo")
    known = flags.read_text(encoding="utf-8").split() if flags.exists() else []
    return {"avx512f", "avx512dq", "avx512ifma", "avx512_vbmi2"} <= set(known)


@cache
def no_address_sanitizer() -> str | None:
    """Return why AddressSanitizer cannot watch here, or None where it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "AddressSanitizer is set up for Linux on x86-64 only"
    if shutil.which("cargo") is None:
        return "no cargo, so no native core to test"
    command = ["rustc", "--print=target-libdir", f"--target={TARGET}"]
    done = subprocess.run(command, cwd=NATIVE, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not list(Path(done.stdout.strip()).glob("librustc-*.asan.a")):
        return "this Rust toolchain has no library of AddressSanitizer"
    return None
