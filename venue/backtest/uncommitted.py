"""A state that commits to nothing, and what it begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.merkle import Tree
from undertow.engine.requests import serve
from undertow.protocol.account import Account
from undertow.protocol.params import MarketParams
from undertow.protocol.request import Kind, Request, opening_key
from undertow.protocol.state import State
from undertow.protocol.units import MICRO_USD

SECRET = 1
"""An operator's key that hides nothing: nobody reads what a replay would publish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UncommittedState(State):
    """Accounts without leaves: the rules are the same, the root is of no accounts."""

    def tree_with(self, changes: Mapping[int, Account]) -> Tree:
        """Return the tree as it is."""
        return self.tree


def opened(state: State, deposits: Sequence[int], house: int, params: MarketParams) -> State:
    """Return a state with accounts that hold so many dollars each, and the house's.

    They come in by the vault's requests, as all money does.
    """
    key = opening_key(BASE8)
    requests = [
        Request(Kind.OPEN, account, dollars * MICRO_USD, key)
        for account, dollars in enumerate(deposits)
    ]
    requests.append(Request(Kind.HOUSE_DEPOSIT, 0, house * MICRO_USD))
    return serve(state, requests, len(requests), params, SECRET, salt=0)[0]
