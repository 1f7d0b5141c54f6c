"""Records a circuit's witness tape from its WASM calculator, once, when the circuit is built.

The calculator that circom wrote stays the authority: an instrumented copy runs on random inputs
and tells its field operations, native code makes a tape of them, and before the tape is used it
must give the calculator's witness on these and on extreme inputs, bit by bit.

Of a condition on a signal the copy runs both sides, and the tape selects between what they leave
(`native/src/tape/forks.rs`). A loop that a signal ends and an index that is one have no tape.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import wasmtime

from prover.binary import WORD, words
from prover.calculator import Calculator, engine
from prover.errors import TapeError, WitnessError
from undertow.crypto import native
from undertow.crypto.field import R

_MAIN = re.compile(r",main\.(\w+)")
_HEADER = 8
"""Bytes before the shared number's value in the calculator's memory."""
WTNS_HEADER = 76
"""Bytes of a .wtns file before the witness."""
EXTREMES = (0, 1, R - 1, R // 2, R // 2 + 1, 1 << 31, (1 << 253) - 1)


def record(wasm: Path, sym: Path) -> bytes:
    """Return the content of the circuit's .tape file.

    Raises:
        TapeError: the calculator's operations depend on the inputs, or the tape's witness is not
            the calculator's.
    """
    names = sorted(set(_MAIN.findall(sym.read_text(encoding="utf-8"))))
    try:
        recorder = _core().TapeRecorder(wasm.read_bytes())
        code = wasmtime.Module(engine(), recorder.module())
        sizes, values, witness = _run(recorder, code, names)
        conditions = recorder.conditions
        content: bytes = recorder.finish(list(sizes.items()), len(witness) // WORD)
        if conditions == 0:
            _check(content, values, witness)
        for sample in _samples(values, conditions):
            _check(content, sample, _attempt(code, sizes, sample))
    except (ValueError, WitnessError, wasmtime.WasmtimeError) as error:
        raise TapeError(f"{wasm.name}: {error}") from error
    return content


def _run(
    recorder: Any, code: wasmtime.Module, names: list[str]
) -> tuple[dict[str, int], list[int], bytes]:
    """Record one run; return the inputs' sizes, their values and the witness."""

    def on_exception(number: int, calculator: Calculator) -> bool:
        if number not in (recorder.FULL, recorder.ASK):
            return False
        decision = _feed(recorder, calculator)
        if number == recorder.ASK:
            _answer(recorder, calculator, decision)
        return True

    calculator = Calculator(code, on_exception)
    sizes = {name: size for name in names if (size := calculator.input_size(name)) > 0}
    if sum(sizes.values()) != calculator.input_count:
        raise TapeError("the circuit's symbols do not name all its inputs")
    # Long numbers: the calculator takes short ones over in another way than by a copy.
    values = [value % (R >> 1) | 1 << 200 for value in _random(1, calculator.input_count)]
    recorder.start(calculator.memory(), calculator.shared - _HEADER)
    witness = _calculate(calculator, sizes, values)
    _feed(recorder, calculator)
    return sizes, values, witness


def _feed(recorder: Any, calculator: Calculator) -> int:
    """Hand the trace over; return what the calculator decides if it is not told otherwise."""
    start, answer = recorder.TRACE_START, recorder.ANSWER
    head = calculator.memory("trace", 0, start)
    size = int.from_bytes(head[:4], "little")
    if size:
        recorder.feed(calculator.memory("trace", start, start + size))
    return int.from_bytes(head[answer : answer + 4], "little")


def _answer(recorder: Any, calculator: Calculator, decision: int) -> None:
    """Tell the calculator which sides of a condition to run, and from what."""
    sides, contents = recorder.answer()
    if sides != decision:
        calculator.write(sides.to_bytes(4, "little"), recorder.ANSWER, "trace")
    for address, content in contents:
        calculator.write(content, address)


def _drop(number: int, calculator: Calculator) -> bool:
    """Take no notice of a trace: conditions are decided as the calculator decides them."""
    return number in (_core().TapeRecorder.FULL, _core().TapeRecorder.ASK)


def _calculate(calculator: Calculator, sizes: dict[str, int], values: list[int]) -> bytes:
    start = 0
    for name, size in sizes.items():
        calculator.set_input(name, values[start : start + size])
        start += size
    return calculator.witness()


def _attempt(code: wasmtime.Module, sizes: dict[str, int], values: list[int]) -> bytes | None:
    """Return the witness, or None where the calculator divides by zero."""
    try:
        return _calculate(Calculator(code, _drop), sizes, values)
    except WitnessError:
        return None


def _check(content: bytes, values: list[int], witness: bytes | None) -> None:
    tape = _core().WitnessTape(content)
    try:
        found: bytes | None = tape.run(words(values))[WTNS_HEADER:]
    except ValueError:
        found = None
    if found != witness:
        raise TapeError("the tape's witness is not the calculator's")


def _samples(values: list[int], conditions: int) -> Iterator[list[int]]:
    """Yield inputs that the tape is compared on, besides those of a recording without conditions.

    Where it selects by conditions the recording ran both sides: its witness is nobody's.
    """
    count = len(values)
    yield [EXTREMES[word % len(EXTREMES)] for word in _random(2, count)]
    if conditions:
        yield from ([value] * count for value in EXTREMES)
        yield from ([word % 3 for word in _random(seed, count)] for seed in (3, 4))
        yield from (values, [word % R for word in _random(5, count)])


def _core() -> Any:
    if native.core is None:
        raise TapeError("a witness tape needs the native core: install cargo, run `make setup`")
    return native.core


def _random(seed: int, count: int) -> list[int]:
    """Return numbers below 2^256, the same at each build."""
    return [
        int.from_bytes(hashlib.sha256(b"tape %d %d" % (seed, i)).digest(), "big")
        for i in range(count)
    ]
