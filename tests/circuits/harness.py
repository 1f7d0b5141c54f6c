"""Compiles one template and tries honest and forged witnesses on its constraints."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from prover import toolchain
from prover.r1cs import R1cs, read_sym
from prover.witness import calculate
from tests.circuits.trusting import trusting_wasm
from undertow.crypto.field import R

BUILD = toolchain.ROOT / "build" / "circuits"


class Circuit:
    """A template compiled alone.

    Args:
        source: `file.circom: Template(args)`, or a whole circom source with a main component.
    """

    def __init__(self, source: str) -> None:
        if "component main" not in source:
            file, call = (part.strip() for part in source.split(":", 1))
            if (toolchain.ROOT / "circuits" / file).is_file():
                file = f"../../../circuits/{file}"
            source = f'include "{file}";\ncomponent main = {call};\n'
        if "pragma" not in source:
            source = "pragma circom 2.1.6;\n" + source
        folder = BUILD / "wrappers"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"w{hashlib.sha256(source.encode()).hexdigest()[:16]}.circom"
        path.write_text(source, encoding="utf-8")
        self.compiled = toolchain.compile(path, BUILD)

    @cached_property
    def r1cs(self) -> R1cs:
        """The deployed constraints."""
        return R1cs.read(self.compiled.r1cs)

    @cached_property
    def sym(self) -> dict[str, int]:
        """The wire of each signal, named from `main.`."""
        return read_sym(self.compiled.sym)

    @property
    def count(self) -> int:
        """The number of constraints."""
        return len(self.r1cs.constraints)

    def witness(self, inputs: Mapping[str, Any]) -> list[int]:
        """Return the witness for the inputs; raises WitnessError when refused."""
        return calculate(self.compiled.wasm, inputs)

    def liar(self, inputs: Mapping[str, Any]) -> list[int]:
        """Return the witness that a calculator without scruples makes of refused inputs."""
        return calculate(trusting_wasm(self.compiled.wasm), inputs)

    def wire(self, name: str) -> int:
        """Return the wire of a signal such as `out` or `level[0].bit[1]`."""
        wire = self.sym[f"main.{name}"]
        if wire < 0:
            raise KeyError(f"{name} has no wire of its own")
        return wire

    def value(self, witness: list[int], name: str) -> int:
        """Return the value of a named signal."""
        return witness[self.wire(name)]

    def forge(self, witness: list[int], changes: Mapping[str, int]) -> list[int]:
        """Return a copy of the witness with named signals replaced."""
        forged = list(witness)
        for name, value in changes.items():
            forged[self.wire(name)] = value % R
        return forged

    def accepts(self, witness: list[int]) -> bool:
        """Tell whether all constraints hold."""
        return self.r1cs.first_unsatisfied(witness) is None

    def loose_wires(self, witness: list[int]) -> list[str]:
        """Return the names of wires that can be moved by one with every constraint held."""
        loose = []
        for wire, touched in enumerate(self.r1cs.by_wire()):
            if wire == 0:
                continue
            forged = list(witness)
            forged[wire] = (forged[wire] + 1) % R
            if all(self.r1cs.holds(index, forged) for index in touched):
                loose.append(next(name for name, at in self.sym.items() if at == wire))
        return loose
