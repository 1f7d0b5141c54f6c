"""cargo's tests of the native core again where AddressSanitizer watches; the smallest under Miri.

Both know where an array on the heap ends, and nothing of maps: `native/src/memory.rs` takes the
heap where they watch. Neither sees what `asm!` reads, and Miri has no AVX-512 IFMA. Each run also
makes the stray accesses of `native/tests/strays.rs`, which somebody who watches has to report.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

NATIVE = Path(__file__).resolve().parents[2] / "native"
TARGET = "x86_64-unknown-linux-gnu"
ADDRESS = {
    # The stable toolchain brings the sanitizer's library; only its option asks for a nightly one.
    "RUSTC_BOOTSTRAP": "1",
    "RUSTFLAGS": "-Zsanitizer=address --cfg=undertow_sanitize",
    # Optimised less, the kernels compile sooner.
    "CARGO_PROFILE_TEST_OPT_LEVEL": "1",
    "CARGO_PROFILE_TEST_DEBUG": "0",
}
MIRI = {
    # Tree Borrows, since the threads' queues do not keep to the older rules; the pool of threads
    # lives as long as the process.
    "MIRIFLAGS": "-Zmiri-disable-isolation -Zmiri-tree-borrows -Zmiri-ignore-leaks",
    "RAYON_NUM_THREADS": "1",
    # A toolchain that is missing stays missing.
    "RUSTUP_AUTO_INSTALL": "0",
}


@pytest.mark.parametrize(
    ("portable", "targets", "least"),
    [
        pytest.param("0", ["--lib", "--tests"], 20, id="lanes"),
        # The sums' own test takes every kind of arithmetic in the first run.
        pytest.param("1", ["--lib", "--test=proofs", "--test=strays"], 13, id="portable"),
    ],
)
def test_address_sanitizer_finds_nothing(portable: str, targets: list[str], least: int) -> None:
    if reason := no_address_sanitizer():
        pytest.skip(reason)
    environment = ADDRESS | {"UNDERTOW_PORTABLE": portable}
    command = ["test", f"--target={TARGET}", "--target-dir=target/address"]
    done = cargo(environment, command, *targets)
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed(done.stdout) >= least, done.stdout
    # They pass where AddressSanitizer reports each stray access.
    for test in ("strays_in_arrays_are_reported", "lanes::strays_in_lanes_are_reported"):
        assert f"test {test} ... ok" in done.stdout, done.stdout


def test_miri_finds_nothing() -> None:
    if reason := no_miri():
        pytest.skip(reason)
    done = miri("--test=small")
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed(done.stdout) >= 3, done.stdout


@pytest.mark.parametrize(
    "stray",
    ["reads_past_an_array", "writes_past_a_scratch_array", "reads_an_array_that_ended"],
)
def test_miri_watches(stray: str) -> None:
    if reason := no_miri():
        pytest.skip(reason)
    done = miri("--test=strays", "--", "--ignored", "--exact", stray)
    assert done.returncode != 0, done.stdout
    report = rf"error: Undefined Behavior: .*\n +--> tests/strays\.rs:(.*\n)*.*: {stray}\n"
    assert re.search(report, done.stderr), done.stderr


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


@cache
def no_miri() -> str | None:
    """Return why Miri cannot run here, or None where it can."""
    if shutil.which("cargo") is None:
        return "no cargo, so no native core to test"
    command = ["cargo", "+nightly", "miri", "setup"]
    environment = os.environ | MIRI
    done = subprocess.run(command, env=environment, cwd=NATIVE, capture_output=True, check=False)
    return None if done.returncode == 0 else "no nightly toolchain with Miri that is ready to run"


def miri(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run tests of the native core under Miri."""
    return cargo(MIRI, ["+nightly", "miri", "test", "--target-dir=target/miri"], *arguments)


def cargo(
    environment: dict[str, str], command: list[str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of cargo's on the crate without Python."""
    return subprocess.run(
        ["cargo", *command, "--locked", "--no-default-features", *arguments],
        env=os.environ | environment,
        cwd=NATIVE,
        capture_output=True,
        text=True,
        check=False,
    )


def passed(output: str) -> int:
    """Return how many tests of all programs passed."""
    results = re.findall(r"^test result: ok\. (\d+) passed; 0 failed", output, re.M)
    return sum(map(int, results))
