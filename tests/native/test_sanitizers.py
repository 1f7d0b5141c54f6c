"""cargo's tests of the native core where AddressSanitizer watches; the smallest under Miri.

Both know where an array on the heap ends, and nothing of maps: `native/src/memory.rs` takes the
heap where they watch. Neither sees what `asm!` reads, and Miri has no lanes. Each run also
makes the stray accesses of `native/tests/strays.rs`, which somebody who watches has to report.

Where the processor has no AVX-512 IFMA, AddressSanitizer's build has the kernels in eight lanes on
its instructions in software (`native/src/ifma/software.rs`): they are tested on any machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache

import pytest

from tests.native.cargo import NATIVE, TARGET, cargo, has_eight_lanes, no_address_sanitizer, passed

SOFTWARE = "" if has_eight_lanes() else " --cfg=undertow_software"
ADDRESS = {
    # The stable toolchain brings the sanitizer's library; only its option asks for a nightly one.
    "RUSTC_BOOTSTRAP": "1",
    "RUSTFLAGS": f"-Zsanitizer=address --cfg=undertow_sanitize{SOFTWARE}",
    # Optimised less and all at once, the kernels compile sooner.
    "CARGO_PROFILE_TEST_OPT_LEVEL": "1",
    "CARGO_PROFILE_TEST_DEBUG": "0",
    "CARGO_INCREMENTAL": "0",
}
MIRI = {
    # Tree Borrows, since the threads' queues do not keep to the older rules; the pool of threads
    # lives as long as the process.
    "MIRIFLAGS": "-Zmiri-disable-isolation -Zmiri-tree-borrows -Zmiri-ignore-leaks",
    "RAYON_NUM_THREADS": "1",
    # A toolchain that is missing stays missing.
    "RUSTUP_AUTO_INSTALL": "0",
}
ALL = {"UNDERTOW_FULL": "1"}
"""What a full run adds to the environment: tests take all their numbers."""


@pytest.mark.parametrize(
    ("environment", "tests", "least"),
    [
        # Rows, transforms, sums and proofs take every kind of arithmetic in this run.
        pytest.param({"UNDERTOW_PORTABLE": "0"}, [], 30, id="lanes"),
        # Hashes take the fastest.
        pytest.param({"UNDERTOW_PORTABLE": "1"}, ["crypto::", "strays::"], 3, id="portable"),
        *(
            pytest.param(
                {"UNDERTOW_PORTABLE": portable, **ALL}, [], 30, id=name, marks=pytest.mark.full
            )
            for portable, name in (("0", "lanes, all"), ("1", "portable, all"))
        ),
    ],
)
def test_address_sanitizer_finds_nothing(
    environment: dict[str, str], tests: list[str], least: int
) -> None:
    if reason := no_address_sanitizer():
        pytest.skip(reason)
    command = ["test", f"--target={TARGET}", "--target-dir=target/address", "--lib"]
    done = cargo(ADDRESS | environment, command, "--", *tests)
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed(done.stdout) >= least, done.stdout
    # They pass where AddressSanitizer reports each stray access.
    for test in (
        "strays_in_arrays_are_reported",
        "lanes::strays_in_lanes_are_reported",
        "fours::strays_in_fours_are_reported",
    ):
        assert f"test tests::strays::{test} ... ok" in done.stdout, done.stdout
    if SOFTWARE and not tests:
        assert "test tests::lanes::eight_lanes_run_in_software ... ok" in done.stdout, done.stdout


def test_miri_finds_nothing() -> None:
    if reason := no_miri():
        pytest.skip(reason)
    done = miri("--", "tests::small")
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed(done.stdout) >= 3, done.stdout


@pytest.mark.parametrize(
    "stray",
    ["reads_past_an_array", "writes_past_a_scratch_array", "reads_an_array_that_ended"],
)
def test_miri_watches(stray: str) -> None:
    if reason := no_miri():
        pytest.skip(reason)
    done = miri("--", "--ignored", "--exact", f"tests::strays::{stray}")
    assert done.returncode != 0, done.stdout
    report = (
        rf"error: Undefined Behavior: .*\n +--> (src/\.\./)?tests/strays\.rs:(.*\n)*.*{stray}\n"
    )
    assert re.search(report, done.stderr), done.stderr


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
    return cargo(
        MIRI, ["+nightly", "miri", "test", "--target-dir=target/miri", "--lib"], *arguments
    )
