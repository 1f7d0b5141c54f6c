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
from undertow.protocol.account import Account
from undertow.protocol.change import Change
from undertow.protocol.delta import Delta
from undertow.protocol.errors import DeltaError
from undertow.protocol.pads import pads
from undertow.protocol.params import MarketParams
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
    account = Account(owner=owner, view_key=view_key(secret, operator, index))
    held = account.leaf()
    sheet = exit_sheet(State(), params)
    events: list[Event] = []
    for settled in settlements:
        if isinstance(settled, SettledBatch):
            sheet = _sheet(settled, params)
        for leaf, published, asked in touches_of(settled, index):
            change = change_of(settled, published, pads(account.view_key, held, leaf))
            delta = change.delta
            if asked is not None and delta.cash != _moved(*asked):
                raise DeltaError(f"account {index} got another amount than the vault's queue says")
            if asked is None:
                account, withdrawal = vest(_apply(account, delta), sheet, params), None
            else:
                # What a request moves is settled at once, so it comes after what ripens.
                vested = vest(account, sheet, params)
                withdrawal = _withdrawal(*asked, delta.reason, vested, sheet)
                account = _apply(vested, delta)
                account = replace(account, settled=Money(account.settled + delta.cash))
            if account.leaf() != leaf:
                raise DeltaError(f"account {index} does not hash to its published leaf")
            held = leaf
            events.append(Event(change, account, withdrawal))
    return events


def _moved(request: Request, paid: int) -> Money:
    """Return the change of cash that the vault's books give."""
    return Money(-(paid << MONEY_BITS)) if request.kind is Kind.WITHDRAW else request.money


def _withdrawal(
    request: Request, paid: int, reason: int, account: Account, sheet: ExitSheet
) -> Withdrawal | None:
    is_one = request.kind is Kind.WITHDRAW
    return served(request, paid, reason, account, sheet) if is_one else None


def _sheet(settled: SettledBatch, params: MarketParams) -> ExitSheet:
    marks = settled.round
    return ExitSheet(
        time=marks.time,
        marks=lot_prices(marks.prices, params),
        halted=halted_lots(marks.halted),
        accruals=tuple(settled.house.accruals),
    )


def _apply(account: Account, delta: Delta) -> Account:
    positions = list(account.positions)
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
