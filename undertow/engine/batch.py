"""The nouns of a batch: what was committed before the price, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from undertow.engine.clearing import Clearing
from undertow.protocol.account import Account
from undertow.protocol.delta import Delta
from undertow.protocol.market import Market
from undertow.protocol.order import Order
from undertow.protocol.order_set import lanes_word
from undertow.protocol.outcome import Outcome
from undertow.protocol.state import State
from undertow.protocol.units import Lots, Money


@dataclass(frozen=True, slots=True)
class Decoy:
    """A slot without an order; it touches an account and changes only its version."""

    account: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What became of one order or decoy of the batch, and of the account it touched."""

    index: int
    """The account."""
    order: Order | None
    outcome: Outcome
    before: Account
    after: Account
    fill: Lots = Lots(0)
    """Signed; may be zero or part of the size when the outcome is CLEARED."""
    price: Money = Money(0)
    fee: Money = Money(0)

    def delta(self) -> Delta:
        """Return what is published of the account, before encryption."""
        return Delta(
            instrument=self.order.instrument if self.order else 0,
            reason=self.outcome,
            fill=self.fill,
            nonce=self.after.nonce,
            filled=self.after.filled,
            cash=Money(self.after.cash - self.before.cash),
        )

    def ciphertext(self) -> int:
        """Return the published word."""
        return self.delta().encrypt(self.after.view_key, self.after.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was committed before the price: slots in time order, and the markets to price."""

    slots: tuple[Order | Decoy, ...]
    lanes: tuple[int, ...]
    """Instruments in ascending order."""

    def __post_init__(self) -> None:
        lanes_word(self.lanes)

    def orders(self) -> list[Order | None]:
        """Return the order of each slot."""
        return [slot if isinstance(slot, Order) else None for slot in self.slots]

    def accounts(self) -> list[int]:
        """Return the account that each slot touches."""
        return [slot.account for slot in self.slots]


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """A batch's outcome: the new state, each slot and each lane's market, in order."""

    state: State
    slots: tuple[Slot, ...]
    advanced: tuple[Market, ...]
    """All instruments after step 2, before the flow."""
    clearings: Mapping[int, Clearing]
    """By instrument, one for each lane."""
    house_grows: bool
