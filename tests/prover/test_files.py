"""Files of every kind: read whatever their sections' order, and refused by section when wrong."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from prover.native_core import native_core
from prover.tape import record
from prover.witness import calculate, to_wtns
from tests.prover.conftest import SMALL_INPUTS, Files, Small
from tests.prover.sections import join, replaced, split
from undertow.crypto.field import R

KINDS = ("r1cs", "wtns", "zkey", "ptau")
LABELS = 3
"""The one section that may be missing: each wire's signal in a .r1cs."""


def rewritten(data: bytes, folder: Path) -> bytes:
    """Return what the native core writes of what it read."""
    source, target = folder / "source", folder / "target"
    source.write_bytes(data)
    native_core().rewrite(str(source), str(target))
    return target.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_written_as_it_was_read(
    originals: dict[str, bytes], tmp_path: Path, kind: str
) -> None:
    assert rewritten(originals[kind], tmp_path) == originals[kind]


def test_our_witness_is_snarkjss(originals: dict[str, bytes], small: Small) -> None:
    """The readable writer's and the tape's."""
    compiled, names = small.compiled, list(SMALL_INPUTS)
    assert to_wtns(calculate(compiled.wasm, SMALL_INPUTS)) == originals["wtns"]
    tape = native_core().WitnessTape(record(compiled.wasm, compiled.sym))
    ordered = sorted(tape.inputs(), key=lambda group: group[1])
    assert sorted(name for name, _, _ in ordered) == sorted(names)
    values = [SMALL_INPUTS[name] % R for name, _, _ in ordered]
    assert tape.run(b"".join(value.to_bytes(32, "little") for value in values)) == originals["wtns"]


def test_a_contributed_key_keeps_its_contributions(files: Files, tmp_path: Path) -> None:
    data = files.contributed.read_bytes()
    assert dict(split(rewritten(data, tmp_path))) == dict(split(data))


@pytest.mark.parametrize("kind", KINDS)
def test_sections_may_stand_in_any_order(
    originals: dict[str, bytes], tmp_path: Path, kind: str
) -> None:
    data = originals[kind]
    for seed in range(5):
        shuffled = split(data)
        random.Random(seed).shuffle(shuffled)
        assert rewritten(join(data, shuffled), tmp_path) == data


@pytest.mark.parametrize("kind", KINDS)
def test_a_section_that_is_missing_long_short_or_twice_is_named(
    originals: dict[str, bytes], tmp_path: Path, kind: str
) -> None:
    data = originals[kind]
    sections = split(data)
    for index, (number, content) in enumerate(sections):
        rest = sections[:index] + sections[index + 1 :]
        wrong = [
            join(data, [*sections, (number, content)]),
            replaced(data, (number, content + b"\0")),
            replaced(data, (number, content[:-1])),
            replaced(data, (number, b"")),
        ]
        if (kind, number) != ("r1cs", LABELS):
            wrong.append(join(data, rest))
        for broken in wrong:
            with pytest.raises(ValueError, match=rf"{kind} section \d+"):
                rewritten(broken, tmp_path)


def test_an_unknown_section_is_refused(originals: dict[str, bytes], tmp_path: Path) -> None:
    for kind, data in originals.items():
        with pytest.raises(ValueError, match=f"{kind} section 77 is not known"):
            rewritten(join(data, [*split(data), (77, b"")]), tmp_path)
    data = originals["ptau"]
    for number in range(8, 12):
        with pytest.raises(ValueError, match=f"ptau section {number} is not known"):
            rewritten(join(data, [*split(data), (number, b"")]), tmp_path)


def test_custom_gates_are_refused(originals: dict[str, bytes], tmp_path: Path) -> None:
    data = originals["r1cs"]
    for number in (4, 5):
        gates = (number, struct.pack("<I", 1))
        with pytest.raises(ValueError, match=f"r1cs section {number} lists custom gates"):
            rewritten(join(data, [*split(data), gates]), tmp_path)


def test_labels_may_be_missing_but_then_terms_bound_the_wires(
    originals: dict[str, bytes], tmp_path: Path
) -> None:
    data = originals["r1cs"]
    bare = join(data, [(number, content) for number, content in split(data) if number != LABELS])
    assert rewritten(bare, tmp_path) == bare
    header = dict(split(bare))[1]
    many = header[:36] + struct.pack("<I", 0xFFFFFFFF) + header[40:]
    with pytest.raises(ValueError, match="r1cs section 2 has fewer terms than wires"):
        rewritten(replaced(bare, (1, many)), tmp_path)


def test_a_point_that_moved_is_refused(files: Files, tmp_path: Path) -> None:
    data = files.begun.read_bytes()
    sections = dict(split(data))
    draw = random.Random(0)
    for number in (2, 3, 5, 6, 7, 8, 9):
        content = sections[number]
        for _ in range(20):
            at = draw.randrange(len(content))
            moved = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
            with pytest.raises(ValueError, match=f"zkey section {number}"):
                rewritten(replaced(data, (number, moved)), tmp_path)


HEADER = {"alpha1": (84, 64), "beta1": (148, 64), "beta2": (212, 128), "gamma2": (340, 128)}
HEADER |= {"delta1": (468, 64), "delta2": (532, 128)}
"""Where section 2 of a .zkey holds its points: offset and size."""


@pytest.mark.parametrize("name", HEADER)
def test_infinity_in_a_keys_header_is_refused(files: Files, tmp_path: Path, name: str) -> None:
    data = files.begun.read_bytes()
    header = dict(split(data))[2]
    at, size = HEADER[name]
    changed = header[:at] + bytes(size) + header[at + size :]
    with pytest.raises(ValueError, match="zkey section 2 holds a point"):
        rewritten(replaced(data, (2, changed)), tmp_path)


def test_two_betas_and_two_deltas_are_refused(files: Files, tmp_path: Path) -> None:
    data = files.contributed.read_bytes()
    header = dict(split(data))[2]
    for name, other in (("beta1", "alpha1"), ("delta1", "alpha1")):
        (at, size), (source, _) = HEADER[name], HEADER[other]
        changed = header[:at] + header[source : source + size] + header[at + size :]
        with pytest.raises(ValueError, match=r"zkey section (2 holds two different|10 ends with)"):
            rewritten(replaced(data, (2, changed)), tmp_path)


def test_a_public_signal_that_would_not_count_is_refused(files: Files, tmp_path: Path) -> None:
    data = files.begun.read_bytes()
    signals = dict(split(data))[3]
    changed = replaced(data, (3, signals[:64] + bytes(64) + signals[128:]))
    with pytest.raises(ValueError, match="zkey section 3 holds infinity"):
        rewritten(changed, tmp_path)


def test_powers_of_one_before_any_contribution_are_refused(tmp_path: Path, files: Files) -> None:
    data = files.ptau.read_bytes()
    sections = dict(split(data))
    lagrange = bytes(64) + sections[12][64:]
    with pytest.raises(ValueError, match="ptau section 12 holds a point at infinity"):
        rewritten(replaced(data, (12, lagrange)), tmp_path)


@pytest.mark.parametrize(
    "call",
    [
        lambda core, path: core.Prover(path),
        lambda core, path: core.Constraints(path),
        lambda core, path: core.rewrite(path, path),
        lambda core, path: core.zkey_info(path),
        lambda core, path: core.setup_key(path, path, bytes(32), None),
    ],
)
def test_what_is_no_file_is_an_os_error(call: Callable[..., object], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="absent"):
        call(native_core(), str(tmp_path / "absent"))
    with pytest.raises(OSError, match="not a regular file"):
        call(native_core(), str(tmp_path))


def test_a_file_that_cannot_be_written_leaves_nothing(files: Files, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        native_core().rewrite(str(files.circuit.wtns), str(tmp_path / "absent" / "target"))
    assert list(tmp_path.iterdir()) == []
