"""A circuit's calculator that says of some signals what it is told to, and computes the rest.

A hint `<--` is what a forger is free to choose. Whatever the circuit assigns from a lie follows it,
and the constraints have to notice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain
from typing import Any

import wasmtime

from prover import tape
from prover.binary import WORD
from prover.calculator import Calculator, engine, module
from prover.toolchain import Compiled
from prover.whole_numbers import flat
from undertow.crypto import native
from undertow.crypto.field import R


class Liar:
    """The calculator of one circuit, recorded with each signal as a computation of its own.

    Raises:
        ValueError: the circuit decides something by a signal, or takes it as an index.
    """

    def __init__(self, compiled: Compiled) -> None:
        lines = compiled.sym.read_text(encoding="utf-8").splitlines()
        parts = [line.split(",", 3) for line in lines]
        self.numbers = {name: int(number) for number, _, _, name in parts}
        """The numbers of the signals, named from `main.`."""
        calculator = Calculator(module(compiled.wasm))
        named = {match for line in lines for match in tape._MAIN.findall(line)}
        inputs = sorted(name for name in named if calculator.input_size(name) > 0)
        recorder = native.core.TapeRecorder(compiled.wasm.read_bytes(), self._place(inputs))
        code = wasmtime.Module(engine(), recorder.module())
        sizes, _, witness = tape._run(recorder, code, inputs)
        self.wires = len(witness) // WORD
        self.content: bytes = recorder.finish(list(sizes.items()), self.wires)
        self._witness = native.core.WitnessTape(self.content, self.wires)
        self._signals = native.core.WitnessTape(self.content)

    def witness(self, inputs: Mapping[str, Any], lies: Mapping[str, int]) -> bytes:
        """Return the .wtns content for inputs, where signals have the values of the lies."""
        content: bytes = self._witness.run_lying(self._words(inputs), self._told(lies))
        return content

    def signals(self, inputs: Mapping[str, Any], lies: Mapping[str, int]) -> dict[str, int]:
        """Return the values of all signals by name, those without a wire included."""
        content = self._signals.run_lying(self._words(inputs), self._told(lies))
        start = tape.WTNS_HEADER + self.wires * WORD
        return {
            name: int.from_bytes(content[start + at * WORD : start + (at + 1) * WORD], "little")
            for name, at in self.numbers.items()
        }

    def _place(self, inputs: list[str]) -> tuple[int, int]:
        """Return the number of the signal that is set first, and how many signals there are."""
        places = self.numbers.items()
        first = min(at for name, at in places if re.split(r"[.\[]", name)[1] == inputs[0])
        return first, 1 + max(self.numbers.values())

    def _words(self, inputs: Mapping[str, Any]) -> bytes:
        names = [name for name, *_ in self._witness.inputs()]
        numbers = chain.from_iterable(flat(inputs[name]) for name in names)
        return b"".join(number.to_bytes(WORD, "little") for number in numbers)

    def _told(self, lies: Mapping[str, int]) -> dict[int, Any]:
        return {
            self.wires + self.numbers[name]: (value % R).to_bytes(WORD, "little")
            for name, value in lies.items()
        }
