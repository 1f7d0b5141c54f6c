"""manifest.json of a circuit's folder: every file's SHA-256, and where the key is from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prover.errors import ArtifactError
from prover.powers import Powers
from undertow.whole_file import whole_file

MANIFEST = "manifest.json"
FILES = tuple(f"circuit.{kind}" for kind in ("r1cs", "wasm", "sym", "zkey", "tape"))
"""What a manifest names; `prover/artifacts.py` says when there is no tape."""
R1CS, WASM, SYM, ZKEY, TAPE = FILES
DEV, CEREMONY = "dev", "ceremony"
"""Where a key is from."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder promises to hold."""

    circuit: str
    origin: str
    sha256: Mapping[str, str]
    circuit_hash: str | None
    """Of a ceremony's key: what phase 2 began with."""
    powers: Powers | None
    """Of a ceremony's key: the powers of tau, whose contributions were verified."""


def write(folder: Path, circuit: str, origin: str = DEV, **more: object) -> None:
    """Write the manifest of the files that are there; ``more`` is what a ceremony adds."""
    hashes = {file: sha256(folder / file) for file in FILES if (folder / file).is_file()}
    content = {"circuit": circuit, "origin": origin, **more, "sha256": hashes}
    with whole_file(folder / MANIFEST) as file:
        file.write(f"{json.dumps(content, indent=2)}\n".encode())


def read(folder: Path) -> Manifest:
    """Return what a folder promises; raises ArtifactError."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ArtifactError(path, f"{path} is missing; run `undertow circuits build`")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        kinds = {"circuit": str, "origin": str, "sha256": dict}
        if all(isinstance(content[name], kind) for name, kind in kinds.items()):
            circuit, origin, hashes = (content[name] for name in kinds)
            powers = Powers.from_json(content["powers"]) if "powers" in content else None
            return Manifest(circuit, origin, hashes, content.get("circuit_hash"), powers)
    except (ValueError, KeyError, TypeError):
        pass
    raise ArtifactError(path, f"{path} is no manifest; delete {folder} and build or adopt again")


def check(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its hash; raises ArtifactError."""
    for name in FILES:
        file = folder / name
        if name == TAPE and name not in manifest.sha256 and not file.exists():
            continue
        if not file.is_file() or sha256(file) != manifest.sha256.get(name):
            raise ArtifactError(
                file,
                f"{file} is not the file that its manifest names; delete {folder} and run "
                "`undertow circuits build`",
            )


def require_powers(folder: Path, manifest: Manifest) -> None:
    """Refuse a key whose powers of tau nobody verified, or beacons alone made.

    Raises:
        FileError: the manifest names none, or no contribution to them but beacons.
    """
    if manifest.powers is None:
        path = folder / MANIFEST
        raise ArtifactError(path, f"{path} names no powers of tau; run `undertow circuits adopt`")
    manifest.powers.require(None)


def sha256(path: Path) -> str:
    """Return a file's hash in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
