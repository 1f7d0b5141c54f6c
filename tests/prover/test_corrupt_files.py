"""Corrupt files of every kind: refused by section, or read as what they say and proved with.

Never a panic, a hang or a huge allocation, and nothing is silently dropped.
"""

from __future__ import annotations

import random
import re
import resource
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from prover.native_core import native_core
from tests.prover.conftest import SEED, Files, Small
from tests.prover.sections import replaced, split, starts
from tests.prover.test_files import KINDS, rewritten

NAMED = re.compile(
    r"(r1cs|wtns|zkey|ptau) (section \d+|header|table of sections|file)|of a known kind"
)
ADDRESS_SPACE = 2 << 30
"""Bytes that the process may reserve that reads broken files of some kilobytes."""
FEW = {"RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}
"""Each thread's stack and each core's arena are reserved too, used or not."""
SECONDS = 300


def _broken(data: bytes, seed: int, flips: int) -> Iterator[bytes]:
    """Yield corrupt copies: cut, flipped, with extreme numbers, with pieces moved."""
    draw = random.Random(seed)
    table = starts(data)
    for length in {*range(0, len(data), max(1, len(data) // 60)), *table}:
        yield data[:length]
    positions = {*range(12), *(at + byte for at in table for byte in range(12))}
    positions |= {draw.randrange(len(data)) for _ in range(flips)}
    for at in sorted(position for position in positions if position < len(data)):
        yield data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]
    for at in table:
        for size in (4, 8):
            for number in (0, 1, (1 << 31) - 1, (1 << 8 * size) - 1):
                content = number.to_bytes(size, "little")
                yield data[:at] + content + data[at + size :]
    for number, content in split(data):
        for at in range(0, min(len(content), 120), 4):
            high = content[:at] + struct.pack("<I", 0xFFFFFFFF) + content[at + 4 :]
            yield replaced(data, (number, high[: len(content)]))
    for _ in range(100):
        start, end = sorted(draw.randrange(len(data)) for _ in range(2))
        yield data[:start] + data[end:]
        yield data[:end] + data[start:]


@dataclass(frozen=True, slots=True)
class Whole:
    """The files that a corrupt one is used with."""

    r1cs: str
    zkey: str
    wtns: bytes
    wtns_of_corrupt_key: bytes


def _use(kind: str, broken: bytes, whole: Whole, folder: Path) -> None:
    """Prove, or check constraints, or make a key with a corrupt file that was read."""
    core, path = native_core(), str(folder / "source")
    if kind == "zkey":
        core.Prover(path).prove(whole.wtns_of_corrupt_key, SEED)
    elif kind == "wtns":
        core.Constraints(whole.r1cs).first_unsatisfied(broken)
        core.Prover(whole.zkey).prove(broken, SEED)
    elif kind == "r1cs":
        core.Constraints(path).first_unsatisfied(whole.wtns)
    else:
        core.phase2_start(whole.r1cs, path, str(folder / "key"), None)


@dataclass(slots=True)
class Found:
    """What became of the corrupt copies of a file."""

    refused: int = 0
    used: int = 0
    wrong: list[str] = field(default_factory=list)


def _read_broken(data: bytes, kind: str, whole: Whole, folder: Path, flips: int) -> Found:
    """Read corrupt copies, and use what is read."""
    found = Found()
    for broken in _broken(data, KINDS.index(kind), flips):
        if broken == data:
            continue
        try:
            if rewritten(broken, folder) != broken:
                found.wrong.append("a change was dropped")
        except ValueError as error:
            found.refused += 1
            if not NAMED.search(str(error)):
                found.wrong.append(str(error))
            continue
        except BaseException as error:
            found.wrong.append(f"{type(error).__name__}: {error}")
            continue
        try:
            _use(kind, broken, whole, folder)
            found.used += 1
        except ValueError:
            continue
        except BaseException as error:
            found.wrong.append(f"used: {type(error).__name__}: {error}")
    return found


def _answer(answer: Connection, *arguments: Any) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    answer.send(_read_broken(*arguments))


@pytest.mark.parametrize("kind", KINDS)
def test_corrupt_files_are_refused_or_used(
    originals: dict[str, bytes],
    files: Files,
    small: Small,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    sample: Callable[[int, int], int],
) -> None:
    """In a process of its own with little memory: an abort or a huge allocation would end it."""
    for name, number in FEW.items():
        monkeypatch.setenv(name, number)
    witnesses = (small.wtns.read_bytes(), files.circuit.wtns.read_bytes())
    whole = Whole(str(small.compiled.r1cs), str(small.dev), *witnesses)
    context = get_context("spawn")
    answer, sender = context.Pipe(duplex=False)
    arguments = (sender, originals[kind], kind, whole, tmp_path, sample(500, 200))
    process = context.Process(target=_answer, args=arguments)
    process.start()
    sender.close()
    try:
        assert answer.poll(SECONDS), "it hangs"
        found = answer.recv()
    finally:
        process.kill()
        process.join()
    assert found.wrong == []
    assert found.refused > 300
    assert found.used > 20
