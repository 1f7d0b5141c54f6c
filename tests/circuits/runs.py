"""Runs of requests against a small venue, and what proves them."""

from __future__ import annotations

from dataclasses import replace

from prover.inputs import Job, requests_job
from tests.circuits.batches import LISTED, PARAMS
from tests.strategies import PRICE, VENUE, account, certified, key, prices
from undertow.crypto.eddsa import PrivateKey
from undertow.engine.lots import lot_prices
from undertow.engine.margin import Book, equity, stays
from undertow.engine.markets import price_sheet
from undertow.engine.requests import serve
from undertow.protocol.house_salt import run_salt
from undertow.protocol.request import Kind, Request, opening_key
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.state import Ledger, State
from undertow.protocol.units import Lots, Money

OPERATOR = PrivateKey.from_seed(b"operator of the request tests".ljust(32, b"."))
DOLLAR = 1_000_000
"""In micro-USD, as requests count."""
NAME = "requests_minimal"
ALL = Money(1 << 60)
"""What is settled is no more than the equity; so all of that is."""
NEWCOMER = opening_key(key(9).public)


def venue() -> State:
    """Return a state with three accounts: without a position, long and short."""
    state = State(
        ledger=Ledger(house_cash=Money(10**18)),
        marks=prices(PRICE, LISTED),
    )
    for index, lots in ((1, 0), (2, 400), (3, -400)):
        held = tuple(Lots(lots if i == 8 else 0) for i in range(INSTRUMENTS))
        state = state.with_account(
            index, account(index, 1_000 * DOLLAR << 16, settled=ALL, positions=held)
        )
    return certified(state, PARAMS)


def awaiting(state: State, requests: list[Request]) -> State:
    """Return a state whose certificates stand without all that the run withdraws, where one can."""
    waiting: dict[int, Money] = {}
    for request in requests:
        if request.kind is Kind.WITHDRAW:
            before = waiting.get(request.account, 0)
            waiting[request.account] = Money(before + request.money)
    return certified(state, PARAMS, waiting)


def affordable(index: int) -> int:
    """Return the largest withdrawal that leaves an account at its margin, in micro-USD."""
    state = venue()
    held = state.accounts[index]
    sheet = price_sheet(state.underlyings, lot_prices(state.marks, PARAMS), PARAMS)
    book = Book(cash=held.cash, settled=held.cash, positions=held.positions)
    return (equity(book, sheet) - stays(book, sheet)) >> 16


RUNS = [
    [Request(Kind.OPEN, 4, 7 * DOLLAR, NEWCOMER), Request(Kind.HOUSE_DEPOSIT, 0, 5)],
    [Request(Kind.DEPOSIT, 1, (1 << 63) - 1)],
    [Request(Kind.WITHDRAW, 1, 1_000 * DOLLAR), Request(Kind.WITHDRAW, 1, 1)],
    [Request(Kind.WITHDRAW, 2, 900 * DOLLAR), Request(Kind.WITHDRAW, 3, 900 * DOLLAR)],
    [Request(Kind.OPEN, 4, DOLLAR, NEWCOMER), Request(Kind.WITHDRAW, 4, DOLLAR)],
    [Request(Kind.WITHDRAW, 2, affordable(2)), Request(Kind.WITHDRAW, 2, 1)],
    [Request(Kind.OPEN, 4, DOLLAR, NEWCOMER), Request(Kind.OPEN, 5, DOLLAR, NEWCOMER)],
]


SHORT = [
    # Of money: enough, a unit too little, none, a debt; then two that share it.
    ([Request(Kind.WITHDRAW, 1, 7), Request(Kind.DEPOSIT, 2, 1)], 7 << 16, [7, 0]),
    ([Request(Kind.WITHDRAW, 1, 7), Request(Kind.DEPOSIT, 2, 1)], (7 << 16) - 1, [0, 0]),
    ([Request(Kind.HOUSE_DEPOSIT, 0, 6), Request(Kind.WITHDRAW, 1, 7)], 1 << 16, [0, 7]),
    ([Request(Kind.DEPOSIT, 1, 6), Request(Kind.WITHDRAW, 1, 7)], (1 << 16) - 1, [0, 0]),
    ([Request(Kind.WITHDRAW, 1, 1), Request(Kind.DEPOSIT, 2, 1)], -(1 << 100), [0, 0]),
    ([Request(Kind.WITHDRAW, 1, 4), Request(Kind.WITHDRAW, 1, 3)], 7 << 16, [4, 3]),
    ([Request(Kind.WITHDRAW, 1, 4), Request(Kind.WITHDRAW, 1, 3)], (7 << 16) - 1, [4, 0]),
    ([Request(Kind.WITHDRAW, 1, 4), Request(Kind.WITHDRAW, 1, 3)], (4 << 16) - 1, [0, 3]),
]
"""Runs, all the money of the venue, and what is paid."""


NOW = 10_000
"""Seconds, of the marks where it matters since when no batch was clean."""


def job(
    requests: list[Request],
    held: int | None = None,
    halted: int = 0,
    settled: int | None = None,
    expected: bool = True,
    unclean: int | None = None,
) -> Job:
    """Return what proves a run; no money is made or lost in it.

    ``held`` is all the money that there is, so that the rest is somebody's debt; ``settled`` what
    may leave of the first account, in micro-USD. The certificates leave room for the run if it was
    ``expected``. No batch was clean for ``unclean`` seconds.
    """
    state = replace(venue(), halted=halted)
    if unclean is not None:
        state = replace(state, time=NOW, unclean_since=NOW - unclean)
    if settled is not None:
        unripe = replace(state.accounts[1], settled=Money(settled << 16))
        state = state.with_account(1, unripe)
    if held is not None:
        house = Money(state.ledger.house_cash + held - state.ledger.total())
        state = replace(state, ledger=replace(state.ledger, house_cash=house))
    if expected:
        state = awaiting(state, requests)
    salt = run_salt(OPERATOR.scalar, VENUE, 1, state.root())
    after, answers = serve(state, requests, 2, PARAMS, OPERATOR.scalar, salt)
    received = sum(r.money for r in requests if r.kind is not Kind.WITHDRAW)
    paid = sum(answer.paid << 16 for answer in answers)
    assert after.total() == state.total() + received - paid
    return requests_job(state, after, answers, 1, PARAMS, OPERATOR, VENUE)
