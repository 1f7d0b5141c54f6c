"""cargo's own tests: the kernels of this processor against each other and against arkworks.

Where AddressSanitizer can watch, the suite runs them watched (test_sanitizers.py), and as they are
optimised for the module in full runs alone.
"""

from __future__ import annotations

import shutil

import pytest

from tests.native.cargo import cargo, no_address_sanitizer, passed

pytestmark = [
    pytest.mark.skipif(shutil.which("cargo") is None, reason="no cargo, so no native core to test"),
    *([] if no_address_sanitizer() else [pytest.mark.full]),
]


def test_cargo_tests_pass() -> None:
    done = cargo({}, ["test"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed(done.stdout) >= 30, done.stdout
