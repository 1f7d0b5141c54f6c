"""Serve requests of the vault's queue: (state, requests) -> (state', answers).

Pure. A withdrawal is paid whole if that much is settled, initial margin holds after it at the last
batch's prices, and the venue has the money beside its markets' pools; otherwise not at all. An
account that holds a halted instrument is paid nothing: its mark is older than the withdrawal, and
what was lost since may be known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from undertow.crypto.babyjubjub import IDENTITY, view_key
from undertow.engine.margin import Book, holds_any, requirement
from undertow.engine.margin import equity as book_equity
from undertow.engine.markets import price_sheet
from undertow.engine.vesting import exit_sheet, vest
from undertow.protocol.account import Account
from undertow.protocol.delta import Delta
from undertow.protocol.outcome import Outcome
from undertow.protocol.params import MarketParams
from undertow.protocol.request import PADDING, Kind, Request
from undertow.protocol.state import State
from undertow.protocol.units import MONEY_BITS, Lots, Money

NOBODY = Account(owner=IDENTITY, view_key=0)
"""Stands where a request touches no account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one request."""

    request: Request
    before: Account
    """Of an opening: the new account with nothing in it."""
    after: Account | None
    """None when the request touches no account."""
    paid: int = 0
    """Micro-USD that a withdrawal credits."""

    def leaf(self) -> int:
        """Return the published leaf, 0 for none."""
        return self.after.leaf() if self.after else 0

    def ciphertext(self) -> int:
        """Return the published word, 0 for none."""
        if self.after is None:
            return 0
        delta = Delta(
            instrument=0,
            reason=Outcome.REQUEST,
            fill=Lots(0),
            nonce=self.after.nonce,
            filled=self.after.filled,
            cash=Money(self.after.cash - self.before.cash),
        )
        return delta.encrypt(self.after.view_key, self.before.leaf(), self.after.leaf())


def serve(
    state: State,
    requests: Sequence[Request],
    size: int,
    params: MarketParams,
    secret: int,
    salt: int,
) -> tuple[State, tuple[Answer, ...]]:
    """Return the state after the requests and an answer for each, padded to ``size``.

    ``secret`` is the operator's BabyJubJub scalar, which shares a view key with each new owner;
    ``salt`` hides what the new state seals.

    Raises:
        KeyError: a request names an account that is not open; the contract lets none through.
    """
    padded = [*requests, *[PADDING] * (size - len(requests))]
    answers = []
    for request in padded:
        answer = _answer(state, request, params, secret)
        answers.append(answer)
        state = _apply(state, answer)
    return replace(state, salt=salt), tuple(answers)


def _answer(state: State, request: Request, params: MarketParams, secret: int) -> Answer:
    if request.kind in (Kind.NONE, Kind.HOUSE_DEPOSIT):
        return Answer(request=request, before=NOBODY, after=None)
    if request.kind is Kind.OPEN:
        owner = request.owner
        before = Account(owner=owner, view_key=view_key(secret, owner, request.account))
    else:
        before = state.accounts[request.account]
    touched = vest(before, exit_sheet(state), params)
    paid = 0
    change: int = request.money
    if request.kind is Kind.WITHDRAW:
        granted = _covered(state, request) and _affordable(state, touched, request, params)
        paid = request.amount if granted else 0
        change = -(paid << MONEY_BITS)
    after = replace(
        touched,
        version=before.version + 1,
        cash=Money(before.cash + change),
        settled=Money(touched.settled + change),
    )
    return Answer(request=request, before=before, after=after, paid=paid)


def _covered(state: State, request: Request) -> bool:
    """Return whether the vault has it: others' debts are no money."""
    return state.ledger.total() >= request.money


def _affordable(state: State, account: Account, request: Request, params: MarketParams) -> bool:
    sheet = price_sheet(state.underlyings, state.marks, params)
    book = Book(
        cash=Money(account.cash - request.money),
        settled=account.settled,
        positions=account.positions,
    )
    free = not holds_any(book, state.halted) and account.settled >= request.money
    return free and book_equity(book, sheet) >= requirement(book, sheet)


def _apply(state: State, answer: Answer) -> State:
    if answer.after is not None:
        return state.with_account(answer.request.account, answer.after)
    if answer.request.kind is Kind.HOUSE_DEPOSIT:
        cash = Money(state.ledger.house_cash + answer.request.money)
        return replace(state, ledger=replace(state.ledger, house_cash=cash))
    return state
