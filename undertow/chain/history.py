"""What one account can learn from the chain with its own key: its whole contents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from undertow.chain.contracts import Contracts
from undertow.chain.logs import Progress
from undertow.chain.settled import SettledBatch, SettledRequests
from undertow.chain.touched import change_of, touches_of
from undertow.chain.withdrawals import Withdrawal, served
from undertow.crypto.babyjubjub import Point, view_key
from undertow.crypto.eddsa import PrivateKey
from undertow.engine.lots import halted_lots, lot_prices
from undertow.engine.vesting import ExitSheet, exit_sheet, vest
from undertow.protocol.account import FLAT, Account
from undertow.protocol.change import Change
from undertow.protocol.delta import Delta
from undertow.protocol.errors import DeltaError
from undertow.protocol.outcome import Outcome
from undertow.protocol.pads import pads
from undertow.protocol.params import MarketParams
from undertow.protocol.prices import split_marks
from undertow.protocol.public_state import PublicState
from undertow.protocol.request import Kind, Request
from undertow.protocol.state import State
from undertow.protocol.units import MONEY_BITS, Lots, Money


@dataclass(frozen=True, slots=True)
class Event:
    """One change of an account."""

    change: Change
    account: Account
    """After the change."""
    withdrawal: Withdrawal | None = None
    """What became of it, where the change is one that was asked for."""

    @property
    def batch(self) -> int:
        """The batch's number; 0 for a request."""
        return self.change.batch

    @property
    def delta(self) -> Delta:
        """What the change moved."""
        return self.change.delta


def own_events(
    contracts: Contracts, account: int, key: PrivateKey, progress: Progress | None = None
) -> list[Event]:
    """Return an account's changes from chain data and its owner's key alone; see `follow`.

    Raises:
        DeltaError: as `follow`.
        ChainError: the node gives no answer that can be used, or leaves settlements out.
    """
    operator = contracts.operator_key()
    params = contracts.deployment.group.params
    return follow(contracts.history(progress), account, key.scalar, key.public, operator, params)


def follow(
    settlements: Iterable[SettledBatch | SettledRequests],
    index: int,
    secret: int,
    owner: Point,
    operator: Point,
    params: MarketParams,
) -> list[Event]:
    """Return an account's changes, each checked against its published leaf.

    A second word that is no confirmation ends nothing: the change says that it has none.

    Raises:
        DeltaError: a published word or leaf is not what the account's contents give.
    """
    followed = Followed.new(index, Account(owner, view_key(secret, operator, index)), params)
    return [event for settled in settlements for event in followed.take(settled)]


@dataclass(slots=True, kw_only=True)
class Followed:
    """An account as its owner knows it, up to a settlement."""

    index: int
    account: Account
    leaf: int
    """The published one; before the first, of the account without anything."""
    sheet: ExitSheet
    """Of the last batch."""
    params: MarketParams

    @classmethod
    def new(cls, index: int, account: Account, params: MarketParams) -> Followed:
        """Return an account before all settlements."""
        sheet = exit_sheet(State(), params)
        leaf = account.leaf()
        return cls(index=index, account=account, leaf=leaf, sheet=sheet, params=params)

    def take(self, settled: SettledBatch | SettledRequests) -> list[Event]:
        """Go on by a settlement, and return the account's changes in it; raises DeltaError."""
        if isinstance(settled, SettledBatch):
            self.sheet = _sheet(settled, self.params)
        return [self._follow(settled, *touch) for touch in touches_of(settled, self.index)]

    def _follow(
        self,
        settled: SettledBatch | SettledRequests,
        leaf: int,
        published: tuple[int, ...],
        asked: tuple[Request, int] | None,
    ) -> Event:
        change = change_of(settled, published, pads(self.account.view_key, self.leaf, leaf))
        delta = change.delta
        if asked is not None and delta.cash != _moved(*asked):
            raise DeltaError(f"account {self.index} got another amount than the vault's queue says")
        if asked is None:
            account, withdrawal = vest(_apply(self.account, delta), self.sheet, self.params), None
        else:
            # What a request moves is settled at once, so it comes after what ripens.
            vested = vest(self.account, self.sheet, self.params)
            withdrawal = _withdrawal(*asked, delta.reason, vested, self.sheet)
            account = _apply(vested, delta)
            account = replace(account, settled=Money(account.settled + delta.cash))
        if account.leaf() != leaf:
            raise DeltaError(f"account {self.index} does not hash to its published leaf")
        self.account, self.leaf = account, leaf
        return Event(change, account, withdrawal)


def _moved(request: Request, paid: int) -> Money:
    """Return the change of cash that the vault's books give."""
    return Money(-(paid << MONEY_BITS)) if request.kind is Kind.WITHDRAW else request.money


def _withdrawal(
    request: Request, paid: int, reason: int, account: Account, sheet: ExitSheet
) -> Withdrawal | None:
    is_one = request.kind is Kind.WITHDRAW
    return served(request, paid, reason, account, sheet) if is_one else None


def public_sheet(public: PublicState, time: int, params: MarketParams) -> ExitSheet:
    """Return the exit sheet of a state whose last prices were of a time."""
    prices, halted = split_marks(public.marks)
    return ExitSheet(
        time=time,
        marks=lot_prices(prices, params),
        halted=halted_lots(halted),
        accruals=public.accruals,
    )


def _sheet(settled: SettledBatch, params: MarketParams) -> ExitSheet:
    marks = settled.round
    return ExitSheet(
        time=marks.time,
        marks=lot_prices(marks.prices, params),
        halted=halted_lots(marks.halted),
        accruals=tuple(settled.house.accruals),
    )


def _apply(account: Account, delta: Delta) -> Account:
    positions = list(FLAT if delta.reason == Outcome.TAKEN else account.positions)
    positions[delta.instrument] = Lots(positions[delta.instrument] + delta.fill)
    return replace(
        account,
        version=account.version + 1,
        nonce=delta.nonce,
        filled=delta.filled,
        cash=Money(account.cash + delta.cash),
        positions=tuple(positions),
        cells=delta.cells,
    )
