"""The contracts' ABIs and code, compiled by forge when a source changed."""

from __future__ import annotations

import fcntl
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from undertow.chain.errors import BuildError

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "contracts"
FORGE = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin" / "forge"


def build() -> None:
    """Compile what changed; raises BuildError."""
    try:
        done = subprocess.run(
            [str(FORGE), "build", "--skip", "test", "--quiet"],
            cwd=CONTRACTS,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise BuildError(f"{FORGE} does not start ({error}); run `make setup`") from error
    if done.returncode != 0:
        raise BuildError(f"forge build: {done.stdout}{done.stderr}")


@cache
def artifact(name: str) -> dict[str, Any]:
    """Return `abi` and `bytecode` of a contract; raises BuildError."""
    path = CONTRACTS / "out" / f"{name}.sol" / f"{name}.json"
    with _alone():
        if not _is_fresh(path):
            build()
        content = json.loads(path.read_text(encoding="utf-8"))
    return {"abi": content["abi"], "bytecode": content["bytecode"]["object"]}


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other processes out meanwhile: forge writes a product while they may read it."""
    with (CONTRACTS / "foundry.toml").open(encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _is_fresh(path: Path) -> bool:
    """Return whether a product is not older than any source: another one's ABI calls wrongly."""
    sources = [CONTRACTS / "foundry.toml", *(CONTRACTS / "src").rglob("*.sol")]
    return path.is_file() and path.stat().st_mtime >= max(s.stat().st_mtime for s in sources)
