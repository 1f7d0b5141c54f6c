"""Circuits and keys on disk: built once per content, and refused by hash when they changed.

build/keys/<circuit>-<hash>/ holds the .r1cs, .wasm, .sym, .zkey, .tape and manifest.json,
which names every file's SHA-256 and where the key is from. Only the native core records a .tape
and uses it: a folder that was built without the core has none until it is built with it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover import setup, toolchain
from prover.groth16 import setup_key
from prover.tape import record
from prover.toolchain import ROOT
from undertow.crypto import native
from undertow.protocol.params import Preset
from undertow.whole_file import whole_file

KEYS = ROOT / "build" / "keys"
DEV_SEED = hashlib.sha256(b"undertow development key: worthless outside local chains").digest()
"""Anybody can forge proofs under a key made from it."""
MANIFEST = "manifest.json"
DEV, CEREMONY = "dev", "ceremony"
"""Where a key is from."""
_VERSION = 2

Progress = Callable[[str], None]


class ArtifactError(Exception):
    """A file of a circuit is missing or is not the one that the manifest names."""


@dataclass(frozen=True, slots=True)
class Artifacts:
    """A circuit's files, whose hashes were checked."""

    name: str
    folder: Path
    origin: str
    """`dev` or `ceremony`."""

    @property
    def r1cs(self) -> Path:
        """The constraints."""
        return self.folder / "circuit.r1cs"

    @property
    def wasm(self) -> Path:
        """The witness calculator."""
        return self.folder / "circuit.wasm"

    @property
    def sym(self) -> Path:
        """The signals' names."""
        return self.folder / "circuit.sym"

    @property
    def zkey(self) -> Path:
        """The proving key."""
        return self.folder / "circuit.zkey"

    @property
    def tape(self) -> Path:
        """The operations that compute a witness; see the top for when there is none."""
        return self.folder / "circuit.tape"


TAPE = "circuit.tape"
FILES = ("circuit.r1cs", "circuit.wasm", "circuit.sym", "circuit.zkey", TAPE)


def circuit_names(preset: Preset) -> tuple[str, str]:
    """Return the names of the batch circuit and of the request circuit."""
    return f"settle_{preset.name}", f"requests_{preset.name}"


def chosen(name: str, origin: str, progress: Progress) -> Artifacts:
    """Return a circuit's files with its key of that origin, `dev` or `ceremony`.

    Raises:
        ArtifactError: a ceremony's key is asked for and none, or more than one, was adopted.
    """
    return adopted(_folder(name)) if origin == CEREMONY else build(name, progress)


def _folder(name: str) -> Path:
    """Return where a circuit's files with the development key are, whether built or not."""
    source = ROOT / "circuits" / f"{name}.circom"
    tag = f"{toolchain.content_hash(source)}-{DEV_SEED.hex()}-{_VERSION}"
    return KEYS / f"{name}-{hashlib.sha256(tag.encode()).hexdigest()[:16]}"


def build(name: str, progress: Progress) -> Artifacts:
    """Return a circuit's files with a development key, building what is not there yet."""
    source = ROOT / "circuits" / f"{name}.circom"
    folder = _folder(name)
    if not (folder / MANIFEST).is_file():
        progress(f"{name}: compiling the circuit")
        compiled = toolchain.compile(source, ROOT / "build" / "circuits")
        KEYS.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=KEYS))
        try:
            for target, path in zip(
                FILES, (compiled.r1cs, compiled.wasm, compiled.sym), strict=False
            ):
                shutil.copyfile(path, work / target)
            _record_tape(work, name, progress)
            setup_key(
                work / FILES[0],
                work / FILES[3],
                DEV_SEED,
                lambda stage: progress(f"{name}: development key, {stage}"),
            )
            _write_manifest(work, name)
            shutil.rmtree(folder, ignore_errors=True)
            os.rename(work, folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    artifacts = load(folder)
    if native.core is not None and not artifacts.tape.is_file():
        _record_tape(folder, name, progress)
        _write_manifest(folder, name)
    return artifacts


def _record_tape(folder: Path, name: str, progress: Progress) -> None:
    """Write the tape where the native core is installed."""
    if native.core is not None:
        progress(f"{name}: recording the witness tape")
        content = record(folder / FILES[1], folder / FILES[2])
        with whole_file(folder / TAPE) as file:
            file.write(content)


def load(folder: Path) -> Artifacts:
    """Return the files of a folder once every hash is the manifest's.

    A key that the manifest does not mark `dev` must pass the setup gate.

    Raises:
        ArtifactError: a file is missing or changed, or the key passes no gate.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ArtifactError(f"{path} is missing; run `undertow circuits build`")
    manifest = _manifest(path)
    for name in FILES:
        file = folder / name
        if name == TAPE and name not in manifest["sha256"] and not file.exists():
            continue
        if not file.is_file() or _sha256(file) != manifest["sha256"].get(name):
            raise ArtifactError(
                f"{file} is not the file that its manifest names; delete {folder} and run "
                "`undertow circuits build`"
            )
    artifacts = Artifacts(manifest["circuit"], folder, manifest["origin"])
    if artifacts.origin != DEV:
        try:
            setup.require_contribution(artifacts.zkey, str(manifest.get("circuit_hash")))
        except ValueError as error:
            raise ArtifactError(f"the key is no ceremony's: {error}") from error
    return artifacts


def _manifest(path: Path) -> dict[str, Any]:
    """Return a manifest that has what `load` asks for; raises ArtifactError."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        kinds = {"circuit": str, "origin": str, "sha256": dict}
        if all(isinstance(manifest[name], kind) for name, kind in kinds.items()):
            return dict(manifest)
    except (ValueError, KeyError, TypeError):
        pass
    raise ArtifactError(f"{path} is no manifest; delete {path.parent} and build or adopt again")


def adopt(artifacts: Artifacts, zkey: Path, ptau: Path, progress: Progress) -> Artifacts:
    """Put a ceremony's key in the place of the development key, once all of it is verified.

    Raises:
        OSError: a file cannot be read.
        ValueError: the key is not the circuit's, or nobody contributed to it.
    """
    work = Path(tempfile.mkdtemp(prefix=f"{artifacts.name}-", dir=KEYS))
    try:
        for name in FILES:
            source = zkey if name == artifacts.zkey.name else artifacts.folder / name
            shutil.copyfile(source, work / name)
        # The copy is what is verified: whoever handed the key over may still write to theirs.
        copy = work / artifacts.zkey.name
        setup.verify(artifacts.r1cs, ptau, copy, progress)
        circuit_hash = setup.inspect(copy).circuit_hash
        target = KEYS / f"{artifacts.folder.name}-{CEREMONY}-{_sha256(copy)[:16]}"
        _write_manifest(work, artifacts.name, origin=CEREMONY, circuit_hash=circuit_hash)
        shutil.rmtree(target, ignore_errors=True)
        os.rename(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return load(target)


def adopted(development: Path) -> Artifacts:
    """Return the files with the one ceremony's key that was adopted for a development key's folder.

    Raises:
        ArtifactError: there is none, or more than one, or it does not pass `load`.
    """
    found = sorted(development.parent.glob(f"{development.name}-{CEREMONY}-*"))
    if len(found) == 1:
        artifacts = load(found[0])
        if artifacts.origin != CEREMONY:
            raise ArtifactError(f"{found[0]} does not hold a ceremony's key; adopt it again")
        return artifacts
    if found:
        names = ", ".join(path.name for path in found)
        raise ArtifactError(
            f"{development.parent} holds several ceremonies' keys; keep one: {names}"
        )
    raise ArtifactError(
        f"no ceremony's key was adopted for {development.name}; run `undertow circuits adopt`"
    )


def _write_manifest(folder: Path, name: str, origin: str = DEV, **more: str) -> None:
    hashes = {file: _sha256(folder / file) for file in FILES if (folder / file).is_file()}
    manifest = {"circuit": name, "origin": origin, **more, "sha256": hashes}
    with whole_file(folder / MANIFEST) as file:
        file.write(f"{json.dumps(manifest, indent=2)}\n".encode())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
