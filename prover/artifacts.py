"""Circuits and keys on disk: built once per content, and refused by hash when they changed.

build/keys/<circuit>-<hash>/ holds the .r1cs, .wasm, .sym, .zkey, .tape and manifest.json. Only the
native core records a .tape and uses it: a folder that was built without the core has none until it
is built with it. Of a circuit that no tape can stand for (`prover/tape.py`) there is none either:
each build says so, and everything else is the same.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from prover import exit_inputs, manifest, setup, toolchain
from prover.errors import ArtifactError, FileError, TapeError
from prover.groth16 import setup_key
from prover.manifest import CEREMONY, DEV, FILES, MANIFEST, R1CS, SYM, TAPE, WASM, ZKEY
from prover.tape import record
from prover.toolchain import ROOT, Compiled
from undertow.crypto import native
from undertow.protocol.params import PRESETS, Preset
from undertow.whole_file import whole_file, whole_folder

KEYS = ROOT / "build" / "keys"
DEV_SEED = hashlib.sha256(b"undertow development key: worthless outside local chains").digest()
"""Anybody can forge proofs under a key made from it."""
_VERSION = 2

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Artifacts:
    """A circuit's files, whose hashes were checked."""

    name: str
    folder: Path
    origin: str
    """`dev` or `ceremony`."""
    powers_hash: str | None
    """Of the powers of tau that a ceremony's key came from."""

    @property
    def r1cs(self) -> Path:
        """The constraints."""
        return self.folder / R1CS

    @property
    def wasm(self) -> Path:
        """The witness calculator."""
        return self.folder / WASM

    @property
    def sym(self) -> Path:
        """The signals' names."""
        return self.folder / SYM

    @property
    def zkey(self) -> Path:
        """The proving key."""
        return self.folder / ZKEY

    @property
    def tape(self) -> Path:
        """The operations that compute a witness; see the top for when there is none."""
        return self.folder / TAPE


def circuit_names(preset: Preset) -> tuple[str, str, str]:
    """Return the names of the circuits of batches, of requests and of exits.

    Presets with as many requests and one grid share the request circuit, under the name of the
    first of them; all share the exits'. An operator proves with the first two.
    """
    sizes = preset.requests, preset.grid
    first = next(one for one in PRESETS.values() if (one.requests, one.grid) == sizes)
    return f"settle_{preset.name}", f"requests_{first.name}", exit_inputs.NAME


def chosen(name: str, origin: str, progress: Progress) -> Artifacts:
    """Return a circuit's files with its key of that origin, `dev` or `ceremony`.

    Raises:
        ArtifactError: a ceremony's key is asked for and none, or more than one, was adopted.
    """
    return adopted(_folder(name)) if origin == CEREMONY else build(name, progress)


def build(name: str, progress: Progress) -> Artifacts:
    """Return a circuit's files with a development key, building what is not there yet."""
    folder = _folder(name)
    if not (folder / MANIFEST).is_file():
        with whole_folder(folder) as work:
            progress(f"{name}: compiling the circuit")
            fill(
                work, name, toolchain.compile(_source(name), ROOT / "build" / "circuits"), progress
            )
            # One that is there lacks its manifest.
            shutil.rmtree(folder, ignore_errors=True)
    artifacts = load(folder)
    if native.core is not None and not artifacts.tape.is_file():
        _record_tape(folder, name, progress)
        manifest.write(folder, name)
    return artifacts


def fill(folder: Path, name: str, compiled: Compiled, progress: Progress) -> None:
    """Fill a folder with the files of a circuit, which may be anybody's, for `load`."""
    for target, path in ((R1CS, compiled.r1cs), (WASM, compiled.wasm), (SYM, compiled.sym)):
        shutil.copyfile(path, folder / target)
    _record_tape(folder, name, progress)
    setup_key(
        folder / R1CS,
        folder / ZKEY,
        DEV_SEED,
        lambda stage: progress(f"{name}: development key, {stage}"),
    )
    manifest.write(folder, name)


def load(folder: Path) -> Artifacts:
    """Return the files of a folder once every hash is the manifest's.

    A key that the manifest does not mark `dev` must pass the setup gate, and so must its powers of
    tau.

    Raises:
        ArtifactError: a file is missing or changed, or the key passes no gate.
    """
    promised = manifest.read(folder)
    manifest.check(folder, promised)
    powers_hash = promised.powers.hash if promised.powers else None
    artifacts = Artifacts(promised.circuit, folder, promised.origin, powers_hash)
    if artifacts.origin != DEV:
        try:
            setup.require_contribution(artifacts.zkey, str(promised.circuit_hash))
            manifest.require_powers(folder, promised)
        except FileError as error:
            message = f"the key is no ceremony's: {error}"
            raise ArtifactError(artifacts.zkey, message) from error
    return artifacts


def adopt(
    artifacts: Artifacts, zkey: Path, ptau: Path, progress: Progress, pinned: str | None = None
) -> Artifacts:
    """Put a ceremony's key in the place of the development key, once all of it is verified.

    ``pinned`` is the hash that the powers of tau have to have.

    Raises:
        OSError: a file cannot be read.
        FileError: the key is not the circuit's, or nobody contributed to it.
    """
    with tempfile.TemporaryDirectory(dir=KEYS) as scratch:
        # The copy is what is verified: whoever handed the key over may still write to theirs.
        copy = Path(scratch) / ZKEY
        shutil.copyfile(zkey, copy)
        powers = setup.verify(artifacts.r1cs, ptau, copy, progress, pinned)
        circuit_hash = setup.inspect(copy).circuit_hash
        target = KEYS / f"{artifacts.folder.name}-{CEREMONY}-{manifest.sha256(copy)[:16]}"
        with whole_folder(target) as work:
            copy.rename(work / ZKEY)
            for name in set(FILES) - {ZKEY}:
                shutil.copyfile(artifacts.folder / name, work / name)
            more = {"circuit_hash": circuit_hash, "powers": powers.to_json()}
            manifest.write(work, artifacts.name, CEREMONY, **more)
            shutil.rmtree(target, ignore_errors=True)
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
            message = f"{found[0]} does not hold a ceremony's key; adopt it again"
            raise ArtifactError(found[0], message)
        return artifacts
    if found:
        names = ", ".join(path.name for path in found)
        message = f"{development.parent} holds several ceremonies' keys; keep one: {names}"
        raise ArtifactError(development.parent, message)
    message = f"no ceremony's key was adopted for {development.name}; run `undertow circuits adopt`"
    raise ArtifactError(development, message)


def _folder(name: str) -> Path:
    """Return where a circuit's files with the development key are, whether built or not."""
    tag = f"{toolchain.content_hash(_source(name))}-{DEV_SEED.hex()}-{_VERSION}"
    return KEYS / f"{name}-{hashlib.sha256(tag.encode()).hexdigest()[:16]}"


def _source(name: str) -> Path:
    return ROOT / "circuits" / f"{name}.circom"


def _record_tape(folder: Path, name: str, progress: Progress) -> None:
    """Write the tape where the native core is installed and the circuit has one."""
    if native.core is None:
        return
    progress(f"{name}: recording the witness tape")
    try:
        content = record(folder / WASM, folder / SYM)
    except TapeError as error:
        progress(f"{name}: warning: no tape, so the slower calculator computes witnesses: {error}")
        return
    with whole_file(folder / TAPE) as file:
        file.write(content)
