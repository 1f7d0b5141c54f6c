"""Compiles one template and tries honest and forged witnesses on its constraints."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import pytest

from prover import toolchain
from prover.errors import WitnessError
from prover.r1cs import R1cs, read_sym
from prover.witness import calculate
from tests.circuits.trusting import trusting_wasm
from undertow.crypto.field import R

BUILD = toolchain.ROOT / "build" / "circuits"
CIRCUITS = toolchain.ROOT / "circuits"
_CALL = re.compile(r"(.*\.circom): (\w+)\((.*)\)")


class Circuit:
    """A template compiled alone.

    Args:
        source: `file.circom: Template(args)`, or a whole circom source with a main component.
    """

    def __init__(self, source: str) -> None:
        self._call = _CALL.fullmatch(source)
        if self._call is not None:
            file, name, arguments = self._call.groups()
            if (CIRCUITS / file).is_file():
                file = f"../../../circuits/{file}"
            source = f'include "{file}";\ncomponent main = {name}({arguments});\n'
        if "pragma" not in source:
            source = "pragma circom 2.2.0;\n" + source
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

    @property
    def cost(self) -> int:
        """The number of constraints that the template's `@cost` says."""
        assert self._call is not None
        file, name, arguments = self._call.groups()
        path = next(f / file for f in (CIRCUITS, CIRCUITS / "lib") if (f / file).is_file())
        text = path.read_text(encoding="utf-8")
        found = re.search(rf"// @cost (.*)\ntemplate {name}\((.*)\)", text)
        assert found is not None, f"{name} has no @cost"
        given = dict(zip(found[2].split(", "), arguments.split(", "), strict=True))
        known = {name: int(value) for name, value in given.items() if name}
        cost = eval(found[1].replace("^", "**"), {"__builtins__": {}}, known)  # noqa: S307
        return int(cost)

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

    def loose_wires(self, witness: list[int], but: Iterable[str] = ()) -> list[str]:
        """Return the names of wires that can be moved by one with every constraint held.

        Args:
            witness: one that holds.
            but: what is left out, with all that is in it: inputs that are passed on or multiplied
                by a zero of this witness, and outputs that are such an input (one wire for both).
        """
        given = tuple(f"main.{name}{mark}" for name in but for mark in ".[")
        exact = {f"main.{name}" for name in but}
        known = {self.sym[n] for n in self.sym if n in exact or n.startswith(given)}
        loose = []
        for wire, touched in enumerate(self.r1cs.by_wire()):
            if wire == 0 or wire in known:
                continue
            forged = list(witness)
            forged[wire] = (forged[wire] + 1) % R
            if all(self.r1cs.holds(index, forged) for index in touched):
                loose.append(next(name for name, at in self.sym.items() if at == wire))
        return loose

    def agrees(self, inputs: Mapping[str, Any], outputs: Mapping[str, int]) -> list[int]:
        """Return the honest witness, which holds and has these outputs."""
        values = self.witness(inputs)
        assert self.accepts(values)
        wanted = {name: value % R for name, value in outputs.items()}
        assert {name: self.value(values, name) for name in outputs} == wanted
        return values

    def refuses(self, inputs: Mapping[str, Any]) -> None:
        """The calculator refuses, and the constraints refuse what a liar's calculator makes."""
        with pytest.raises(WitnessError):
            self.witness(inputs)
        assert not self.accepts(self.liar(inputs))
