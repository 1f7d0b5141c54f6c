"""Verification keys as JSON, in the shape of `snarkjs zkey export verificationkey`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prover.errors import FormatError
from prover.native_core import native_core, refusals
from undertow import foreign_json
from undertow.crypto import native

LARGEST_FILE = 1 << 26
"""Bytes; a key has some 200 for each public signal, of which there may be 2^18."""


def export(zkey: Path) -> str:
    """Return the JSON of a key's verifying half, character for character as snarkjs writes it.

    Raises:
        OSError: the file cannot be read.
        FormatError: the file is damaged; the message names the section.
    """
    with refusals():
        key = native_core().verification_key(str(zkey))
    words, product = map(native.from_bytes, key)
    ic = words[14:]
    content = {
        "protocol": "groth16",
        "curve": "bn128",
        "nPublic": len(ic) // 2 - 1,
        "vk_alpha_1": _g1(words),
        "vk_beta_2": _g2(words[2:]),
        "vk_gamma_2": _g2(words[6:]),
        "vk_delta_2": _g2(words[10:]),
        "vk_alphabeta_12": _nested(iter(map(str, product)), (2, 3, 2)),
        "IC": [_g1(ic[at:]) for at in range(0, len(ic), 2)],
    }
    return json.dumps(content, indent=1)


def read(path: Path) -> list[int]:
    """Return the words of a verification key: alpha, beta, gamma, delta and IC.

    Raises:
        OSError: the file cannot be read.
        FormatError: the file is no such key; the message names the field.
    """
    with path.open("rb") as file:
        text = file.read(LARGEST_FILE + 1)
    try:
        return _words(foreign_json.read(text, LARGEST_FILE))
    except ValueError as error:
        raise FormatError(f"{path}: {error}") from error


def _words(content: Any) -> list[int]:
    """Return the words of a key's JSON; raises ValueError."""
    if not isinstance(content, dict):
        raise ValueError("no JSON object")
    for field, expected in (("protocol", "groth16"), ("curve", "bn128")):
        if content.get(field) != expected:
            raise ValueError(f"{field} is not {expected}")
    words = _point(content, "vk_alpha_1", 1)
    for field in ("vk_beta_2", "vk_gamma_2", "vk_delta_2"):
        words += _point(content, field, 2)
    signals = content.get("IC")
    if not isinstance(signals, list) or len(signals) != _count(content) + 1:
        raise ValueError("IC does not have a point for each of nPublic signals and the one")
    for index, point in enumerate(signals):
        words += _point({f"IC[{index}]": point}, f"IC[{index}]", 1)
    product = native.from_bytes(native_core().check_verifying_key(native.to_bytes(*words)))
    pairing = _nested(iter(map(str, product)), (2, 3, 2))
    if content.get("vk_alphabeta_12", pairing) != pairing:
        raise ValueError("vk_alphabeta_12 is not the pairing of alpha and beta")
    return words


def _count(content: dict[str, Any]) -> int:
    count = content.get("nPublic")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise ValueError("nPublic is no count")
    return count


def _point(content: dict[str, Any], field: str, degree: int) -> list[int]:
    """Return a point's words; the EVM takes the imaginary part first, the JSON the real one."""
    point = content.get(field)
    if not isinstance(point, list) or len(point) != 3:
        raise ValueError(f"{field} is no point")
    one = "1" if degree == 1 else ["1", "0"]
    if point[2] != one:
        raise ValueError(f"{field} is not affine")
    words = []
    for coordinate in point[:2]:
        parts = [coordinate] if degree == 1 else coordinate
        if not isinstance(parts, list) or len(parts) != degree:
            raise ValueError(f"{field} has a malformed coordinate")
        words += [_number(part, field) for part in reversed(parts)]
    return words


def _number(text: object, field: str) -> int:
    if isinstance(text, str) and len(text) < 78 and text.isascii() and text.isdigit():
        value = int(text)
        if str(value) == text:
            return value
    raise ValueError(f"{field} holds something that is no coordinate")


def _g1(words: list[int]) -> list[str]:
    return [str(words[0]), str(words[1]), "1"]


def _g2(words: list[int]) -> list[list[str]]:
    x1, x0, y1, y0 = map(str, words[:4])
    return [[x0, x1], [y0, y1], ["1", "0"]]


def _nested(parts: Iterator[str], shape: tuple[int, ...]) -> list[Any]:
    if len(shape) == 1:
        return [next(parts) for _ in range(shape[0])]
    return [_nested(parts, shape[1:]) for _ in range(shape[0])]
