"""Sections of iden3 binary files, to take files apart and put them together wrongly."""

from __future__ import annotations

import struct
from collections.abc import Sequence

Sections = list[tuple[int, bytes]]


def split(data: bytes) -> Sections:
    """Return numbers and contents in the file's order."""
    (count,) = struct.unpack_from("<I", data, 8)
    found, at = [], 12
    for _ in range(count):
        number, size = struct.unpack_from("<IQ", data, at)
        found.append((number, data[at + 12 : at + 12 + size]))
        at += 12 + size
    assert at == len(data)
    return found


def join(data: bytes, sections: Sequence[tuple[int, bytes]]) -> bytes:
    """Return a file with the magic and version of another and these sections."""
    parts = [data[:8], struct.pack("<I", len(sections))]
    for number, content in sections:
        parts += [struct.pack("<IQ", number, len(content)), content]
    return b"".join(parts)


def replaced(data: bytes, *changes: tuple[int, bytes]) -> bytes:
    """Return a file with some sections' contents replaced."""
    changed = dict(changes)
    return join(data, [(number, changed.get(number, old)) for number, old in split(data)])


def starts(data: bytes) -> list[int]:
    """Return where the entries of the table and the contents begin."""
    found, at = [0, 4, 8], 12
    for _, content in split(data):
        found += [at, at + 4, at + 12]
        at += 12 + len(content)
    return found
