"""Random venues through whole batches and runs: the table is what a recount of all leaves says.

The operator is hostile: it gives any certificate that holds, or none, moves windows at will and
touches whom it likes. Whatever it does, a batch that says clean has nobody below maintenance,
whoever is touched and due is taken over, and no unit of money comes from nowhere or goes there.
`python -m tests.engine.test_safe_venue 400` runs as many.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import DOLLAR, PRICE, SALT, genesis, order, params
from undertow.crypto.babyjubjub import BASE8, multiply
from undertow.engine.batch import Action, Batch, Decoy, Execution
from undertow.engine.certificate import (
    BAD,
    Certificate,
    Line,
    holds,
    least,
    may_be_taken,
    safeguards,
)
from undertow.engine.certify import widest
from undertow.engine.choices import HONEST, Choices
from undertow.engine.maintenance import surplus
from undertow.engine.requests import serve
from undertow.engine.rings import may_move, overdue
from undertow.engine.takeover import is_ahead, is_steady
from undertow.engine.transition import transition
from undertow.protocol.account import FLAT
from undertow.protocol.grid import COARSE, FINE, Grid
from undertow.protocol.outcome import Outcome
from undertow.protocol.request import Kind, Request
from undertow.protocol.safety_table import RINGS
from undertow.protocol.state import State
from undertow.protocol.units import Money, UnitPrice

LISTED = (0, 1, 8)
PARAMS = params(LISTED, units={1: 3}, jump=255)
KEY = multiply(BASE8, 3)
JUMPS = (0.3, 0.5, 0.8, 0.86, 0.93, 1.07, 1.15, 1.25, 2, 3)


class Venue:
    """One from a seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        draw = self.draw
        grid = draw.choice((COARSE, FINE))
        self.state = _with_grid(
            genesis(
                house=draw.choice((0, 100_000)), traders=4, cash=draw.choice((60, 500)) * DOLLAR
            ),
            grid,
        )
        self.prices: list[int] = [PRICE, PRICE]
        self.time = 100
        self.nonce = 0
        self.hostile = draw.random()
        self.seen: Counter[str] = Counter()

    def step(self) -> None:
        if self.draw.random() < 0.3:
            self.serve()
        else:
            self.batch()
        self.check_table()

    def serve(self) -> None:
        draw = self.draw
        kind = draw.choice((Kind.OPEN, Kind.DEPOSIT, Kind.WITHDRAW, Kind.WITHDRAW))
        account = draw.randint(1, len(self.state.accounts))
        amount = draw.choice((1, 1_000, 10**6, draw.randint(0, 100 * 10**6)))
        request = Request(kind, account, amount)
        if kind is Kind.OPEN:
            request = Request(kind, len(self.state.accounts) + 1, amount, KEY)
        before = self.state
        self.state, (answer,) = serve(before, [request], 1, PARAMS, 5, SALT)
        assert self.state.safety == before.safety
        assert answer.after is not None
        assert answer.after.cells == answer.before.cells
        self.seen[f"{kind.name} {answer.reason.name} {answer.paid > 0}"] += 1

    def batch(self) -> None:
        draw, state = self.draw, self.state
        self.time += draw.choice((0, 2, 60, 3_600))
        self.prices = [self._moved(price) for price in self.prices]
        slots = tuple(self._action() for _ in range(draw.choice((1, 4, 7))))
        batch = Batch(slots=slots, lanes=(0, 1, 8), choices=self._windows())
        # What is filled does not depend on the certificates, so the first run tells the books.
        done = self._run(batch)
        certificates = self._certificates(done)
        waiting = {draw.randint(1, 4): Money(draw.randint(0, 100) * DOLLAR)}
        choices = replace(batch.choices, certificates=certificates, waiting=waiting)
        done = self._run(replace(batch, choices=choices))
        assert done.state.safety.rows == self._run(batch).state.safety.rows
        self.state = done.state
        self.check_claim(state, done)
        self.check_takeovers(state, done)

    def _run(self, batch: Batch) -> Execution:
        marks = tuple(UnitPrice(price) for price in self.prices)
        return transition(self.state, batch, marks, self.time, PARAMS, SALT)

    def _moved(self, price: int) -> int:
        draw = self.draw
        factor = draw.choice(JUMPS) if draw.random() < 0.2 else draw.gauss(1, 0.01)
        return min(max(int(price * factor), 1_000), (1 << 26) - 1)

    def _action(self) -> Action:
        draw = self.draw
        account = draw.randint(1, len(self.state.accounts))
        # Accounts that were opened here have nobody's key that trades.
        if account > 4 or draw.random() < 0.3:
            return Decoy(account)
        self.nonce += 1
        instrument = draw.choice(LISTED)
        size = draw.choice((-80, -20, -3, 3, 20, 80))
        limit = (1 << 36) - 1 if size > 0 else 1
        if size < 0 and self.state.accounts[account].positions[instrument] > 0:
            size = -int(self.state.accounts[account].positions[instrument])
        return order(account, size, limit, instrument=instrument, nonce=self.nonce)

    def _windows(self) -> Choices:
        table = self.state.safety
        if self.draw.random() > self.hostile:
            return HONEST
        rows = list(table.rows)
        for ring in range(RINGS):
            row = rows[ring] + self.draw.randint(-3, 3)
            if may_move(table, ring, row):
                rows[ring] = row
        return Choices(rows=rows)

    def _certificates(self, done: Execution) -> dict[int, Certificate]:
        """Return other certificates that hold, for some of the slots."""
        by, table = safeguards(done.state.underlyings, PARAMS), done.state.safety
        chosen = {}
        for number, slot in enumerate(done.slots):
            if self.draw.random() > self.hostile:
                continue
            line = by.line(slot.after.cash, slot.after.positions)
            tried = self.draw.choice((BAD, least(line, table), self._nearer(line, done)))
            behind = isinstance(slot.action, Decoy) and not is_ahead(tried, table)
            if holds(tried, line, table) and not behind:
                chosen[number] = tried
                self.seen["chosen"] += 1
        return chosen

    def _nearer(self, line: Line, done: Execution) -> Certificate:
        found = widest(line, done.state.safety)
        edges = tuple(
            end and replace(end, number=end.number + self.draw.randint(-9, 9))
            for end in found.edges
        )
        return replace(found, edges=edges)

    def check_table(self) -> None:
        counters, bad = recount(self.state)
        table = self.state.safety
        assert table.counters == counters
        assert table.bad == bad

    def check_claim(self, before: State, done: Execution) -> None:
        after = done.state
        by = safeguards(after.underlyings, PARAMS)
        lines = [by.line(held.cash, held.positions) for held in after.accounts.values()]
        below = sum(surplus(line.free, line.slope, after.marks) < 0 for line in lines)
        late = overdue(after.safety)
        assert below <= late
        if done.clean:
            assert below == late == 0
            assert before.batch_number > 0
        self.seen["clean" if done.clean else "below" if below else "not clean"] += 1

    def check_takeovers(self, before: State, done: Execution) -> None:
        after, table = done.state, done.state.safety
        by, steady = safeguards(after.underlyings, PARAMS), is_steady(before.safety, table, 255)
        for slot in done.slots:
            line = by.line(slot.before.cash, slot.before.positions)
            due = may_be_taken(line, table) and isinstance(slot.action, Decoy)
            assert bool(slot.taken) == (slot.outcome is Outcome.TAKEN) == (due and steady)
            if slot.taken:
                assert (slot.after.positions, slot.after.cells) == (FLAT, 0)
                assert 0 <= slot.after.cash == slot.taken.kept
                self.seen["loss" if slot.taken.loss else "taken"] += 1
        assert after.total() == before.total()
        assert after.ledger.insurance >= 0
        assert after.ledger.bad_debt >= before.ledger.bad_debt
        held = after.accounts.values()
        assert after.ledger.sum_cash == sum(one.cash for one in held)
        assert after.ledger.open_interest == sum(sum(map(abs, one.positions)) for one in held)
        for i, market in enumerate(after.markets):
            assert market.skew == sum(one.positions[i] for one in held)


def _with_grid(state: State, grid: Grid) -> State:
    empty = replace(state.safety, grid=grid, counters=((0,) * grid.cells,) * RINGS)
    return replace(state, safety=empty)


def recount(state: State) -> tuple[tuple[tuple[int, ...], ...], int]:
    """Count from the bits of all leaves' cells, as `undertow/protocol/cells.py` lays them out."""
    counters = [[0] * state.safety.grid.cells for _ in range(RINGS)]
    bad = 0
    for held in state.accounts.values():
        for place in range(3):
            part = held.cells >> 9 * place & 511
            cell, flag, ends = part & 127, part >> 7 & 1, part >> 8
            if not ends:
                assert part == 0
            elif place == 2 and flag:
                assert cell == 0
                assert held.cells & (1 << 18) - 1 == 0
                bad += 1
            else:
                counters[2 * place + flag if place < 2 else 4][cell] += 1
    return tuple(map(tuple, counters)), bad


def run(seed: int, steps: int = 12) -> Counter[str]:
    """Return what was seen on one path."""
    venue = Venue(seed)
    for _ in range(steps):
        venue.step()
    return venue.seen


@settings(max_examples=25)
@given(st.integers(0, 1 << 32))
def test_the_table_is_a_recount_and_clean_is_true_after_any_sequence(seed: int) -> None:
    run(seed)


def test_the_sample_sees_all_kinds() -> None:
    seen = sum((run(seed, 40) for seed in range(12)), start=Counter())
    kinds = (
        "clean",
        "below",
        "chosen",
        "WITHDRAW REQUEST True",
        "WITHDRAW EDGE False",
        "taken",
        "loss",
    )
    assert [kind for kind in kinds if not seen[kind]] == []


def test_a_leaf_that_the_table_does_not_know_is_seen() -> None:
    """The recount is from the leaves alone."""
    venue = Venue(3)
    for _ in range(4):
        venue.step()
    known = venue.state.accounts[1]
    other = replace(known, cells=0 if known.cells else BAD.cells(COARSE).pack())
    venue.state = replace(venue.state, accounts=venue.state.accounts.with_accounts({1: other}))
    with pytest.raises(AssertionError):
        venue.check_table()


if __name__ == "__main__":
    total: Counter[str] = Counter()
    for number in range(int(sys.argv[1])):
        total += run(number, 40)
    print(dict(total))
