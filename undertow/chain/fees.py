"""What a transaction pays for gas, and how much of it: by the node's word, within bounds of ours.

A node that lies may make us pay at most these; of the fee, only the tip is paid above what the
chain itself asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from undertow.chain.errors import ChainUnreachableError, WrongAnswerError
from undertow.chain.node import Node

GWEI = 10**9
LARGEST_FEE = 2_000 * GWEI
LARGEST_TIP = 100 * GWEI
LARGEST_GAS = 15_000_000
"""Far above a settlement of the largest preset; below a block's limit on every chain we know."""
DEFAULT_TIP = GWEI
_MARGIN_PERCENT = 125
"""Of the estimate: what is executed may find other storage than what was estimated."""
_RAISE_PERCENT = 113
"""Nodes take a replacement from 10 or 12.5 percent more on."""


@dataclass(frozen=True, slots=True)
class Fee:
    """Wei for a unit of gas."""

    most: int
    tip: int
    dynamic: bool = True
    """Whether the chain has a base fee."""

    def raised(self) -> Fee:
        """Return the next replacement's; raises ChainUnreachableError above the bound."""
        most, tip = (_up(value) for value in (self.most, self.tip))
        if most > LARGEST_FEE:
            raise ChainUnreachableError(
                f"a fee of {most // GWEI} gwei is above the bound of {LARGEST_FEE // GWEI}"
            )
        return Fee(most, min(tip, most), self.dynamic)

    def at_least(self, fee: int, tip: int) -> Fee:
        """Return what replaces a transaction with this fee."""
        floor = Fee(fee, tip, self.dynamic).raised()
        return Fee(max(self.most, floor.most), max(self.tip, floor.tip), self.dynamic)

    def fields(self) -> dict[str, Any]:
        """Return a transaction's fields."""
        if not self.dynamic:
            return {"gasPrice": self.most}
        return {"maxFeePerGas": self.most, "maxPriorityFeePerGas": self.tip, "type": 2}


def asked_fee(node: Node) -> Fee:
    """Return a fee that lasts for some full blocks; raises ChainUnreachableError."""
    block = node.ask("eth_getBlockByNumber", ["latest", False])
    if block is None:
        raise WrongAnswerError("knows no newest block")
    if "baseFeePerGas" not in block:
        price = int(node.ask("eth_gasPrice", []), 16)
        return _bounded(price, price, dynamic=False)
    try:
        tip = int(node.ask("eth_maxPriorityFeePerGas", []), 16)
    except WrongAnswerError:  # Not every node has it.
        tip = DEFAULT_TIP
    tip = min(tip, LARGEST_TIP)
    return _bounded(2 * int(block["baseFeePerGas"], 16) + tip, tip, dynamic=True)


def gas_limit(node: Node, fields: dict[str, Any]) -> int:
    """Return an estimate with a margin, which is the dry run, too.

    Raises:
        RevertedError: the contract refuses.
        ChainUnreachableError: there is no estimate, or one above the bound.
    """
    estimate = int(node.ask("eth_estimateGas", [fields]), 16)
    if estimate > LARGEST_GAS:
        raise WrongAnswerError(f"estimates {estimate} gas, above the bound of {LARGEST_GAS}")
    return min(estimate * _MARGIN_PERCENT // 100, LARGEST_GAS)


def _bounded(most: int, tip: int, *, dynamic: bool) -> Fee:
    if most > LARGEST_FEE:
        raise ChainUnreachableError(
            f"the chain asks {most // GWEI} gwei, above the bound of {LARGEST_FEE // GWEI}"
        )
    return Fee(most, tip, dynamic)


def may_rise(fee: int) -> bool:
    """Return whether a transaction with this fee can be replaced by one within the bound."""
    return _up(fee) <= LARGEST_FEE


def _up(value: int) -> int:
    return value * _RAISE_PERCENT // 100 + 1
