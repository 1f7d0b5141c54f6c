"""Runs the circuit compiler and other tools; no other module of the prover starts a process."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.errors import ToolchainError
from undertow.whole_file import whole_folder

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = (Path("circuits/lib"), Path("node_modules/circomlib/circuits"))
COMPILER = Path("node_modules/circom2/cli.js")
OPTIONS = ("--r1cs", "--wasm", "--sym", "--simplification_substitution", "--inspect")
_COLOURS = re.compile(r"\x1b\[[\d;]*m")
_INCLUDE = re.compile(r'^\s*include\s+"([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Compiled:
    """The products of one compilation."""

    r1cs: Path
    wasm: Path
    sym: Path
    substitutions: Path
    """Which signals are other ones, by their numbers in `sym`: they have no wire of their own."""
    printed: Path
    """What the compiler said, warnings included."""


def sources(circuit: Path, libraries: Sequence[Path] = LIBRARIES) -> list[Path]:
    """Return the circuit and every file it includes, in order of first use."""
    found: list[Path] = []
    pending = [circuit.resolve()]
    while pending:
        path = pending.pop(0)
        if path in found:
            continue
        found.append(path)
        for name in _INCLUDE.findall(path.read_text(encoding="utf-8")):
            for folder in (path.parent, *(ROOT / library for library in libraries)):
                if (folder / name).is_file():
                    pending.append((folder / name).resolve())
                    break
            else:
                raise ToolchainError(f"{path.name} includes {name}, which is not found")
    return found


def content_hash(circuit: Path, libraries: Sequence[Path] = LIBRARIES) -> str:
    """Return the hash of a circuit's sources and of the compiler's version and options."""
    digest = hashlib.sha256(" ".join(OPTIONS).encode())
    version = ROOT / COMPILER.parent / "package.json"
    for path in (version, *sources(circuit, libraries)):
        content = path.read_bytes()
        digest.update(f"{path.name}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


def compile(
    circuit: Path,
    out_dir: Path,
    simplify: str = "--O1",
    libraries: Sequence[Path] = LIBRARIES,
) -> Compiled:
    """Compile a circuit into out_dir/<content hash>, reusing an earlier product.

    Args:
        circuit: the file with the main component, inside the repository.
        out_dir: the folder of the products, inside the repository; one for each `simplify`.
        simplify: how much the compiler simplifies the constraints; deployed ones are at --O1.
        libraries: where includes are looked for, from the repository's root.

    Raises:
        ToolchainError: the compiler refused the circuit.
    """
    circuit = circuit.resolve()
    target, products = _products(circuit, out_dir, libraries)
    if not target.is_dir():
        with whole_folder(target) as work:
            _compile(circuit, work, simplify, libraries)
    return products


def compiled(circuit: Path, out_dir: Path) -> Compiled | None:
    """Return what `compile` made of these very sources before; None where it did not."""
    target, products = _products(circuit.resolve(), out_dir, LIBRARIES)
    return products if target.is_dir() else None


def _products(circuit: Path, out_dir: Path, libraries: Sequence[Path]) -> tuple[Path, Compiled]:
    """Return the folder of a circuit's products, and what is in it once it is there."""
    target = out_dir.resolve() / content_hash(circuit, libraries)[:24]
    name = circuit.stem
    return target, Compiled(
        r1cs=target / f"{name}.r1cs",
        wasm=target / f"{name}_js" / f"{name}.wasm",
        sym=target / f"{name}.sym",
        substitutions=target / f"{name}_substitutions.json",
        printed=target / f"{name}.log",
    )


def _compile(circuit: Path, folder: Path, simplify: str, libraries: Sequence[Path]) -> None:
    command = [str(COMPILER), str(circuit.relative_to(ROOT))]
    command += [*OPTIONS, simplify, "-o", str(folder.relative_to(ROOT))]
    for library in libraries:
        command += ["-l", str(library)]
    printed = _COLOURS.sub("", node(*command))
    (folder / f"{circuit.stem}.log").write_text(printed, encoding="utf-8")
    if not (folder / f"{circuit.stem}.r1cs").is_file():
        raise ToolchainError(f"{circuit.name}: {printed}")


def node(script: str, *arguments: str) -> str:
    """Run a script from the repository's root and return what it printed.

    Raises:
        ToolchainError: it failed; the message has what it printed.
    """
    command = ["node", script, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ToolchainError(f"{Path(script).name}: {done.stdout}{done.stderr}".strip())
    return done.stdout + done.stderr
