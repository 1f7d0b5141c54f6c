"""The nouns of a batch: what was committed before the price, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from undertow.engine.choices import HONEST, Choices
from undertow.engine.clearing import Clearing
from undertow.engine.takeover import Taken
from undertow.engine.verdict import Verdict
from undertow.protocol.account import Account
from undertow.protocol.authority import Authority
from undertow.protocol.confirmation import NO_CONFIRMATION, Confirmation
from undertow.protocol.delta import Delta
from undertow.protocol.market import Market
from undertow.protocol.order import Order
from undertow.protocol.order_set import lanes_word
from undertow.protocol.outcome import Outcome
from undertow.protocol.pads import pads, sealed
from undertow.protocol.state import State
from undertow.protocol.statement import Touch
from undertow.protocol.units import Lots, Money


@dataclass(frozen=True, slots=True)
class Decoy:
    """A touch: it hides who traded, certifies its account anew, and takes over whoever is due."""

    account: int


Action: TypeAlias = Order | Decoy
"""What a slot does, each kind by its own authority."""


def authority_of(action: Action) -> Authority:
    """Return whose word an action is."""
    return Authority.ORDER if isinstance(action, Order) else Authority.TOUCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What became of one action of the batch, and of the account it touched."""

    account: int
    """Its index."""
    action: Action
    verdict: Verdict
    before: Account
    after: Account
    fill: Lots = Lots(0)
    """Signed; may be zero or part of the size when the verdict is eligible."""
    price: Money = Money(0)
    fee: Money = Money(0)
    confirmation: Confirmation = NO_CONFIRMATION
    taken: Taken | None = None
    """Of a touch that took the account over."""

    @property
    def order(self) -> Order | None:
        """The order, None of a touch."""
        return self.action if isinstance(self.action, Order) else None

    @property
    def outcome(self) -> Outcome:
        """Why the slot was not filled, or that its limit alone decided."""
        return self.verdict.reason

    def delta(self) -> Delta:
        """Return what is published of the account, before encryption."""
        return Delta(
            instrument=self.verdict.effect.instrument,
            reason=self.outcome,
            fill=self.fill,
            nonce=self.after.nonce,
            filled=self.after.filled,
            cells=self.after.cells,
            cash=Money(self.after.cash - self.before.cash),
        )

    def touch(self) -> Touch:
        """Return what is published of the account, encrypted to its owner."""
        leaf = self.after.leaf()
        first, second = pads(self.after.view_key, self.before.leaf(), leaf)
        return Touch(
            self.account,
            leaf,
            sealed(self.delta().pack(), first),
            sealed(self.confirmation.pack(), second),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was committed before the price: slots in time order, and the markets to price."""

    slots: tuple[Action, ...]
    lanes: tuple[int, ...]
    """Instruments in ascending order."""
    choices: Choices = HONEST
    """The operator's, which commit to nothing before the price."""

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
    clean: bool
    """What the batch publishes: every account is above maintenance, and the house is sound."""
