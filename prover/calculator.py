"""Runs the WASM calculators that circom writes, in process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import wasmtime

from prover.binary import WORD
from prover.errors import FormatError, WitnessError
from undertow.crypto.field import R

_MESSAGES = {
    1: "signal not found",
    2: "too many signals set",
    3: "signal already set",
    4: "assert failed",
    5: "not enough memory",
    6: "input signal array access exceeds its size",
}
_EXPORTS = {
    "getFieldNumLen32",
    "getInputSignalSize",
    "getInputSize",
    "getRawPrime",
    "getSharedRWMemoryStart",
    "getWitness",
    "getWitnessSize",
    "init",
    "readSharedRWMemory",
    "setInputSignal",
}
"""What is called; circom 1 wrote other functions."""
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
    """Return a calculator's compiled code.

    Raises:
        OSError: the file cannot be read.
        FormatError: it is no calculator of circom 2.
    """
    content = path.read_bytes()
    try:
        code = wasmtime.Module(engine(), content)
    except wasmtime.WasmtimeError as error:
        raise FormatError(f"{path.name} is no WebAssembly module") from error
    found = {entry.name for entry in code.exports if isinstance(entry.type, wasmtime.FuncType)}
    if missing := sorted(_EXPORTS - found):
        raise FormatError(f"{path.name} is no calculator of circom 2: it has no {missing[0]}")
    if not all(isinstance(entry.type, wasmtime.FuncType) for entry in code.imports):
        raise FormatError(
            f"{path.name} is no calculator of circom 2: it imports no functions alone"
        )
    return code


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
        if self._prime() != R:
            raise FormatError("the calculator is not over the BN254 scalar field")

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

    def memory(self, name: str = "memory", start: int = 0, end: int | None = None) -> bytes:
        """Return the content of a memory, or a part of it."""
        memory = self.exports[name]
        return bytes(memory.read(self.store, start, end or memory.data_len(self.store)))

    def write(self, content: bytes, address: int, name: str = "memory") -> None:
        """Change the content of a memory."""
        self.exports[name].write(self.store, content, address)

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

    def _prime(self) -> int:
        length = self.call("getFieldNumLen32")
        self.call("getRawPrime")
        words = (self.call("readSharedRWMemory", index) & 0xFFFFFFFF for index in range(length))
        return sum(word << 32 * index for index, word in enumerate(words))

    def _read_message(self) -> None:
        text = ""
        while (char := self.exports["getMessageChar"](self.store)) != 0:
            text += chr(char)
        self._lines.append(text.strip())


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
    # A name that is no Unicode is the name of no input.
    for byte in name.encode(errors="surrogatepass"):
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return _signed(value >> 32), _signed(value & 0xFFFFFFFF)


def _signed(word: int) -> int:
    return word - (1 << 32) if word >> 31 else word
