"""Writes what other languages know of the layouts: circom, Solidity and tables of STATEMENT.md.

Without an argument it writes; with --check it names the files that differ and exits with 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

from layouts import circom, safety, solidity, statement

ROOT = Path(__file__).resolve().parent.parent
STATEMENT = ROOT / "circuits" / "STATEMENT.md"


def texts() -> dict[Path, str]:
    """Return each file's text."""
    return {
        ROOT / "circuits" / "generated" / "layout.circom": circom.render(),
        ROOT / "circuits" / "generated" / "owed.circom": circom.render_owed(),
        ROOT / "circuits" / "generated" / "safety.circom": safety.render(),
        ROOT / "contracts" / "src" / "generated" / "Layout.sol": solidity.render(),
        STATEMENT: statement.between_markers(STATEMENT.read_text(encoding="utf-8")),
    }


def main() -> int:
    """Write or compare; return the exit code."""
    check = sys.argv[1:] == ["--check"]
    differing = 0
    for path, text in texts().items():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            print(f"{path.relative_to(ROOT)} is not what scripts/write_layouts.py writes")
            differing = 1
        else:
            path.write_text(text, encoding="utf-8")
    return differing


if __name__ == "__main__":
    sys.exit(main())
