"""Computes a circuit's witness in process from its compiled WASM."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import wasmtime

FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617
_MESSAGES = {
    1: "signal not found",
    2: "too many signals set",
    3: "signal already set",
    4: "assert failed",
    5: "not enough memory",
    6: "input signal array access exceeds its size",
}


_COLLECTOR = """
(module
  (import "" "getWitness" (func $get (param i32)))
  (import "" "readSharedRWMemory" (func $read (param i32) (result i32)))
  (import "" "memory" (memory 0))
  (func (export "collect") (param $size i32) (param $words i32)
    (local $i i32) (local $j i32) (local $at i32)
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $i) (local.get $size)))
      (call $get (local.get $i))
      (local.set $j (i32.const 0))
      (block $full (loop $word
        (br_if $full (i32.eq (local.get $j) (local.get $words)))
        (i32.store (local.get $at) (call $read (local.get $j)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br $word)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next)))))
"""


class WitnessError(Exception):
    """The inputs are not those of the circuit, or break one of its statements."""


def _hash(name: str) -> tuple[int, int]:
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value >> 32, value & 0xFFFFFFFF


def _signed(word: int) -> int:
    return word - (1 << 32) if word >> 31 else word


def _flat(value: Any) -> list[int]:
    if isinstance(value, (list, tuple)):
        return [item for part in value for item in _flat(part)]
    return [int(value) % FIELD]


@lru_cache(maxsize=1)
def _engine() -> wasmtime.Engine:
    return wasmtime.Engine()


@lru_cache(maxsize=64)
def _module(path: Path) -> wasmtime.Module:
    return wasmtime.Module.from_file(_engine(), str(path))


def calculate(wasm: Path, inputs: Mapping[str, Any]) -> list[int]:
    """Return the full witness for the inputs (integers, nested lists of them).

    Raises:
        WitnessError: an input is missing, unknown or of the wrong size, or a constraint or
            assert of the circuit does not hold.
    """
    module = _module(wasm)
    store = wasmtime.Store(_engine())
    exports: Any = None
    faults: list[str] = []
    lines: list[str] = []

    def read_message() -> None:
        text = ""
        while (char := exports["getMessageChar"](store)) != 0:
            text += chr(char)
        lines.append(text.strip())

    def on_exception(code: int) -> None:
        faults.append(_MESSAGES.get(code, f"fault {code}"))

    linker = wasmtime.Linker(_engine())
    for entry in module.imports:
        action: Any = lambda *_: None  # noqa: E731
        if entry.name == "exceptionHandler":
            action = on_exception
        elif entry.name in ("printErrorMessage", "writeBufferMessage"):
            action = read_message
        linker.define_func(entry.module, str(entry.name), entry.type, action)
    exports = linker.instantiate(store, module).exports(store)

    def call(name: str, *args: int) -> Any:
        try:
            result = exports[name](store, *args)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            detail = "; ".join(faults + lines) or str(error)
            raise WitnessError(detail) from error
        if faults:
            raise WitnessError("; ".join(faults + lines))
        return result

    call("init", 1)
    words = call("getFieldNumLen32")
    given = 0
    for name, value in inputs.items():
        high, low = (_signed(part) for part in _hash(name))
        flat = _flat(value)
        size = call("getInputSignalSize", high, low)
        if size < 0:
            raise WitnessError(f"{name}: no such input")
        if size != len(flat):
            raise WitnessError(f"{name}: {len(flat)} values for {size} signals")
        given += size
    expected = call("getInputSize")
    if given != expected:
        raise WitnessError(f"{given} input values for {expected} signals")
    for name, value in inputs.items():
        high, low = (_signed(part) for part in _hash(name))
        for position, item in enumerate(_flat(value)):
            for index in range(words):
                call("writeSharedRWMemory", index, _signed((item >> (32 * index)) & 0xFFFFFFFF))
            call("setInputSignal", high, low, position)
    return _collect(store, exports, call("getWitnessSize"), words)


def _collect(store: wasmtime.Store, exports: Any, size: int, words: int) -> list[int]:
    """Read the witness with a loop inside the engine: a call from Python per limb takes minutes."""
    memory = wasmtime.Memory(
        store, wasmtime.MemoryType(wasmtime.Limits((size * words * 4 >> 16) + 1, None))
    )
    imports = [exports["getWitness"], exports["readSharedRWMemory"], memory]
    loop = wasmtime.Instance(store, _collector(), imports).exports(store)["collect"]
    loop(store, size, words)
    width = words * 4
    raw = memory.read(store, 0, size * width)
    return [int.from_bytes(raw[i : i + width], "little") for i in range(0, len(raw), width)]


@lru_cache(maxsize=1)
def _collector() -> wasmtime.Module:
    return wasmtime.Module(_engine(), _COLLECTOR)


def to_wtns(witness: list[int]) -> bytes:
    """Return the content of a .wtns file."""
    header = (32).to_bytes(4, "little") + FIELD.to_bytes(32, "little")
    header += len(witness).to_bytes(4, "little")
    body = b"".join(value.to_bytes(32, "little") for value in witness)
    content = b"wtns" + (2).to_bytes(4, "little") + (2).to_bytes(4, "little")
    for kind, part in ((1, header), (2, body)):
        content += kind.to_bytes(4, "little") + len(part).to_bytes(8, "little") + part
    return content


def write_wtns(path: Path, witness: list[int]) -> None:
    """Write the witness as a .wtns file."""
    path.write_bytes(to_wtns(witness))
