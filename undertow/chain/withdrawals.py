"""What became of an account's withdrawals, as far as its owner can tell from public words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from undertow.chain.contracts import Contracts
from undertow.chain.getter import call_at, word_at
from undertow.chain.reading import decoded
from undertow.engine.vesting import ExitSheet
from undertow.protocol.account import Account
from undertow.protocol.outcome import Outcome
from undertow.protocol.request import Request
from undertow.protocol.units import MicroUsd


class Refusal(StrEnum):
    """Why a withdrawal was paid nothing: the first of the rule's conditions that the owner sees."""

    HALTED = "HALTED"
    """The account held what had no price: what was lost since the last one may be known."""
    EDGE = "EDGE"
    """The account's certificate alone did not stand without the money: another one may."""
    NOT_CLEAN = "NOT_CLEAN"
    """No batch had shown for too long that every account is above maintenance."""
    UNSETTLED = "UNSETTLED"
    """Less than the amount had settled; profit ripens."""
    MARGIN = "MARGIN"
    """What was left would not have met initial margin, or the venue had not the money.

    What the venue has beside its markets' pools is sealed, so nobody else can tell these apart.
    """


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One that was served."""

    amount: MicroUsd
    refusal: Refusal | None
    """None if it was paid."""
    halted: tuple[int, ...] = ()
    """Instruments that the account held and that had no price."""


def served(
    request: Request, paid: int, reason: int, account: Account, sheet: ExitSheet
) -> Withdrawal:
    """Return what became of a withdrawal; ``account`` is as vesting left it, before payment.

    ``reason`` is the published word's.
    """
    amount = MicroUsd(request.amount)
    halted = tuple(i for i, lots in enumerate(account.positions) if lots and sheet.halted >> i & 1)
    if paid:
        return Withdrawal(amount, None)
    if halted:
        return Withdrawal(amount, Refusal.HALTED, halted)
    if reason == Outcome.EDGE:
        return Withdrawal(amount, Refusal.EDGE)
    if reason == Outcome.NOT_CLEAN:
        return Withdrawal(amount, Refusal.NOT_CLEAN)
    short = account.settled < request.money
    return Withdrawal(amount, Refusal.UNSETTLED if short else Refusal.MARGIN)


def ahead_of(contracts: Contracts, account: int) -> int | None:
    """Return how many requests are served before an account's withdrawal, None if none waits.

    Raises:
        ChainUnreachableError: the node gives no answer that can be used.
    """
    block = contracts.chain.newest()
    start = word_at(contracts.vault, "queueStart", block)
    call = contracts.vault.functions.lastWithdrawal(account)
    last = decoded(lambda: int(call_at(call, block)))
    return last - start if last and last >= start else None
