"""The deployed circuits: their constraints, and witnesses in which the prover may lie."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest

from prover import toolchain, witness
from prover.binary import WORD
from prover.r1cs import R1cs, read_sym, wtns_values
from prover.tape import record
from prover.witness import Witnesses
from tests.circuits.hints import Signals
from tests.circuits.trusting import trusting_wasm
from tests.native.liar import Liar
from undertow.crypto import native

BUILD = toolchain.ROOT / "build" / "circuits"
Inputs = Mapping[str, Any]
needs_native = pytest.mark.skipif(native.core is None, reason="tapes need the native core")


class Words(Sequence[int]):
    """The values of a .wtns content, each read when it is looked at."""

    def __init__(self, content: bytes, count: int) -> None:
        self._content = content
        self._start = len(content) - count * WORD
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(self._count))]
        start = self._start + at * WORD
        return int.from_bytes(self._content[start : start + WORD], "little")


class Deployed:
    """A circuit as it is deployed.

    Witnesses come from its tape, which stops at no constraint: where an input or a hint is a lie,
    everything that follows is computed from it. Whether that holds is the constraints' to say.

    Args:
        name: of the file with the main component.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        source = toolchain.ROOT / "circuits" / f"{name}.circom"
        self.compiled = toolchain.compile(source, BUILD)
        self.signals = Signals(source, self.compiled)

    @cached_property
    def liar(self) -> Liar:
        """The tape, with each signal on it."""
        return Liar(self.compiled)

    @cached_property
    def tape(self) -> Path:
        """The tape that provers use; there is none without the native core."""
        path = self.compiled.r1cs.with_suffix(".tape")
        if native.core is not None:
            path.write_bytes(record(self.compiled.wasm, self.compiled.sym))
        return path

    @cached_property
    def witnesses(self) -> Witnesses:
        """What provers compute witnesses with."""
        return Witnesses(self.tape, self.compiled.wasm)

    @cached_property
    def r1cs(self) -> R1cs:
        """The constraints, to look at one by one."""
        return R1cs.read(self.compiled.r1cs)

    @cached_property
    def touching(self) -> list[list[int]]:
        """The constraints that mention each wire."""
        return self.r1cs.by_wire()

    @cached_property
    def _constraints(self) -> Any:
        return native.core.Constraints(str(self.compiled.r1cs))

    @cached_property
    def wires(self) -> dict[str, int]:
        """The wire of each signal by its lasting name, -1 of a constant or an unused input."""
        wires = read_sym(self.compiled.sym)
        numbers = self.liar.numbers
        by_number = {numbers[raw]: wire for raw, wire in wires.items()}
        content = self.compiled.substitutions.read_text(encoding="utf-8")
        equal = {int(number): terms for number, terms in json.loads(content).items()}

        def wire_of(number: int) -> int:
            while number in equal:
                if list(equal[number].values()) != ["1"]:
                    return -1
                (number,) = map(int, equal[number])
            return by_number.get(number, -1)

        return {name: wire_of(numbers[raw]) for name, raw in self.signals.raw.items()}

    @cached_property
    def names(self) -> dict[int, list[str]]:
        """The lasting names of each wire."""
        names: dict[int, list[str]] = {}
        for name, wire in self.wires.items():
            names.setdefault(wire, []).append(name)
        return names

    def witness(self, inputs: Inputs, lies: Mapping[str, int] | None = None) -> list[int]:
        """Return the witness of inputs in which signals, by lasting names, are lied about."""
        if native.core is None and not lies:
            return witness.calculate(trusting_wasm(self.compiled.wasm), inputs)
        return wtns_values(self.liar.witness(inputs, self._raw(lies or {})))

    def read(self, inputs: Inputs, lies: Mapping[str, int]) -> Words:
        """Return the witness as `witness` does, to look at some of it."""
        return Words(self.liar.witness(inputs, self._raw(lies)), self.liar.wires)

    def values(self, inputs: Inputs, lies: Mapping[str, int] | None = None) -> dict[str, int]:
        """Return the values of all signals by lasting names."""
        values = self.liar.signals(inputs, self._raw(lies or {}))
        return {name: values[raw] for name, raw in self.signals.raw.items()}

    def calculated(self, inputs: Inputs) -> list[int]:
        """Return the witness of the calculator that circom wrote."""
        return witness.calculate(self.compiled.wasm, inputs)

    def public(self, inputs: Inputs) -> tuple[int, ...]:
        """Return the public signals (c, z, y)."""
        if native.core is None:
            return tuple(self.calculated(inputs)[1:4])
        return tuple(self.read(inputs, {})[1:4])

    def holds(self, values: list[int]) -> bool:
        """Tell whether all constraints hold."""
        if native.core is None:
            return self.r1cs.first_unsatisfied(values) is None
        return self._constraints.first_unsatisfied(witness.to_wtns(values)) is None

    def broken(self, values: list[int], honest: list[int]) -> list[list[str]]:
        """Return the signals of each constraint that does not hold, beside a witness that does.

        Where no wire of a constraint has another value, it holds as it did.
        """
        assert self.holds(honest)
        moved = [wire for wire, value in enumerate(values) if value != honest[wire]]
        touched = sorted({index for wire in moved for index in self.touching[wire]})
        broken = [index for index in touched if not self.r1cs.holds(index, values)]
        return [
            [
                name
                for terms in self.r1cs.constraints[index]
                for wire, _ in terms
                if wire
                for name in self.names[wire]
            ]
            for index in broken
        ]

    def _raw(self, lies: Mapping[str, int]) -> dict[str, int]:
        return {self.signals.raw[name]: value for name, value in lies.items()}


@cache
def deployed(name: str) -> Deployed:
    """Return a deployed circuit; it is compiled and recorded once for all tests."""
    return Deployed(name)
