"""The assembly of products in four lanes is what its generator writes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = Path("native/src/quad/products.rs")


def write(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the generator of a tree."""
    command = [sys.executable, str(root / "scripts/write_products.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_products_are_what_their_generator_writes() -> None:
    done = write(ROOT, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_instruction_that_was_edited_is_found_and_written_again(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    target = tmp_path / PRODUCTS
    target.parent.mkdir(parents=True)
    text = (ROOT / PRODUCTS).read_text(encoding="utf-8")
    edited = text.replace("vpsrlq ymm12, ymm0, 51", "vpsrlq ymm12, ymm0, 52", 1)
    assert edited != text
    target.write_text(edited, encoding="utf-8")
    assert write(tmp_path, "--check").returncode == 1
    assert write(tmp_path).returncode == 0
    assert target.read_text(encoding="utf-8") == text
