"""The statement and the circuit inputs of an account's exit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from undertow.crypto.merkle import ARITY, DEPTH
from undertow.engine.exit import owed
from undertow.protocol.account import Account
from undertow.protocol.accruals import ACCRUALS
from undertow.protocol.errors import LeafPathError
from undertow.protocol.leaf_path import LeafPath
from undertow.protocol.owed import Owed
from undertow.protocol.params import MARKET_PARAMS_WORDS, MarketParams
from undertow.protocol.prices import split_marks
from undertow.protocol.sheet import UNDERLYINGS

NAME = "exit_default"
"""The circuit; it is the same for every preset."""
ARITY_BITS = ARITY.bit_length() - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitJob:
    """What a prover needs to show what an account is owed."""

    owed: Owed
    signals: tuple[int, int, int]
    """The state's root, the parameters' hash, and what is owed, packed."""
    inputs: dict[str, Any]


def exit_job(account: Account, path: LeafPath, params: MarketParams) -> ExitJob:
    """Return the job that proves what an account is owed by the state that a path leads to.

    Raises:
        LeafPathError: the path is of another leaf than the account's.
    """
    if account.leaf() != path.leaf:
        raise LeafPathError("the path's leaf is not what the account's contents give")
    due, (prices, halted) = owed(account, path, params), split_marks(path.marks)
    inputs = {
        "account": account.words(),
        "bit": [path.index >> i & 1 for i in range(ARITY_BITS * DEPTH)],
        "children": path.children(),
        "sealed": path.sealed,
        "price": list(prices),
        "halted": [halted >> u & 1 for u in range(UNDERLYINGS)],
        "accruals": ACCRUALS.pack(path.accruals)[0],
        "params": MARKET_PARAMS_WORDS.words(params.words()),
    }
    signals = (path.root(), params.hash(), due.word())
    return ExitJob(owed=due, signals=signals, inputs=inputs)
