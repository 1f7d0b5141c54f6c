"""Takeovers: who is due, where every unit goes, and that no debt is booked twice."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.cases import line, lots_of, sheet_of
from tests.engine.safety_paths import Path
from tests.engine.takeovers import check, drawn
from tests.strategies import LARGEST, RISK, account, params
from undertow.engine.certificate import (
    BAD,
    Line,
    holds,
    least,
    line_of,
    may_be_taken,
    surplus_until,
)
from undertow.engine.certify import widest
from undertow.engine.grid import edge
from undertow.engine.safety import advance
from undertow.engine.takeover import (
    Taken,
    certificate_of_touch,
    is_ahead,
    is_due,
    is_steady,
    left,
    settle,
    skews_after,
    take,
)
from undertow.protocol.account import FLAT, Account
from undertow.protocol.grid import COARSE
from undertow.protocol.params import LEAST_PENALTY
from undertow.protocol.safety_table import SafetyTable, empty_table
from undertow.protocol.units import Money, Price, UnitPrice

PARAMS = params((0, 8), risk=RISK, units={8: 10})
PRICES = (UnitPrice(7_800_000), UnitPrice(40_000))
PAID = (Money(12_345 << 16), Money(-777 << 16))
"""Funding of a long unit."""
CELLS = (Money(5_000 << 16), Money(40 << 16))
TABLE = advance(empty_table(COARSE), PRICES, (Money(0), Money(0)), CELLS)
MARK = 100
VALUE = MARK << 16
MARKS = tuple(Price(MARK if i in (0, 8) else 0) for i in range(16))
SHEET = sheet_of({0: line(VALUE, 3, 7, 1 << 17), 8: line(VALUE, 5, 9, 2 << 17)})
RATE = 1 << 14
"""A 64th of the notional: 102,400 of money for a lot."""
FULL = (VALUE >> 6) + 7 + 1
"""Of a lot: its share, its contingency and its concentration."""


def held(cash: int, **lots: int) -> Account:
    return account(1, cash, positions=lots_of({int(name[1:]): n for name, n in lots.items()}))


def line_at(one: Account) -> Line:
    return line_of(one.cash, one.positions, PAID, CELLS, PARAMS)


def least_cash(lots: dict[int, int]) -> int:
    """Return the least cash that maintains one position per underlying, worked out apart."""
    needs = Fraction(0)
    for i, held_lots in lots.items():
        u, units = i // 8, PARAMS.market(i).units * held_lots
        worse = TABLE.bounds[u] - (held_lots > 0)
        price = Fraction(edge(worse, COARSE), 1 << 24)
        shock = 4 * Fraction(RISK.shock, 256)
        add_ons = Fraction(RISK.contingency, 1 << 16)
        add_ons += abs(held_lots) * Fraction(RISK.concentration, 1 << 33)
        needs += abs(units) * price * (shock + add_ons) - units * price
        needs += Fraction(units * PAID[u] + abs(units) * CELLS[u], 1 << 16)
    return -(-needs.numerator * (1 << 16) // needs.denominator)


@pytest.mark.parametrize("lots", [{0: 3}, {0: -3}, {8: 50}, {8: -50}, {0: 2, 8: -90}])
def test_who_is_below_maintenance_at_the_worse_edges_a_cell_later_is_due(
    lots: dict[int, int],
) -> None:
    names = {f"i{i}": n for i, n in lots.items()}
    enough = held(least_cash(lots), **names)
    short = held(least_cash(lots) - 1, **names)
    assert not is_due(enough, line_at(enough), TABLE, 0)
    assert is_due(short, line_at(short), TABLE, 0)
    # At a halted mark nobody is known to be; one of an instrument that is not held changes nothing.
    for i in (0, 8):
        assert is_due(short, line_at(short), TABLE, 1 << i) == (i not in lots)


def test_who_holds_nothing_is_due_only_below_zero() -> None:
    for cash in (-1, 0):
        one = held(cash)
        assert is_due(one, line_at(one), TABLE, 0) == (cash < 0)


@pytest.mark.parametrize(
    ("equity", "penalty", "loss"),
    [
        (FULL + 9, FULL, 0),
        (FULL, FULL, 0),
        (FULL - 1, FULL - 1, 0),  # all there is
        (0, 0, 0),
        (-5, 0, 5),
    ],
)
@pytest.mark.parametrize("side", [1, -1])
def test_the_owner_keeps_what_the_penalty_leaves(
    side: int, equity: int, penalty: int, loss: int
) -> None:
    """A lot's add-ons come on top of its share."""
    one = held(equity - side * VALUE, i0=side)
    taken = take(one, SHEET, MARKS, RATE)
    assert taken == Taken(
        lots=lots_of({0: side}),
        kept=Money(max(equity, 0) - penalty),
        to_house=Money(-side * VALUE - loss),
        penalty=Money(penalty),
        loss=Money(loss),
    )
    after = left(one, taken)
    assert after == replace(one, version=one.version + 1, cash=taken.kept, positions=FLAT)


def test_a_part_of_a_unit_is_charged_as_a_whole_one() -> None:
    """Concentration is counted in 2^-17 of money."""
    sheet = sheet_of({0: line(0, concentration=1)})
    for lots, charged in ((1, 1), (362, 1), (363, 2)):
        assert take(held(1 << 40, i0=lots), sheet, MARKS, 0).penalty == charged


def test_the_least_rate_is_a_hundredth() -> None:
    assert (LEAST_PENALTY - 1) * 100 < 1 << 20 <= LEAST_PENALTY * 100


accounts = st.builds(
    held,
    st.integers(-(1 << 70), 1 << 70),
    i0=st.integers(-LARGEST, LARGEST),
    i8=st.integers(-LARGEST, LARGEST),
)


@given(st.lists(accounts, max_size=4), st.integers(0, 1 << 60), st.randoms())
def test_a_batch_s_takeovers_have_no_order(
    some: list[Account], insurance: int, shuffle: random.Random
) -> None:
    """They are settled as if every penalty came before every loss, which is the house's best."""
    takeovers = [take(one, SHEET, MARKS, RATE) for one in some]
    whole = settle(takeovers, insurance)
    ordered = sorted(takeovers, key=lambda one: one.loss > 0)
    shuffle.shuffle(takeovers)
    assert settle(takeovers, insurance) == whole
    assert one_by_one(ordered, insurance) == (whole.house, whole.insurance, whole.bad_debt)
    house, fund, bad_debt = one_by_one(takeovers, insurance)
    assert house <= whole.house
    assert whole.house - house == bad_debt - whole.bad_debt == fund - whole.insurance


def one_by_one(takeovers: list[Taken], insurance: int) -> tuple[int, int, int]:
    house = fund = bad_debt = 0
    for one in takeovers:
        done = settle([one], insurance + fund)
        house += done.house
        fund += done.insurance
        bad_debt += done.bad_debt
    return house, fund, bad_debt


def test_no_takeover_changes_nothing() -> None:
    done = settle([], 5)
    assert (done.house, done.insurance, done.bad_debt) == (0, 0, 0)


def test_cash_and_what_the_house_is_worth_are_conserved() -> None:
    """`python -m tests.engine.takeovers 200000` draws as many batches."""
    seen: Counter[str] = Counter()
    for seed in range(600):
        seen += check(drawn(seed))
    assert min(seen[kind] for kind in ("kept", "all", "owed", "covered", "bad", "flat")) > 40


def test_no_cap_refuses_a_takeover() -> None:
    def taken(lots: dict[int, int]) -> Taken:
        return replace(take(held(0), SHEET, MARKS, RATE), lots=lots_of(lots))

    skews = lots_of({0: -LARGEST + 5, 8: 7})
    assert skews_after([taken({0: 5, 8: -1})], skews) == lots_of({0: -LARGEST, 8: 8})
    both = [taken({0: 6}), taken({0: -1})]
    assert skews_after(both, skews) == lots_of({0: -LARGEST, 8: 7})
    assert skews_after([], skews) == skews


def bounds(*numbers: int) -> SafetyTable:
    return replace(TABLE, bounds=numbers)


@pytest.mark.parametrize("u", [0, 1])
@pytest.mark.parametrize("sign", [1, -1])
def test_nobody_is_taken_over_at_a_price_that_jumped(u: int, sign: int) -> None:
    before, after = [1_000, 900], [1_000, 900]
    after[u] += 7 * sign
    assert is_steady(bounds(*before), bounds(*after), 7)
    assert not is_steady(bounds(*before), bounds(*after), 6)


def test_a_touch_takes_whoever_is_due_and_certifies_everybody_else() -> None:
    """Over random venues: a certificate with all its ends ahead, but where a window has no room."""
    seen: Counter[str] = Counter()
    for path, one in lines_of(range(12)):
        table = path.table
        certificate = certificate_of_touch(widest(one, table), one, table)
        due = may_be_taken(one, table)
        assert holds(certificate, one, table)
        assert is_ahead(certificate, table)
        if due:
            assert certificate == BAD
        elif certificate == BAD:
            assert path.blocked(one)
        seen["due" if due else "bad" if certificate == BAD else "certified"] += 1
    assert min(seen["due"], seen["certified"]) > 100


class Watched(Path):
    def blocked(self, one: Line) -> bool:
        return not self._has_room(least(one, self.table))


def lines_of(seeds: range) -> list[tuple[Watched, Line]]:
    """Return accounts as they are, and with just enough money, and one unit short of it."""
    found = []
    for seed in seeds:
        path = Watched(seed)
        for _ in range(4):
            path.batch()
        path.move()
        for one in map(path.line, path.holders[:20]):
            asks = least(one, path.table)
            room = surplus_until(asks, one, path.table.clock, path.table.grid) >> 41
            for less in (0, room, room + 1):
                found.append((path, replace(one, free=Money(one.free - less))))
    return found
