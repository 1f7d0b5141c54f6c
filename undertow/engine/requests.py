"""Serve requests of the vault's queue: (state, requests) -> (state', answers).

Pure. A withdrawal is paid whole if that much is settled, initial margin holds after it at the last
batch's prices, the venue has the money beside its markets' pools, the account's certificate
stands without the money, and a batch has shown lately that every account is safe; otherwise not at
all. No request moves a certificate: what comes in makes
none untrue, and a new account, which holds nothing, needs none. An
account that holds a halted instrument is paid nothing: its mark is older than the withdrawal, and
what was lost since may be known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from undertow.crypto.babyjubjub import IDENTITY, view_key
from undertow.engine.certificate import safeguards
from undertow.engine.lots import halted_lots, lot_prices
from undertow.engine.margin import Book, holds_any, stays
from undertow.engine.margin import equity as book_equity
from undertow.engine.markets import price_sheet
from undertow.engine.safety import still_holds
from undertow.engine.vesting import exit_sheet, vest
from undertow.protocol.account import Account
from undertow.protocol.cells import Cells
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
    reason: Outcome = Outcome.REQUEST

    def leaf(self) -> int:
        """Return the published leaf, 0 for none."""
        return self.after.leaf() if self.after else 0

    def ciphertext(self) -> int:
        """Return the published word, 0 for none."""
        if self.after is None:
            return 0
        delta = Delta(
            instrument=0,
            reason=self.reason,
            fill=Lots(0),
            nonce=self.after.nonce,
            filled=self.after.filled,
            cells=self.after.cells,
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
    touched = vest(before, exit_sheet(state, params), params)
    paid, reason = 0, Outcome.REQUEST
    change: int = request.money
    if request.kind is Kind.WITHDRAW:
        if _covered(state, request) and _affordable(state, touched, request, params):
            if not _stands(state, touched, request, params):
                reason = Outcome.EDGE
            elif not pays(state, params):
                reason = Outcome.NOT_CLEAN
            else:
                paid = request.amount
        change = -(paid << MONEY_BITS)
    after = replace(
        touched,
        version=before.version + 1,
        cash=Money(before.cash + change),
        settled=Money(touched.settled + change),
    )
    return Answer(request=request, before=before, after=after, paid=paid, reason=reason)


def _covered(state: State, request: Request) -> bool:
    """Return whether the vault has it: others' debts are no money."""
    return state.ledger.total() >= request.money


def pays(state: State, params: MarketParams) -> bool:
    """Return whether withdrawals are paid: the last clean batch is no longer ago than the grace.

    Without one nobody has shown that the accounts together are worth what the ledger says, and
    whoever leaves first would leave others the debts.
    """
    return not state.unclean_since or state.time - state.unclean_since < params.grace


def _affordable(state: State, account: Account, request: Request, params: MarketParams) -> bool:
    sheet = price_sheet(state.underlyings, lot_prices(state.marks, params), params)
    book = Book(
        cash=Money(account.cash - request.money),
        settled=account.settled,
        positions=account.positions,
    )
    free = not holds_any(book, halted_lots(state.halted)) and account.settled >= request.money
    return free and book_equity(book, sheet) >= stays(book, sheet)


def _stands(state: State, account: Account, request: Request, params: MarketParams) -> bool:
    """Return whether the account's certificate is true of it without the money, too."""
    by = safeguards(state.underlyings, params)
    line = by.line(Money(account.cash - request.money), account.positions)
    return still_holds(Cells.unpack(account.cells), line, state.safety)


def _apply(state: State, answer: Answer) -> State:
    if answer.after is not None:
        return state.with_account(answer.request.account, answer.after)
    if answer.request.kind is Kind.HOUSE_DEPOSIT:
        cash = Money(state.ledger.house_cash + answer.request.money)
        return replace(state, ledger=replace(state.ledger, house_cash=cash))
    return state
