"""The stubs describe the module as it is built."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from undertow.crypto import native

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")
PACKAGING = ("undertow_native.__all__", "undertow_native.undertow_native")
"""What the wheel adds around the module."""


def test_every_name_and_signature(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.write_text("\n".join(PACKAGING), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy.stubtest",
        "undertow_native",
        "--allowlist",
        str(allowed),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
