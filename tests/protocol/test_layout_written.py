"""The circuits', the contracts' and STATEMENT's side of the layouts is what the script writes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_file_is_what_the_script_writes() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/write_layouts.py", "--check"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
