"""How many accounts are open at a depth that no reorganisation undoes.

A set is closed for ever once it has its price, and has no proof while one of its accounts is not
open. A reorganisation may leave the run behind that opened it and mine the close again, so only
accounts that are open that deep get slots: as orders, and as decoys. What a start replays counts
from the newest block on, so that its accounts wait once more.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

REMEMBERED = 1024
"""Blocks with openings that are deep: enough to tell what was open before others were."""


class _Deep(NamedTuple):
    """A block that is deep enough, how many accounts were open in it, and what made it deep."""

    block: int
    accounts: int
    confirmed: int
    """The block on top that was seen then; without it, this one is not deep."""


@dataclass(slots=True)
class Openings:
    """The vault numbers accounts from 1 on and opens them in that order: their number is enough."""

    confirmations: int = 0
    """Blocks on top of one that a reorganisation never reaches."""
    _deep: deque[_Deep] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    """Blocks in which there were more than before, oldest first."""
    _young: deque[tuple[int, int]] = field(default_factory=deque)
    """Later such blocks, oldest first."""

    @property
    def deep(self) -> int:
        """The last account that is open for good; those before it are, too."""
        return self._deep[-1].accounts if self._deep else 0

    def see(self, block: int, accounts: int) -> None:
        """Take in how many accounts are open in the newest block."""
        if accounts > (self._young[-1][1] if self._young else self.deep):
            self._young.append((block, accounts))
        while self._young and self._young[0][0] <= block - self.confirmations:
            self._deep.append(_Deep(*self._young.popleft(), block))

    def forget(self, after: int) -> None:
        """Forget what was seen in blocks after one: they are not the chain's.

        What only they made deep is not deep any more: one might be a number from the future.
        """
        while self._young and self._young[-1][0] > after:
            self._young.pop()
        while self._deep and self._deep[-1].confirmed > after:
            block, accounts, _ = self._deep.pop()
            if block <= after:
                self._young.appendleft((block, accounts))
