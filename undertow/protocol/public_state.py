"""The committed state as anybody follows it: from published words alone, up to its root.

What the sealed half hides stays hidden; the leaves, the exit sheet and one word for the sealed half
give the root all the same, so whoever has them knows that they are all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from undertow.crypto.merkle import Tree
from undertow.protocol.grid import Grid
from undertow.protocol.prices import Mark
from undertow.protocol.state import HouseWords, State, genesis, state_root
from undertow.protocol.statement import BatchHouse, RequestsHouse, Touch
from undertow.protocol.units import MicroUsd

_GENESIS = State()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicState:
    """What is public of a state; treat the tree as immutable."""

    tree: Tree = field(default_factory=Tree)
    sealed: int = _GENESIS.sealed()
    marks: tuple[Mark, ...] = tuple(_GENESIS.house_words().marks)
    accruals: tuple[MicroUsd, ...] = _GENESIS.accruals

    @classmethod
    def genesis(cls, grid: Grid) -> PublicState:
        """Return what is public before the first batch."""
        return cls(sealed=genesis(grid).sealed())

    def root(self) -> int:
        """Return the state's root."""
        house = HouseWords(sealed=self.sealed, marks=self.marks, accruals=self.accruals)
        return state_root(self.tree.root, house)

    def after_batch(
        self, house: BatchHouse, marks: Sequence[Mark], touches: Iterable[Touch]
    ) -> PublicState:
        """Return the state after a batch at the marks that were recorded for it."""
        return PublicState(
            tree=self._moved((touch.account, touch.leaf) for touch in touches),
            sealed=house.sealed,
            marks=tuple(marks),
            accruals=tuple(house.accruals),
        )

    def after_requests(
        self, house: RequestsHouse, leaves: Iterable[tuple[int, int]]
    ) -> PublicState:
        """Return the state after a run; of each request its account and its leaf, 0 for none."""
        touched = [(account, leaf) for account, leaf in leaves if leaf]
        return replace(self, tree=self._moved(touched), sealed=house.sealed)

    def _moved(self, leaves: Iterable[tuple[int, int]]) -> Tree:
        tree = self.tree.copy()
        # An account may be touched twice; its last leaf counts.
        tree.update_many(dict(leaves).items())
        return tree
