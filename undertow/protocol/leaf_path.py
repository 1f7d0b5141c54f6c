"""What shows that a leaf is in the committed state, and nothing else of the state.

A light client needs no more: whoever gave it the path, the root that it leads to is the chain's or
not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from undertow.crypto.field import R
from undertow.crypto.merkle import ARITY, DEPTH, Proof, Tree
from undertow.protocol.accruals import ACCRUAL_WIDTH
from undertow.protocol.errors import LeafPathError
from undertow.protocol.prices import Mark
from undertow.protocol.sheet import UNDERLYINGS
from undertow.protocol.state import HouseWords, state_root
from undertow.protocol.units import UNIT_PRICE_WIDTH, MicroUsd


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPath:
    """A leaf, its siblings up to the accounts' root, and the house's half of the state.

    Raises LeafPathError where something is out of its range: from a stranger it is data.
    """

    index: int
    leaf: int
    siblings: Proof
    """Per level, from the leaf up, the seven siblings from left to right."""
    sealed: int
    marks: tuple[Mark, ...]
    accruals: tuple[MicroUsd, ...]

    def __post_init__(self) -> None:
        words = [self.leaf, self.sealed, *(word for level in self.siblings for word in level)]
        if not 0 <= self.index < ARITY**DEPTH:
            raise LeafPathError(f"an account's number is below {ARITY**DEPTH}, not {self.index}")
        if [len(level) for level in self.siblings] != [ARITY - 1] * DEPTH:
            raise LeafPathError(f"a path has {DEPTH} levels of {ARITY - 1} siblings")
        if not all(0 <= word < R for word in words):
            raise LeafPathError("a path's words are field elements")
        if len(self.marks) != UNDERLYINGS or len(self.accruals) != UNDERLYINGS:
            raise LeafPathError(f"a path has a mark and an accrual for {UNDERLYINGS} underlyings")
        if not all(0 <= mark < 2 << UNIT_PRICE_WIDTH for mark in self.marks):
            raise LeafPathError("a path's mark is out of its range")
        if not all(abs(accrual) < 1 << (ACCRUAL_WIDTH - 1) for accrual in self.accruals):
            raise LeafPathError("a path's accrual is out of its range")

    def root(self) -> int:
        """Return the state root that it leads to."""
        house = HouseWords(sealed=self.sealed, marks=self.marks, accruals=self.accruals)
        return state_root(Tree.parent(self.children()[-1]), house)

    def children(self) -> list[list[int]]:
        """Return the children of each node on the path, from the leaf up."""
        node, index, path = self.leaf, self.index, []
        for siblings in self.siblings:
            place = index % ARITY
            path.append([*siblings[:place], node, *siblings[place:]])
            node, index = Tree.parent(path[-1]), index // ARITY
        return path

    def to_json(self) -> dict[str, Any]:
        """Return it as data; field elements are hex."""
        return {
            "account": self.index,
            "leaf": f"{self.leaf:#066x}",
            "siblings": [[f"{word:#066x}" for word in level] for level in self.siblings],
            "sealed": f"{self.sealed:#066x}",
            "marks": list(self.marks),
            "accruals": list(self.accruals),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> LeafPath:
        """Read `to_json`; raises LeafPathError."""
        try:
            return cls(
                index=int(value["account"]),
                leaf=int(value["leaf"], 16),
                siblings=tuple(
                    tuple(int(word, 16) for word in level) for level in value["siblings"]
                ),
                sealed=int(value["sealed"], 16),
                marks=tuple(Mark(int(mark)) for mark in value["marks"]),
                accruals=tuple(MicroUsd(int(accrual)) for accrual in value["accruals"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise LeafPathError(f"no path of a leaf: {error}") from error
