"""Traces, calculators and tapes with something wrong in them are refused."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import Any

import pytest

from prover.binary import WORD
from prover.errors import FormatError, TapeError
from prover.tape import record
from prover.witness import Witnesses
from tests.circuits.harness import Circuit
from tests.native.hostile_tape import checksum
from tests.native.originals import Recording, recording
from undertow.crypto import native

ENTRY = 16
"""Bytes of an entry of a trace."""
COPY = 23
"""The number of the operation that copies one number."""
HEAD = """
pragma circom 2.1.6;
template Inner() { signal input x; signal output y <== x * x; }
function table(i) { var t[4] = [3, 1, 4, 1]; return t[i]; }
template Main() {
    signal input in[3];
    signal output out;
    component inner[3];
    var sum = 0;
    for (var i = 0; i < 3; i++) {
        inner[i] = Inner();
        inner[i].x <== in[i];
        sum += inner[i].y * table(i);
    }
    BODY
}
component main = Main();
"""
CONTENT = "out <-- (sum >> 3) / (in[0] - in[1]) \\ 7;"


def test_decisions_on_constants_and_checks_are_not() -> None:
    body = "if (table(2) == 4) { out <-- sum; } out === sum; in === in; assert(in[0] < 100);"
    circuit = Circuit(HEAD.replace("BODY", body))
    tape = native.core.WitnessTape(record(circuit.compiled.wasm, circuit.compiled.sym))
    raw = tape.run(b"".join(value.to_bytes(WORD, "little") for value in (5, 6, 7)))
    out = 5 * 5 * 3 + 6 * 6 + 7 * 7 * 4
    assert raw[76 + WORD : 76 + 2 * WORD] == out.to_bytes(WORD, "little")


def test_recording_again_gives_the_same_tape(content: bytes) -> None:
    compiled = Circuit(HEAD.replace("BODY", CONTENT)).compiled
    assert record(compiled.wasm, compiled.sym) == content


def test_a_damaged_trace_is_refused() -> None:
    compiled = Circuit(HEAD.replace("BODY", CONTENT)).compiled
    random_ = random.Random(9)
    for _ in range(300):
        recorder = native.core.TapeRecorder(compiled.wasm.read_bytes())
        recorder.start(bytes(4096), 64)
        words = [random_.choice((*range(40), 64, 104, 1 << 20, (1 << 32) - 40)) for _ in range(400)]
        with pytest.raises(ValueError, match=r"\w"):
            recorder.feed(b"".join(word.to_bytes(4, "little") for word in words))


def recorder_of(recorded: Recording, trace: bytes) -> Any:
    """Return a recorder that was fed a trace."""
    recorder = native.core.TapeRecorder(recorded.wasm)
    recorder.start(recorded.memory, recorded.shared)
    recorder.feed(trace)
    return recorder


def test_a_trace_that_ends_early_is_refused() -> None:
    recorded = recording()
    whole = recorder_of(recorded, recorded.trace)
    assert whole.finish(recorded.groups, recorded.wires) == recorded.tape
    early = recorder_of(recorded, recorded.trace[:-ENTRY])
    with pytest.raises(ValueError, match=f"has {recorded.wires - 1} wires, not {recorded.wires}"):
        early.finish(recorded.groups, recorded.wires)


def test_numbers_outside_the_memory_are_refused() -> None:
    recorded = recording()
    for address in (len(recorded.memory) - 36, 1 << 30, (1 << 32) - 4):
        # A number that the host hands over: operation, to, from, nothing.
        entry = struct.pack("<4I", COPY, address, recorded.shared, 0)
        with pytest.raises(ValueError, match=f"address {address}, odd or outside the memory"):
            recorder_of(recorded, entry)
    recorder_of(recorded, struct.pack("<4I", COPY, len(recorded.memory) - 40, recorded.shared, 0))


def test_another_module_is_refused(tmp_path: Path) -> None:
    wasm, sym = tmp_path / "a.wasm", tmp_path / "a.sym"
    sym.write_text("1,1,0,main.a\n")
    wasm.write_bytes(b"\0asm\x01\0\0\0")
    with pytest.raises(TapeError):
        record(wasm, sym)


@pytest.fixture(scope="module")
def content() -> bytes:
    compiled = Circuit(HEAD.replace("BODY", CONTENT)).compiled
    return record(compiled.wasm, compiled.sym)


def test_a_mangled_module_is_refused(content: bytes, tmp_path: Path) -> None:
    compiled = Circuit(HEAD.replace("BODY", "out <-- sum;")).compiled
    module = compiled.wasm.read_bytes()
    random_ = random.Random(3)
    for _ in range(300):
        changed = bytearray(module[: random_.randrange(len(module))])
        if changed:
            changed[random_.randrange(len(changed))] ^= 1 << random_.randrange(8)
        with pytest.raises(ValueError, match=r"\w"):
            native.core.TapeRecorder(bytes(changed))


def test_a_whole_module_with_changed_bytes_leads_to_no_panic() -> None:
    """It is refused, or instrumented as what it says: whether it can run is the engine's matter."""
    compiled = Circuit(HEAD.replace("BODY", CONTENT)).compiled
    module, random_ = compiled.wasm.read_bytes(), random.Random(4)
    refused = 0
    for _ in range(3000):
        changed = bytearray(module)
        for _ in range(random_.randrange(1, 9)):
            changed[random_.randrange(len(changed))] = random_.choice((0, 1, 127, 128, 255))
        try:
            assert native.core.TapeRecorder(bytes(changed)).module()[:4] == b"\0asm"
        except ValueError:
            refused += 1
    assert 0 < refused < 3000


def test_a_changed_tape_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "circuit.tape"
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1 << position % 8
        path.write_bytes(changed)
        with pytest.raises(FormatError, match="checksum"):
            Witnesses(path, path)


def test_a_forged_checksum_leads_to_no_panic(content: bytes) -> None:
    """A panic would be no Exception and end the test."""
    body, random_ = content[:-8], random.Random(5)
    assert checksum(body) == content[-8:]
    refused = 0
    for _ in range(4000):
        changed = bytearray(body)
        for _ in range(random_.randrange(1, 4)):
            changed[random_.randrange(len(changed))] = random_.choice((0, 1, 127, 128, 255))
        if random_.random() < 0.1:
            del changed[random_.randrange(len(changed)) :]
        try:
            tape = native.core.WitnessTape(bytes(changed) + checksum(bytes(changed)))
            tape.run(bytes(WORD) * min(tape.input_count, 100))
        except ValueError:
            refused += 1
    assert 0 < refused < 4000
