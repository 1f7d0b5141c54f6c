"""Reads compiled circuits and checks witnesses against their constraints."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from prover.witness import FIELD

Terms = list[tuple[int, int]]


class FormatError(ValueError):
    """A file is not of the format its name promises."""


def sections(data: bytes, name: str, magic: bytes) -> dict[int, bytes]:
    """Return the sections of a file by number.

    Raises:
        FormatError: the file is of another kind, or ends early.
    """
    if data[:4] != magic:
        raise FormatError(f"{name} does not begin with {magic!r}")
    count = int.from_bytes(data[8:12], "little")
    found: dict[int, bytes] = {}
    offset = 12
    for _ in range(count):
        if len(data) < offset + 12:
            raise FormatError(f"{name} ends early")
        kind, size = struct.unpack_from("<IQ", data, offset)
        offset += 12
        if len(data) < offset + size:
            raise FormatError(f"{name} ends early in section {kind}")
        found[kind] = data[offset : offset + size]
        offset += size
    return found


def read_wtns(path: Path) -> list[int]:
    """Return the witness values of a .wtns file."""
    return wtns_values(path.read_bytes())


def wtns_values(content: bytes) -> list[int]:
    """Return the witness values of the content of a .wtns file."""
    body = sections(content, "the witness", b"wtns")[2]
    return [int.from_bytes(body[i : i + 32], "little") for i in range(0, len(body), 32)]


def read_sym(path: Path) -> dict[str, int]:
    """Return the wire of every signal; -1 where the compiler removed the wire."""
    wires: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        _, wire, _, name = line.split(",", 3)
        wires[name] = int(wire)
    return wires


def _dot(terms: Terms, witness: list[int]) -> int:
    return sum(value * witness[wire] for wire, value in terms) % FIELD


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
        try:
            return R1cs._parse(found[1], found[2], path)
        except (KeyError, struct.error) as error:
            raise FormatError(f"{path.name} sections 1 and 2 do not hold a circuit") from error

    @staticmethod
    def _parse(header: bytes, body: bytes, path: Path) -> R1cs:
        if int.from_bytes(header[4:36], "little") != FIELD:
            raise FormatError(f"{path.name} is not over the BN254 scalar field")
        wires, outputs, public_inputs = struct.unpack_from("<III", header, 36)
        (count,) = struct.unpack_from("<I", header, 60)
        offset = 0
        constraints = []
        for _ in range(count):
            parts: list[Terms] = []
            for _ in range(3):
                (size,) = struct.unpack_from("<I", body, offset)
                offset += 4
                terms: Terms = []
                for _ in range(size):
                    wire = int.from_bytes(body[offset : offset + 4], "little")
                    value = int.from_bytes(body[offset + 4 : offset + 36], "little")
                    terms.append((wire, value))
                    offset += 36
                parts.append(terms)
            constraints.append((parts[0], parts[1], parts[2]))
        return R1cs(wires, outputs, public_inputs, constraints)

    def holds(self, index: int, witness: list[int]) -> bool:
        """Tell whether one constraint holds."""
        a, b, c = self.constraints[index]
        return (_dot(a, witness) * _dot(b, witness) - _dot(c, witness)) % FIELD == 0

    def first_unsatisfied(self, witness: list[int]) -> int | None:
        """Return the index of the first broken constraint, or None when all hold."""
        if len(witness) != self.wires or witness[0] != 1:
            raise ValueError("not a witness of this circuit")
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
