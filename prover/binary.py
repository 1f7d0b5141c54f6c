"""Sections of iden3 binary files: `native/src/files/binary.rs`, readable.

Nothing is read before there is room for it in the file, and every error names file and section.
Numbers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping

from prover.errors import FormatError

_FORMATS = {b"r1cs": (1, 5), b"wtns": (2, 2), b"zkey": (1, 10)}
"""By magic: the version that is read, and the highest section that it has."""
WORD = 32
"""Bytes of a field element."""
TABLE = 12
"""Where the first section begins, after magic, version and count."""
SECTION = struct.Struct("<IQ")
"""A section's number and length, before it."""


class Sections(dict[int, bytes]):
    """A file's sections by number; asking for one that is missing raises FormatError."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __missing__(self, number: int) -> bytes:
        raise FormatError(f"{self.name} section {number} is missing")


def sections(data: bytes, name: str, magic: bytes) -> Sections:
    """Return the sections of a file: each known, once, and nothing after the last.

    Raises:
        FormatError: the file is of another kind or version, ends early, or holds what nobody here
            would take into account.
    """
    count, last = header(data, name, magic), _FORMATS[magic][1]
    found = Sections(name)
    offset = TABLE
    for _ in range(count):
        if len(data) < offset + SECTION.size:
            raise FormatError(f"{name} table of sections ends early")
        number, size = SECTION.unpack_from(data, offset)
        offset += SECTION.size
        if not 0 < number <= last:
            raise FormatError(f"{name} section {number} is not known")
        if number in found:
            raise FormatError(f"{name} section {number} stands twice")
        if len(data) < offset + size:
            raise FormatError(f"{name} section {number} ends early")
        found[number] = data[offset : offset + size]
        offset += size
    if offset != len(data):
        raise FormatError(f"{name} has {len(data) - offset} bytes after its last section")
    return found


def header(data: bytes, name: str, magic: bytes) -> int:
    """Return how many sections there are; raises FormatError."""
    if data[:4] != magic:
        raise FormatError(f"{name} does not begin with {magic!r}")
    if len(data) < TABLE:
        raise FormatError(f"{name} header ends early")
    version, count = struct.unpack_from("<II", data, 4)
    if version != _FORMATS[magic][0]:
        raise FormatError(f"{name} header: version {version} is not supported")
    return int(count)


def parts(magic: bytes, content: Mapping[int, bytes]) -> Iterator[bytes]:
    """Yield a file with these sections, in their order, piece by piece."""
    yield magic + struct.pack("<II", _FORMATS[magic][0], len(content))
    for number, section in content.items():
        yield SECTION.pack(number, len(section))
        yield section


def prime(value: int) -> bytes:
    """Return a field's prime as headers hold it."""
    return struct.pack("<I", WORD) + value.to_bytes(WORD, "little")


def words(numbers: Iterable[int]) -> bytes:
    """Return field elements one after another."""
    return b"".join([number.to_bytes(WORD, "little") for number in numbers])


def numbers(data: bytes) -> list[int]:
    """Return the field elements that stand one after another."""
    return [int.from_bytes(data[at : at + WORD], "little") for at in range(0, len(data), WORD)]
