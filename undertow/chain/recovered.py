"""The state up to its root at one block, and own accounts with their contents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from undertow.chain.history import Followed, public_sheet
from undertow.chain.published import Found
from undertow.chain.settled import SettledBatch, SettledRequests
from undertow.chain.view import Reached
from undertow.engine.vesting import ExitSheet
from undertow.protocol.account import Account
from undertow.protocol.grid import Grid
from undertow.protocol.leaf_path import LeafPath
from undertow.protocol.params import MarketParams
from undertow.protocol.prices import marks_of
from undertow.protocol.public_state import PublicState


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What `undertow recover` has at a block."""

    public: PublicState
    time: int
    """Seconds, of the last batch's prices."""
    reached: Reached
    """Of the block that `block_hash` names everything is in it."""
    block_hash: str
    own: tuple[Followed, ...]

    @classmethod
    def beginning(cls, grid: Grid, own: Iterable[Followed]) -> Recovered:
        """Return what there is before the first settlement."""
        return cls(
            public=PublicState.genesis(grid),
            time=0,
            reached=Reached(-1, 0, 0),
            block_hash="",
            own=tuple(own),
        )

    @property
    def settlements(self) -> int:
        """How many have been followed."""
        return self.reached.batches + self.reached.runs

    def after(self, found: Found) -> Recovered:
        """Return the next one.

        Raises:
            DeltaError: a published word is not what an own account's contents give.
        """
        settled = found.settled
        for one in self.own:
            one.take(settled)
        is_batch = isinstance(settled, SettledBatch)
        reached = Reached(
            found.block, self.reached.batches + is_batch, self.reached.runs + (not is_batch)
        )
        return replace(
            self,
            public=_public(self.public, settled),
            time=settled.round.time if isinstance(settled, SettledBatch) else self.time,
            reached=reached,
            block_hash=found.block_hash,
        )

    def sheet(self, params: MarketParams) -> ExitSheet:
        """Return what anybody would leave by."""
        return public_sheet(self.public, self.time, params)

    def owning(self, accounts: Sequence[tuple[int, Account]], params: MarketParams) -> Recovered:
        """Return the same with these own accounts' contents, which the tree has."""
        sheet = self.sheet(params)
        own = tuple(
            Followed(index=index, account=account, leaf=account.leaf(), sheet=sheet, params=params)
            for index, account in accounts
        )
        return replace(self, own=own)

    def path(self, index: int) -> LeafPath:
        """Return what shows anybody that an account's leaf is in the state."""
        tree = self.public.tree
        return LeafPath(
            index=index,
            leaf=tree.get(index),
            siblings=tree.proof(index),
            sealed=self.public.sealed,
            marks=self.public.marks,
            accruals=self.public.accruals,
        )


def _public(public: PublicState, settled: SettledBatch | SettledRequests) -> PublicState:
    if isinstance(settled, SettledBatch):
        marks = marks_of(settled.round.prices, settled.round.halted)
        return public.after_batch(settled.house, marks, settled.touches)
    leaves = [
        (request.account, answer.leaf)
        for request, answer in zip(settled.requests, settled.answers, strict=True)
    ]
    return public.after_requests(settled.house, leaves)
