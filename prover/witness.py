"""Computes witnesses: from a circuit's tape in native code, or by the WASM calculator.

Both give the same numbers. The calculator also stops at the first statement that the inputs break;
after a tape, the constraint check finds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from prover.binary import numbers, parts, prime, words
from prover.calculator import Calculator, check_sizes, module
from prover.errors import WitnessError
from prover.native_core import refusals
from prover.whole_numbers import by_name
from undertow.crypto import native
from undertow.crypto.field import R

Inputs = Mapping[str, Any]
"""Numbers as `prover/whole_numbers.py` says, or nested lists of them, by the inputs' names."""


class Witnesses:
    """Computes the witnesses of one circuit as .wtns contents.

    Args:
        tape: the circuit's .tape file; it stays in memory.
        wasm: its calculator, which is used where the native core or the tape is missing.

    Raises:
        FormatError: the tape is damaged.
    """

    def __init__(self, tape: Path, wasm: Path) -> None:
        self._wasm = wasm
        self._tape: Any = None
        if native.core is not None and tape.is_file():
            with refusals():
                self._tape = native.core.WitnessTape(tape.read_bytes())
        groups = self._tape.inputs() if self._tape else []
        self._groups: dict[str, tuple[int, int]] = {
            name: (start, size) for name, start, size in groups
        }

    def compute(self, inputs: Inputs) -> bytes:
        """Return the witness for the inputs.

        Raises:
            WitnessError: an input is missing, unknown or of the wrong size, or a division by
                zero; without the native core, also a constraint that does not hold.
        """
        return self.compute_many([inputs])[0]

    def compute_many(self, batch: Sequence[Inputs]) -> list[bytes]:
        """Return several witnesses, computed on all cores at once; raises WitnessError."""
        if self._tape is None:
            return [to_wtns(calculate(self._wasm, inputs)) for inputs in batch]
        with refusals(WitnessError):
            return list(self._tape.run_many([self._words(inputs) for inputs in batch]))

    def _words(self, inputs: Inputs) -> bytes:
        """Return the inputs in the order of the tape, in words of 32 little-endian bytes."""
        values = by_name(inputs)
        check_sizes(values, lambda name: self._groups.get(name, (0, 0))[1], self._tape.input_count)
        ordered = sorted(values, key=lambda name: self._groups[name][0])
        return words(chain.from_iterable(values[name] for name in ordered))


def calculate(wasm: Path, inputs: Inputs) -> list[int]:
    """Return the full witness for the inputs by the WASM calculator.

    Raises:
        WitnessError: an input is missing, unknown or of the wrong size, or a constraint or
            assert of the circuit does not hold.
    """
    calculator = Calculator(module(wasm))
    values = by_name(inputs)
    check_sizes(values, calculator.input_size, calculator.input_count)
    for name, value in values.items():
        calculator.set_input(name, value)
    return numbers(calculator.witness())


def to_wtns(witness: list[int]) -> bytes:
    """Return the content of a .wtns file."""
    header = prime(R) + len(witness).to_bytes(4, "little")
    return b"".join(parts(b"wtns", {1: header, 2: words(witness)}))
