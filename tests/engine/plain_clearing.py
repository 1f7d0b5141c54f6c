"""The clearing by its definition: each order asked at each flow; `clear` must say the same.

    python -m tests.engine.plain_clearing --books 1000000

compares so many random books, and prints the first that differs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from random import Random

from undertow.engine.clearing import Interest, clear
from undertow.engine.price import Supply, premium, within_cap
from undertow.protocol.units import Kappa, Lots, Money, Price, ceil_div, money

Case = tuple[Supply, list[Interest]]
Outcome = tuple[int, int, tuple[int, ...], int]
"""Flow, price, fills and side."""


def accepts(case: Case, order: Interest, flow: int) -> bool:
    """Return whether an order takes the price that a flow leads to."""
    supply = case[0]
    if not within_cap(supply, flow):
        return (flow < 0) if order.size > 0 else (flow > 0)
    price, limit = money(supply.mark) + premium(supply, flow), money(order.limit_price)
    return price <= limit if order.size > 0 else price >= limit


def cleared(case: Case) -> Outcome:
    """Return the clearing: the one flow whose surplus is not negative while the next one's is."""
    supply, orders = case

    def demand(flow: int) -> int:
        return sum(o.size for o in orders if o.size > 0 and accepts(case, o, flow))

    def offer(flow: int) -> int:
        return sum(-o.size for o in orders if o.size < 0 and accepts(case, o, flow))

    low: int = sum(o.size for o in orders if o.size < 0)
    high: int = sum(o.size for o in orders if o.size > 0)
    while low < high:
        middle = (low + high + 1) // 2
        if middle <= demand(middle) - offer(middle - 1):
            low = middle
        else:
            high = middle - 1
    side = 1 if demand(low) - offer(low) >= low else -1
    room = offer(low) + low - demand(low + 1) if side > 0 else demand(low) - low - offer(low - 1)
    price = money(supply.mark) + premium(supply, low)
    return low, price, _fills(case, low, side, room), side


def _fills(case: Case, flow: int, side: int, room: int) -> tuple[int, ...]:
    fills = []
    for order in case[1]:
        fill: int = order.size if order.size and accepts(case, order, flow) else 0
        if fill * side > 0 and not accepts(case, order, flow + side):
            fill = side * min(abs(fill), room)
            room -= abs(fill)
        fills.append(fill)
    return tuple(fills)


def of_engine(case: Case) -> Outcome:
    """Return the engine's clearing of the same."""
    supply, orders = case
    result = clear(supply, orders)
    return result.flow, result.price, result.fills, result.side


def draw(random: Random) -> Case:
    """Return a random book: few or many orders, near one another or far, with or without a pool."""
    mark = Price(random.choice([1, 7_800_000, (1 << 36) - 1]))
    scale = random.choice([3, 60, 1 << 20])
    depth = Kappa(random.randrange(1 << random.choice([1, 24, 40, 47])))
    skew = random.choice([0, random.randint(-scale, scale)])
    ceiling = ceil_div(depth * skew * skew, 1 << 16)
    keep = random.randint(0, 256)
    cap = Lots(random.choice([0, scale // 2, 4 * scale]))
    supply = Supply(
        mark=mark,
        skew=Lots(skew),
        kappa=depth,
        pool=Money(random.randint(0, ceiling * keep >> 8)),
        keep=keep,
        refund=Money(random.choice([0, mark << 6, 1 << 90])),
        grid=Money(random.choice([1, (mark * 21 >> 5) + 1])),
        cap=cap,
        turned=random.choice([cap, Lots(cap // 2)]),
        spread=random.choice([0, 1, 50, 1 << 18]),
    )
    spread = max(mark // random.choice([1, 100, 10_000]), 1)
    orders = [
        Interest(
            size=Lots(random.randint(-scale, scale)),
            limit_price=Price(max(mark + random.randint(-spread, spread), 0)),
        )
        for _ in range(random.choice([0, 1, 2, 7, 20]))
    ]
    return supply, orders


def first_difference(books: int, seed: int) -> Case | None:
    """Return the first book of a seed that the engine clears otherwise, None where none is."""
    random = Random(seed)
    for _ in range(books):
        case = draw(random)
        if cleared(case) != of_engine(case):
            return case
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if no book differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.plain_clearing")
    parser.add_argument("--books", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    found = first_difference(options.books, options.seed)
    print(f"{options.books} books, " + ("no difference" if found is None else f"differs: {found}"))
    return 0 if found is None else 1


if __name__ == "__main__":
    sys.exit(main())
