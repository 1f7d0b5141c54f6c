"""The Python readers refuse hostile files by file and section, and never outgrow the file."""

from __future__ import annotations

import random
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from prover.binary import sections
from prover.errors import FormatError
from prover.r1cs import R1cs, constraint_count, read_wtns
from tests.prover.sections import join, replaced, split
from venue.bench import circuit as bench_circuit

CONSTRAINTS = 3
PRIME = 36
"""Bytes of a header before its counts."""
READERS: dict[str, Callable[[Path], object]] = {"r1cs": R1cs.read, "wtns": read_wtns}
SMALL = 1 << 20
"""Bytes; the files here have less than 2,000."""


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("originals")
    circuit = bench_circuit.write(CONSTRAINTS, folder)
    return {"r1cs": circuit.r1cs.read_bytes(), "wtns": circuit.wtns.read_bytes()}


def read(kind: str, content: bytes, folder: Path) -> object:
    path = folder / f"hostile.{kind}"
    path.write_bytes(content)
    return READERS[kind](path)


def counted(data: bytes, at: int, number: int) -> bytes:
    """Return the .r1cs with another number in its header, `at` bytes after the prime."""
    header = bytearray(dict(split(data))[1])
    struct.pack_into("<I", header, PRIME + at, number)
    return replaced(data, (1, bytes(header)))


@pytest.mark.parametrize("row", range(3))
@pytest.mark.parametrize("more", [1, 100_000])
def test_a_row_is_no_longer_than_what_is_left(
    originals: dict[str, bytes], tmp_path: Path, row: int, more: int
) -> None:
    body = dict(split(originals["r1cs"]))[2]
    at = [0, 4 + 3 * 36, 2 * 4 + 5 * 36][row]
    size = (len(body) - at - 4) // 36 + more
    hostile = replaced(originals["r1cs"], (2, body[:at] + struct.pack("<I", size) + body[at + 4 :]))
    tracemalloc.start()
    with pytest.raises(FormatError, match=r"hostile\.r1cs section 2 ends early"):
        read("r1cs", hostile, tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < SMALL


@pytest.mark.parametrize("without_labels", [False, True])
def test_counts_do_not_outgrow_the_file(
    originals: dict[str, bytes], tmp_path: Path, without_labels: bool
) -> None:
    data = originals["r1cs"]
    if without_labels:
        data = join(data, [part for part in split(data) if part[0] != 3])
        read("r1cs", data, tmp_path)
    with pytest.raises(FormatError, match=r"hostile\.r1cs section 1 counts wires"):
        read("r1cs", counted(data, 0, 0xFFFFFFFF), tmp_path)
    with pytest.raises(FormatError, match=r"hostile\.r1cs section 2 ends early"):
        read("r1cs", counted(data, 24, 0xFFFFFFFF), tmp_path)
    with pytest.raises(FormatError, match=r"hostile\.r1cs section 2 has \d+ bytes too many"):
        read("r1cs", counted(data, 24, CONSTRAINTS - 1), tmp_path)


def test_what_the_header_does_not_allow_is_refused(
    originals: dict[str, bytes], tmp_path: Path
) -> None:
    data = originals["r1cs"]
    body = dict(split(data))[2]
    far = replaced(data, (2, body[:4] + struct.pack("<I", 7) + body[8:]))
    with pytest.raises(FormatError, match=r"hostile\.r1cs section 2 names a wire"):
        read("r1cs", far, tmp_path)
    with pytest.raises(FormatError, match=r"hostile\.r1cs section 1 has more public signals"):
        read("r1cs", counted(data, 4, 4), tmp_path)
    header = dict(split(data))[1]
    for wrong in (header + b"\0", header[:-1]):
        with pytest.raises(FormatError, match=r"hostile\.r1cs section 1 is not of its length"):
            read("r1cs", replaced(data, (1, wrong)), tmp_path)
    gates = join(data, [*split(data), (4, struct.pack("<I", 1))])
    with pytest.raises(FormatError, match=r"hostile\.r1cs section 4 lists custom gates"):
        read("r1cs", gates, tmp_path)
    with pytest.raises(FormatError, match=r"hostile\.wtns section 2 does not have the values"):
        read("wtns", replaced(originals["wtns"], (2, b"\1" + bytes(63))), tmp_path)


@pytest.mark.parametrize("kind", READERS)
def test_the_table_of_sections_is_checked(
    originals: dict[str, bytes], tmp_path: Path, kind: str
) -> None:
    data = originals[kind]
    parts = split(data)
    name = rf"hostile\.{kind}"
    for number in (1, 2):
        rest = [part for part in parts if part[0] != number]
        changed = replaced(data, (number, b""))
        with pytest.raises(FormatError, match=f"{name} section {number} is missing"):
            read(kind, join(data, rest), tmp_path)
        with pytest.raises(FormatError, match=f"{name} section {number} stands twice"):
            read(kind, join(data, [*parts, (number, b"")]), tmp_path)
        with pytest.raises(FormatError, match=f"{name} section [12]"):
            read(kind, changed, tmp_path)
    field = bytearray(dict(parts)[1])
    field[4] ^= 1
    for broken, wrong in (
        (b"zkey" + data[4:], "does not begin"),
        (data[:4] + struct.pack("<I", 3) + data[8:], "header: version 3 is not supported"),
        (data + b"\0", "has 1 bytes after its last section"),
        (data[:-1], r"section \d ends early"),
        (join(data, [*parts, (77, b"")]), "section 77 is not known"),
        (replaced(data, (1, bytes(field))), "section 1 is not over"),
    ):
        with pytest.raises(FormatError, match=f"{name} {wrong}"):
            read(kind, broken, tmp_path)


@pytest.mark.parametrize("kind", READERS)
def test_damage_is_a_format_error_or_harmless(
    originals: dict[str, bytes], tmp_path: Path, kind: str
) -> None:
    data = originals[kind]
    for length in range(len(data)):
        with pytest.raises(FormatError, match="hostile"):
            read(kind, data[:length], tmp_path)
    draw = random.Random(kind)
    refused = 0
    for _ in range(500):
        at = draw.randrange(len(data))
        flipped = data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]
        try:
            read(kind, flipped, tmp_path)
        except FormatError:
            refused += 1
    assert refused > 20


def test_a_key_is_split_by_the_same_rules() -> None:
    key = b"zkey" + struct.pack("<II", 1, 0)
    assert sections(key, "a key", b"zkey") == {}
    with pytest.raises(FormatError, match="a key section 2 is missing"):
        sections(key, "a key", b"zkey")[2]
    with pytest.raises(FormatError, match="version 2"):
        sections(b"zkey" + struct.pack("<II", 2, 0), "a key", b"zkey")


def test_constraints_are_counted_by_the_header_alone(
    originals: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "counted.r1cs"
    path.write_bytes(originals["r1cs"])
    assert constraint_count(path) == len(R1cs.read(path).constraints)
    # No header, or another kind of file.
    for content in (b"", originals["r1cs"][:12], originals["wtns"]):
        path.write_bytes(content)
        with pytest.raises(FormatError):
            constraint_count(path)
