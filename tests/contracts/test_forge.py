"""forge's own tests, and the public words as the contract and as Python see them."""

from __future__ import annotations

import re
import subprocess

from undertow.chain.compiled import CONTRACTS, FORGE


def test_forge_tests_pass() -> None:
    done = subprocess.run(
        [str(FORGE), "test"], cwd=CONTRACTS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) tests passed, 0 failed, 0 skipped", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= 200
