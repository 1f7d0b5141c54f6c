"""Random batches of takeovers, counted to the unit: cash, insurance, the house and bad debt.

`python -m tests.engine.takeovers 200000` draws as many; the suite holds a sample.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.engine.cases import lots_of
from tests.strategies import LARGEST, account
from undertow.engine.margin import book_of, equity
from undertow.engine.takeover import Taken, charge, left, settle, skews_after, take
from undertow.protocol.account import Account
from undertow.protocol.sheet import INSTRUMENTS, Entry, RiskParams, perpetual
from undertow.protocol.units import Lots, Money, Price

HELD = (0, 1, 8)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A batch's accounts that are taken over, and the house before it."""

    accounts: tuple[Account, ...]
    others: tuple[Lots, ...]
    """What all others hold, net."""
    prices: tuple[Price, ...]
    sheet: tuple[Entry, ...]
    rate: int
    house: int
    insurance: int


def drawn(seed: int) -> Drawn:
    """Return a batch: accounts around zero equity and around the penalty, and far from both."""
    draw = random.Random(seed)
    prices = tuple(
        Price(draw.choice((1, 60_000, 7_800_000, (1 << 36) - 1)) if i in HELD else 0)
        for i in range(INSTRUMENTS)
    )
    sheet = tuple(_line(draw, price) for price in prices)
    rate = draw.choice((0, 1, 10_486, 1 << 15, (1 << 20) - 1))
    accounts = tuple(_account(draw, prices, sheet, rate) for _ in range(draw.choice((0, 1, 2, 5))))
    deep = sum(max(-equity(book_of(one), sheet), 0) for one in accounts)
    return Drawn(
        accounts=accounts,
        others=lots_of({i: draw.randint(-(1 << 20), 1 << 20) for i in HELD}),
        prices=prices,
        sheet=sheet,
        rate=rate,
        house=draw.randint(-(1 << 60), 1 << 60),
        insurance=draw.choice((0, 1, deep, deep // 2, draw.randint(0, 2 * deep + 9))),
    )


def _line(draw: random.Random, price: Price) -> Entry:
    risk = RiskParams(
        shock=draw.choice((0, 12, 1_023)),
        contingency=draw.choice((0, 328, 65_535)),
        concentration=draw.choice((0, 1, 1_024, 8_191)),
    )
    funding = Money(draw.choice((0, -1, 1)) * draw.randint(0, price << 16))
    return perpetual(price, funding, risk, Money(0))


def _account(
    draw: random.Random, prices: tuple[Price, ...], sheet: tuple[Entry, ...], rate: int
) -> Account:
    most = draw.choice((0, 1, 9, 5_000, LARGEST >> 3))
    one = account(1, 0, positions=lots_of({i: draw.randint(-most, most) for i in HELD}))
    worth, full = equity(book_of(one), sheet), charge(one, sheet, prices, rate)
    wanted = draw.choice((0, 1, -1, full, full - 1, full + 1, full // 2, 3 * full, -full - 7))
    return account(1, wanted - worth, positions=one.positions)


def check(batch: Drawn) -> Counter[str]:
    """Return what was seen; raises AssertionError where a unit comes from nowhere or goes there."""
    sheet, seen = batch.sheet, Counter[str]()
    takeovers = [take(one, sheet, batch.prices, batch.rate) for one in batch.accounts]
    done = settle(takeovers, batch.insurance)
    for one, taken in zip(batch.accounts, takeovers, strict=True):
        worth = equity(book_of(one), sheet)
        assert min(taken.kept, taken.penalty, taken.loss) >= 0
        assert taken.kept + taken.penalty - taken.loss == worth
        assert taken.kept == 0 or taken.penalty == charge(one, sheet, batch.prices, batch.rate)
        assert taken.loss == 0 or taken.kept == taken.penalty == 0
        # Nobody has more than before, and what is left has no debt.
        after = equity(book_of(left(one, taken)), sheet)
        assert after == taken.kept == max(worth, 0) - taken.penalty
        seen["flat" if not any(one.positions) else _kind(taken.kept, taken.loss)] += 1
    _conserved(batch, takeovers, done.house, done.insurance)
    losses = sum(taken.loss for taken in takeovers)
    covered = losses - done.bad_debt
    assert batch.insurance + done.insurance >= 0 <= covered
    # Bad debt begins where the fund ends.
    assert done.bad_debt >= 0 == done.bad_debt * (batch.insurance + done.insurance)
    # The house, its positions at their marks: it loses what nobody covers, once.
    assert _worth(batch, after=True, cash=done.house) - _worth(batch) == -done.bad_debt
    seen["covered"] += covered > 0
    seen["bad"] += done.bad_debt > 0
    return seen


def _kind(kept: int, loss: int) -> str:
    return "kept" if kept else "owed" if loss else "all"


def _conserved(batch: Drawn, takeovers: Sequence[Taken], house: int, insurance: int) -> None:
    cash = sum(one.cash for one in batch.accounts)
    kept = sum(taken.kept for taken in takeovers)
    assert kept + house + insurance == cash


def _worth(batch: Drawn, *, after: bool = False, cash: int = 0) -> int:
    """Return the house's equity: it holds the opposite of what all users hold."""
    skews = [
        Lots(lots + sum(one.positions[i] for one in batch.accounts))
        for i, lots in enumerate(batch.others)
    ]
    if after:
        taken = [take(one, batch.sheet, batch.prices, batch.rate) for one in batch.accounts]
        skews = list(skews_after(taken, skews))
        assert tuple(skews) == batch.others
    worth = sum(skew * entry.value for skew, entry in zip(skews, batch.sheet, strict=True))
    return batch.house + cash - worth


if __name__ == "__main__":
    batches = int(sys.argv[1]) if sys.argv[1:] else 10_000
    total: Counter[str] = Counter()
    for number in range(batches):
        total += check(drawn(number))
    print(f"{batches:,} batches conserve every unit:", dict(total))
