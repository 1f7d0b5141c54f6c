"""Runs the WASM calculators that circom writes, in process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import wasmtime

from prover.binary import WORD
from prover.errors import WitnessError
from undertow.crypto.field import R

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
  (func (export "collect") (param $size i32)
    (local $i i32) (local $j i32) (local $at i32)
    (block $done (loop $next
      (br_if $done (i32.eq (local.get $i) (local.get $size)))
      (call $get (local.get $i))
      (local.set $j (i32.const 0))
      (block $full (loop $word
        (br_if $full (i32.eq (local.get $j) (i32.const 8)))
        (i32.store (local.get $at) (call $read (local.get $j)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br $word)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next)))))
"""


@lru_cache(maxsize=1)
def engine() -> wasmtime.Engine:
    """Return the engine that all calculators share."""
    return wasmtime.Engine()


@lru_cache(maxsize=64)
def module(path: Path) -> wasmtime.Module:
    """Return a calculator's compiled code."""
    return wasmtime.Module.from_file(engine(), str(path))


@lru_cache(maxsize=1)
def _collector() -> wasmtime.Module:
    return wasmtime.Module(engine(), _COLLECTOR)


class Calculator:
    """One run of a calculator: set every input once, then read the witness.

    Args:
        code: the calculator.
        on_exception: called with the number of an exception and this calculator; the exception
            is an error unless it returns True.
    """

    def __init__(
        self,
        code: wasmtime.Module,
        on_exception: Callable[[int, Calculator], bool] = lambda code, calculator: False,
    ) -> None:
        self.store = wasmtime.Store(engine())
        self._faults: list[str] = []
        self._lines: list[str] = []

        def fail(number: int) -> None:
            if not on_exception(number, self):
                self._faults.append(_MESSAGES.get(number, f"fault {number}"))

        actions: dict[str, Callable[..., None]] = {
            "exceptionHandler": fail,
            "printErrorMessage": self._read_message,
            "writeBufferMessage": self._read_message,
        }
        linker = wasmtime.Linker(engine())
        for entry in code.imports:
            action = actions.get(str(entry.name), lambda *_: None)
            kind: Any = entry.type
            linker.define_func(entry.module, str(entry.name), kind, action)
        self.exports: Any = linker.instantiate(self.store, code).exports(self.store)
        self.call("init", 1)
        self.shared: int = self.call("getSharedRWMemoryStart")

    def call(self, name: str, *args: int) -> Any:
        """Call an export; raises WitnessError with the calculator's own messages."""
        try:
            result = self.exports[name](self.store, *args)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            raise WitnessError("; ".join(self._faults + self._lines) or str(error)) from error
        if self._faults:
            raise WitnessError("; ".join(self._faults + self._lines))
        return result

    @property
    def input_count(self) -> int:
        """How many numbers the circuit takes."""
        return int(self.call("getInputSize"))

    def input_size(self, name: str) -> int:
        """Return how many numbers an input has; below one where there is no such input."""
        return int(self.call("getInputSignalSize", *_hash(name)))

    def set_input(self, name: str, values: Sequence[int]) -> None:
        """Set an input; the last one runs the circuit."""
        memory, key = self.exports["memory"], _hash(name)
        for position, value in enumerate(values):
            memory.write(self.store, value.to_bytes(WORD, "little"), self.shared)
            self.call("setInputSignal", *key, position)

    def memory(self, name: str = "memory") -> bytes:
        """Return the content of a memory."""
        memory = self.exports[name]
        return bytes(memory.read(self.store, 0, memory.data_len(self.store)))

    def witness(self) -> bytes:
        """Return the witness in words of 32 little-endian bytes.

        The loop runs inside the engine: a call from Python per word takes minutes.
        """
        size = self.call("getWitnessSize")
        limits = wasmtime.Limits((size * WORD >> 16) + 1, None)
        memory = wasmtime.Memory(self.store, wasmtime.MemoryType(limits))
        imports = [self.exports["getWitness"], self.exports["readSharedRWMemory"], memory]
        loop: Any = wasmtime.Instance(self.store, _collector(), imports).exports(self.store)
        loop["collect"](self.store, size)
        return bytes(memory.read(self.store, 0, size * WORD))

    def _read_message(self) -> None:
        text = ""
        while (char := self.exports["getMessageChar"](self.store)) != 0:
            text += chr(char)
        self._lines.append(text.strip())


def flat(value: Any) -> list[int]:
    """Return an input's numbers in order, reduced to the field."""
    if isinstance(value, (list, tuple)):
        return [item for part in value for item in flat(part)]
    return [int(value) % R]


def check_sizes(
    inputs: Mapping[str, Sequence[int]], size: Callable[[str], int], expected: int
) -> None:
    """Check that the inputs are the circuit's; raises WitnessError."""
    for name, values in inputs.items():
        if size(name) < 1:
            raise WitnessError(f"{name}: no such input")
        if size(name) != len(values):
            raise WitnessError(f"{name}: {len(values)} values for {size(name)} signals")
    given = sum(len(values) for values in inputs.values())
    if given != expected:
        raise WitnessError(f"{given} input values for {expected} signals")


def _hash(name: str) -> tuple[int, int]:
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return _signed(value >> 32), _signed(value & 0xFFFFFFFF)


def _signed(word: int) -> int:
    return word - (1 << 32) if word >> 31 else word
