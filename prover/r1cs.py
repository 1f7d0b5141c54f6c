"""Reads compiled circuits and checks witnesses against their constraints."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.binary import SECTION, TABLE, WORD, header, numbers, prime, sections
from prover.errors import FormatError
from undertow.crypto.field import R

Terms = list[tuple[int, int]]

_PRIME = prime(R)
_COUNTS = struct.Struct("<IIIIQI")
"""Wires, outputs, public inputs, private inputs, labels and constraints, after the prime."""
_TERM = struct.Struct("<I32s")
"""A wire and its coefficient."""
_LABELS = 3
_GATES = (4, 5)
"""Custom gates would be constraints that no proof shows."""


def read_wtns(path: Path) -> list[int]:
    """Return the witness values of a .wtns file; raises FormatError."""
    return wtns_values(path.read_bytes(), path.name)


def wtns_values(content: bytes, name: str = "the witness") -> list[int]:
    """Return the witness values of the content of a .wtns file; raises FormatError."""
    found = sections(content, name, b"wtns")
    header, body = found[1], found[2]
    if header[:-4] != _PRIME:
        raise FormatError(f"{name} section 1 is not over the BN254 scalar field")
    if len(body) != WORD * int.from_bytes(header[-4:], "little"):
        raise FormatError(f"{name} section 2 does not have the values that section 1 counts")
    return numbers(body)


def read_sym(path: Path) -> dict[str, int]:
    """Return the wire of every signal; -1 where the compiler removed the wire."""
    wires: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        _, wire, _, name = line.split(",", 3)
        wires[name] = int(wire)
    return wires


def constraint_count(path: Path) -> int:
    """Return how many constraints a .r1cs file has; of a large one only the header is read.

    Raises:
        FormatError: it has no header, or is no such file.
    """
    with path.open("rb") as file:
        count = header(file.read(TABLE), path.name, b"r1cs")
        for _ in range(count):
            number, size = SECTION.unpack(file.read(SECTION.size).ljust(SECTION.size, b"\0"))
            if number == 1 and size == len(_PRIME) + _COUNTS.size:
                content = file.read(size).ljust(size, b"\0")
                return int(_COUNTS.unpack_from(content, len(_PRIME))[-1])
            file.seek(size, 1)
    raise FormatError(f"{path.name} section 1 is missing")


def _constraints(
    body: bytes, count: int, wires: int, name: str
) -> list[tuple[Terms, Terms, Terms]]:
    offset = 0

    def terms() -> Terms:
        nonlocal offset
        start = offset + 4
        if len(body) < start:
            raise FormatError(f"{name} section 2 ends early")
        (size,) = struct.unpack_from("<I", body, offset)
        offset = start + size * _TERM.size
        # Before anything of it is read: a small file must not claim a row of gigabytes.
        if len(body) < offset:
            raise FormatError(f"{name} section 2 ends early")
        pairs = _TERM.iter_unpack(body[start:offset])
        found = [(wire, int.from_bytes(value, "little")) for wire, value in pairs]
        if any(wire >= wires for wire, _ in found):
            raise FormatError(f"{name} section 2 names a wire that section 1 does not count")
        return found

    constraints = [(terms(), terms(), terms()) for _ in range(count)]
    if offset != len(body):
        raise FormatError(f"{name} section 2 has {len(body) - offset} bytes too many")
    return constraints


def _dot(terms: Terms, witness: Sequence[int]) -> int:
    return sum(value * witness[wire] for wire, value in terms) % R


@dataclass(frozen=True)
class R1cs:
    """A rank-1 constraint system: for each constraint A * B = C."""

    wires: int
    outputs: int
    public_inputs: int
    constraints: list[tuple[Terms, Terms, Terms]]

    @property
    def public(self) -> int:
        """How many public signals there are: wires 1 to `public`."""
        return self.outputs + self.public_inputs

    @staticmethod
    def read(path: Path) -> R1cs:
        """Read a .r1cs file over the BN254 scalar field; raises FormatError."""
        found = sections(path.read_bytes(), path.name, b"r1cs")
        header = found[1]
        if header[: len(_PRIME)] != _PRIME:
            raise FormatError(f"{path.name} section 1 is not over the BN254 scalar field")
        if len(header) != len(_PRIME) + _COUNTS.size:
            raise FormatError(f"{path.name} section 1 is not of its length")
        wires, outputs, public_inputs, _, _, count = _COUNTS.unpack_from(header, len(_PRIME))
        if outputs + public_inputs >= wires:
            raise FormatError(f"{path.name} section 1 has more public signals than wires")
        for number in _GATES:
            if any(found.get(number, b"")):
                raise FormatError(f"{path.name} section {number} lists custom gates")
        body = found[2]
        listed = len(found[_LABELS]) // 8 if _LABELS in found else 1 + len(body) // _TERM.size
        # Readers make lists of that length: it must not outgrow the file.
        if wires > listed:
            raise FormatError(f"{path.name} section 1 counts wires that the file does not hold")
        return R1cs(wires, outputs, public_inputs, _constraints(body, count, wires, path.name))

    def holds(self, index: int, witness: Sequence[int]) -> bool:
        """Tell whether one constraint holds."""
        a, b, c = self.constraints[index]
        return (_dot(a, witness) * _dot(b, witness) - _dot(c, witness)) % R == 0

    def first_unsatisfied(self, witness: list[int]) -> int | None:
        """Return the index of the first broken constraint, or None when all hold.

        Raises:
            FormatError: it is not of this circuit's length, or its first value is not one.
        """
        if len(witness) != self.wires or witness[0] != 1:
            raise FormatError("not a witness of this circuit")
        for index in range(len(self.constraints)):
            if not self.holds(index, witness):
                return index
        return None

    def by_wire(self) -> list[list[int]]:
        """Return, for each wire, the constraints that mention it."""
        used: list[set[int]] = [set() for _ in range(self.wires)]
        for index, parts in enumerate(self.constraints):
            for terms in parts:
                for wire, _ in terms:
                    used[wire].add(index)
        return [sorted(indices) for indices in used]

    def names(self, index: int, sym: dict[str, int]) -> list[str]:
        """Return the signals that a constraint mentions, by name."""
        wires = {wire for terms in self.constraints[index] for wire, _ in terms}
        return sorted(name for name, wire in sym.items() if wire in wires and wire > 0)
