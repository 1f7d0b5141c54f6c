"""Takeover: an account below maintenance is taken whole by the house, at the batch's marks.

A touch does it, to the leaf as the slots before left it. So an order neither shields an account nor
is lost to it: a touch of the account stands behind it in the same batch. Every unit of its cash
lands somewhere: what it keeps, the penalty, and what goes with the positions to the house. The
penalty is the insurance fund's, not the house's: whoever chooses when to close a batch must not
earn by it. `circuits/takeover.circom` proves the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from undertow.engine.certificate import BAD, Certificate, Line, holds, least, may_be_taken
from undertow.engine.clock import STEPS_WIDTH
from undertow.engine.margin import MONEY_SHIFT, add_ons, book_of, equity, holds_any
from undertow.protocol.account import FLAT, Account
from undertow.protocol.safety_table import SafetyTable
from undertow.protocol.sheet import Entry
from undertow.protocol.units import FEE_BITS, REQUIREMENT_BITS, Lots, Money, Price, ceil_div

_PENALTY_SHIFT = REQUIREMENT_BITS - FEE_BITS


def is_steady(before: SafetyTable, after: SafetyTable, jump: int) -> bool:
    """Return whether no price moved by more than ``jump`` edges since the batch before.

    At a price that did, nobody is taken over: it may be wrong, and a takeover is for ever. The next
    batch confirms it by not moving as far.
    """
    pairs = zip(before.bounds, after.bounds, strict=True)
    return all(abs(now - then) <= jump for then, now in pairs)


def is_due(account: Account, line: Line, table: SafetyTable, halted: int) -> bool:
    """Return whether a touch takes an account.

    It is below maintenance at the worse edges of the prices' present steps, less a cell of funding.
    Of who holds something of ``halted`` (bit i: instrument i) nobody knows. ``line`` is the
    account's at the present funding indices.
    """
    return not holds_any(book_of(account), halted) and may_be_taken(line, table)


def certificate_of_touch(wanted: Certificate, line: Line, table: SafetyTable) -> Certificate:
    """Return what a touch that takes nothing gives: all its ends lie ahead, or it is bad.

    So a touch of an account that is due can only take it: whoever has such a certificate is not,
    and bad is given to nobody else, but where a window has no room. ``wanted`` holds, and is given
    where it ends ahead.
    """
    if is_ahead(wanted, table):
        return wanted
    last = least(line, table)
    return last if holds(last, line, table) and is_ahead(last, table) else BAD


def is_ahead(certificate: Certificate, table: SafetyTable) -> bool:
    """Return whether every end lies beyond the present, the expiry by no more than it may."""
    for end, above in zip(certificate.edges, table.bounds, strict=True):
        if end and (end.number < above if end.is_above else end.number >= above):
            return False
    expiry = certificate.expiry
    return expiry is None or 0 < expiry - table.clock <= 1 << STEPS_WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The pieces of a takeover: cash is what is kept, the penalty and what the house gets."""

    lots: tuple[Lots, ...]
    """Positions that go to the house."""
    kept: Money
    """Cash of the account afterwards; it holds nothing."""
    to_house: Money
    """Cash that goes with the positions; negative for a long's worth and a loss."""
    penalty: Money
    loss: Money
    """Equity below zero; the insurance fund pays it to the house as far as it reaches."""


def take(account: Account, sheet: Sequence[Entry], prices: Sequence[Price], rate: int) -> Taken:
    """Return the pieces of taking an account that is due.

    The penalty is its add-ons and a share of the notional (``rate``, in 2^-20), rounded up, or all
    of its equity where that is less.
    """
    worth = equity(book_of(account), sheet)
    penalty = min(max(worth, 0), charge(account, sheet, prices, rate))
    kept = max(worth, 0) - penalty
    return Taken(
        lots=account.positions,
        kept=Money(kept),
        to_house=Money(account.cash - kept - penalty),
        penalty=Money(penalty),
        loss=Money(max(-worth, 0)),
    )


def charge(account: Account, sheet: Sequence[Entry], prices: Sequence[Price], rate: int) -> Money:
    """Return the penalty of an account that has enough for it."""
    return Money(ceil_div(exact_charge(account, sheet, prices, rate), 1 << MONEY_SHIFT))


def exact_charge(
    account: Account, sheet: Sequence[Entry], prices: Sequence[Price], rate: int
) -> int:
    """Return it before it is rounded, in 2^-33 micro-USD."""
    held = zip(account.positions, prices, strict=True)
    notional = sum(abs(lots) * price for lots, price in held)
    return add_ons(book_of(account), sheet) + (notional * rate << _PENALTY_SHIFT)


def left(account: Account, taken: Taken) -> Account:
    """Return the account as a takeover leaves it, before it vests."""
    return replace(account, version=account.version + 1, cash=taken.kept, positions=FLAT)


def skews_after(takeovers: Iterable[Taken], skews: Sequence[Lots]) -> tuple[Lots, ...]:
    """Return the users' skews without the lots that the house took.

    A skew's cap refuses no takeover: not to take would leave the house short an option. No skew is
    larger than the open interest, which a takeover lowers (undertow/engine/interest.py).
    """
    after = list(skews)
    for one in takeovers:
        after = [Lots(skew - lots) for skew, lots in zip(after, one.lots, strict=True)]
    return tuple(after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a batch's takeovers do to the house's ledger."""

    house: Money
    insurance: Money
    bad_debt: Money
    """A counter: the house's cash bears it already, and nothing subtracts it again."""


def settle(takeovers: Iterable[Taken], insurance: int) -> Settled:
    """Return the changes of the ledger; so much is in the insurance fund before, not below zero.

    Once for a batch, so that the order of its slots moves no money between fund and house.
    """
    some = list(takeovers)
    penalties, losses = sum(one.penalty for one in some), sum(one.loss for one in some)
    covered = min(insurance + penalties, losses)
    return Settled(
        house=Money(sum(one.to_house for one in some) + covered),
        insurance=Money(penalties - covered),
        bad_debt=Money(losses - covered),
    )
