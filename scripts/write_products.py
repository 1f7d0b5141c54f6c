"""Writes native/src/quad/products.rs: products modulo a prime in four lanes of AVX2, as assembly.

Without an argument it writes; with --check it says whether the file differs and exits with 1.
native/src/quad/mod.rs says what is computed and why it is exact.
"""

from __future__ import annotations

import sys
from pathlib import Path

from products.rust import rust

TARGET = Path(__file__).resolve().parent.parent / "native" / "src" / "quad" / "products.rs"


def main() -> int:
    """Write or compare; return the exit code."""
    text = rust()
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    if sys.argv[1:] == ["--check"]:
        print(f"{TARGET.name} is not what scripts/write_products.py writes")
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
