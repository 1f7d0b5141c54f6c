"""Files that others may have mapped are replaced and never written over."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path

import pytest

from prover import artifacts, development_key, manifest
from prover.manifest import MANIFEST, SYM, TAPE, WASM
from prover.tape import record
from tests.circuits.harness import Circuit
from undertow.crypto import native
from undertow.whole_file import whole_file
from venue.bench import circuit as bench_circuit

OLD = b"what a reader has mapped, longer than a header"


def tape(path: Path) -> None:
    if native.core is None:
        pytest.skip("only the native core records a tape")
    compiled = Circuit("lib/range.circom: Range(2)").compiled
    for name, source in zip((WASM, SYM), (compiled.wasm, compiled.sym), strict=True):
        (path.parent / name).write_bytes(source.read_bytes())
    artifacts._record_tape(path.parent, "range", lambda text: None)
    assert path.read_bytes() == record(compiled.wasm, compiled.sym)


WRITERS: dict[str, Callable[[Path], object]] = {
    "circuit.zkey": lambda path: development_key._save(path, {1: b"new"}),
    TAPE: tape,
    MANIFEST: lambda path: manifest.write(path.parent, "a circuit"),
    bench_circuit.R1CS: lambda path: bench_circuit.write(2, path.parent),
    bench_circuit.WTNS: lambda path: bench_circuit.write(2, path.parent),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_mapped_file_stays_as_it_was(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(OLD)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        WRITERS[name](path)
        assert mapped.size() == len(OLD)
        assert mapped[:] == OLD
    assert path.read_bytes() != OLD
    assert not list(tmp_path.glob("*.partial"))


def half(path: Path) -> None:
    with whole_file(path) as file:
        file.write(b"half")
        raise ZeroDivisionError


def test_a_write_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    with pytest.raises(ZeroDivisionError):
        half(path)
    assert [item.read_bytes() for item in tmp_path.iterdir()] == [OLD]


def test_two_writers_at_once_do_not_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with whole_file(path) as first, whole_file(path) as second:
        first.write(b"first")
        second.write(b"2nd")
    assert path.read_bytes() == b"first"


def test_others_may_read_what_was_written(tmp_path: Path) -> None:
    path, plain = tmp_path / "file", tmp_path / "plain"
    plain.touch()
    with whole_file(path) as file:
        file.write(b"x")
    assert path.stat().st_mode == plain.stat().st_mode
