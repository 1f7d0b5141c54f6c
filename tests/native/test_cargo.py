"""cargo's own tests: the kernels of this processor against each other and against arkworks."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

NATIVE = Path(__file__).resolve().parents[2] / "native"


@pytest.mark.skipif(shutil.which("cargo") is None, reason="no cargo, so no native core to test")
def test_cargo_tests_pass() -> None:
    command = ["cargo", "test", "--locked", "--no-default-features"]
    done = subprocess.run(command, cwd=NATIVE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    results = re.findall(r"^test result: ok\. (\d+) passed; 0 failed; 0 ignored", done.stdout, re.M)
    assert len(results) >= 4, done.stdout
    assert sum(map(int, results)) >= 15, done.stdout
