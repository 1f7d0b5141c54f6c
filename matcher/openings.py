"""How many accounts are open at a depth that no reorganisation undoes.

A set is closed for ever once it has its price, and has no proof while one of its accounts is not
open. A reorganisation may leave the run behind that opened it and mine the close again, so only
accounts that are open that deep get slots: as orders, and as decoys. What a start replays counts
from the newest block on, so that its accounts wait once more.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

_NOBODY = (-1, 0)


@dataclass(slots=True)
class Openings:
    """The vault numbers accounts from 1 on and opens them in that order: their number is enough."""

    confirmations: int = 0
    """Blocks on top of one that a reorganisation never reaches."""
    _deep: tuple[int, int] = _NOBODY
    """A block that was so deep once, and how many accounts were open in it."""
    _young: deque[tuple[int, int]] = field(default_factory=deque)
    """Later blocks in which there were more, oldest first."""

    @property
    def deep(self) -> int:
        """The last account that is open for good; those before it are, too."""
        return self._deep[1]

    def see(self, block: int, accounts: int) -> None:
        """Take in how many accounts are open in the newest block."""
        newest = self._young[-1] if self._young else self._deep
        if accounts > newest[1]:
            self._young.append((block, accounts))
        while self._young and self._young[0][0] <= block - self.confirmations:
            self._deep = self._young.popleft()

    def forget(self, after: int) -> None:
        """Forget what was seen in blocks after one: they are not the chain's."""
        while self._young and self._young[-1][0] > after:
            self._young.pop()
        if self._deep[0] > after:
            self._deep = _NOBODY
