"""Every hint (`<--`) of a compiled circuit: which signal it is, and of which template.

The .sym file has the components' paths; the sources say which template each component is of. A
component without a name is called by its template, and by its rank where several stand in one
parent, so that names do not change with the lines above them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from prover import toolchain

_TEMPLATE = re.compile(r"^template (\w+)\(.*?^}$", re.MULTILINE | re.DOTALL)
_MAIN = re.compile(r"component main = (\w+)\(")
_HINT = re.compile(r"(?:signal )?(\w+)[^;\n]*? <--")
_COMPONENT = re.compile(r"\b(\w+)(?:\[[^\]]*\])* = ([A-Z]\w*)\(")
_UNNAMED = re.compile(r"([A-Za-z]\w*)_(\d+)_(\d+)")
"""A component without a name: its template and two numbers that rise with its place in the file."""
_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Hint:
    """One signal that a prover is free to choose, but for the constraints."""

    component: str
    """The path of the gadget, from `main`."""
    template: str
    signal: str
    """Within the gadget, with its index."""

    @property
    def name(self) -> str:
        """The signal's whole path."""
        return f"{self.component}.{self.signal}"

    @property
    def kind(self) -> tuple[str, str]:
        """The `<--` of the source that it is."""
        return self.template, _INDEX.sub("", self.signal)

    @property
    def place(self) -> str:
        """The path without indices: the same for all that one line of a source makes."""
        return _INDEX.sub("", self.name)


class Sources:
    """The templates of a circuit's sources."""

    def __init__(self, circuit: Path) -> None:
        self.files = toolchain.sources(circuit)
        text = "\n".join(path.read_text(encoding="utf-8") for path in self.files)
        code = re.sub(r"//.*", "", text)
        bodies = {found[1]: found[0] for found in _TEMPLATE.finditer(code)}
        main = _MAIN.search(code)
        assert main is not None
        self.main = main[1]
        self.hints = {name: _HINT.findall(body) for name, body in bodies.items()}
        self.components = {name: dict(_COMPONENT.findall(body)) for name, body in bodies.items()}
        assert sum(map(len, self.hints.values())) == code.count("<--")

    def kinds(self) -> set[tuple[str, str]]:
        """Return every `<--`: its template and its signal."""
        return {(name, hint) for name, hints in self.hints.items() for hint in hints}


class Signals:
    """The signals of a compiled circuit by lasting names."""

    def __init__(self, circuit: Path, compiled: toolchain.Compiled) -> None:
        self.sources = Sources(circuit)
        self._lines = compiled.sym.read_text(encoding="utf-8").splitlines()

    @cached_property
    def raw(self) -> Mapping[str, str]:
        """The compiler's name of each signal, by the lasting one."""
        names = [line.split(",", 3)[3] for line in self._lines]
        unnamed: dict[tuple[str, str], set[tuple[int, int]]] = defaultdict(set)
        for name in names:
            for found in _UNNAMED.finditer(name):
                place = int(found[3]), int(found[2])
                unnamed[name[: found.start()], found[1]].add(place)
        ranks = {at: sorted(places) for at, places in unnamed.items()}

        def lasting(name: str) -> str:
            def call(found: re.Match[str]) -> str:
                places = ranks[name[: found.start()], found[1]]
                rank = places.index((int(found[3]), int(found[2])))
                return found[1] if len(places) == 1 else f"{found[1]}#{rank}"

            return _UNNAMED.sub(call, name)

        return {lasting(name): name for name in names}

    @cached_property
    def hints(self) -> tuple[Hint, ...]:
        """Every hint of the circuit; KeyError if a component is of no known template."""
        return tuple(hint for name in self.raw if (hint := self._hint(name)) is not None)

    def _hint(self, name: str) -> Hint | None:
        _, *parts = name.split(".")
        template = self.sources.main
        for depth, part in enumerate(parts):
            plain = re.split(r"[#\[]", part)[0]
            child = self.sources.components[template].get(plain)
            if child is None and plain in self.sources.components and plain[0].isupper():
                child = plain
            if child is None:
                if plain not in self.sources.hints[template]:
                    return None
                return Hint(".".join(["main", *parts[:depth]]), template, part)
            template = child
        return None
