"""Who would gain by being taken over, or by taking: the attacks on the rule, with figures.

`python -m tests.engine.takeover_attacks` prints them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from tests.engine.takeover_venue import BTC, PERCENT, UNITS, USD, Venue, params
from undertow.engine.fees import fee_of
from undertow.engine.price import depth_target, paid, supply_of
from undertow.engine.takeover import charge
from undertow.protocol.market import Market
from undertow.protocol.units import FEE_BITS, Kappa, Lots, Money, Price

DEPTHS = (64, 256, 1_024, 4_096)
NO_RULE = 255
"""Edges: the widest jump that a parameter allows, by which a price may half or triple."""
MARK = Price(60_000 * UNITS)


def exit_costs(depth: int, btc: float, skew: float, parts: int = 1) -> tuple[float, float]:
    """Return what a long pays to leave, basis points: by the market, and by takeovers of its parts.

    Users are short so much without it, so selling grows the skew; it sells all in one batch.
    """
    rules = params(depth)
    market = rules.market(0)
    size = round(btc * BTC)
    held = Market(
        skew=Lots(-round(skew * BTC)), kappa=Kappa(depth_target(MARK, 0, market)), pool=Money(0)
    )
    offer = supply_of(held, MARK, market, rules.maker_fee, grows=True, spread=0)
    out = paid(offer, -size) + fee_of(size, MARK, rules.taker_fee)
    venue = Venue(rules)
    venue.batch(60_000)
    venue.fund(1, 1 << 40)
    one = replace(venue.state.accounts[1], positions=(Lots(size // parts), *(Lots(0),) * 15))
    marks = (MARK, *(Price(0),) * 15)
    taken = parts * charge(one, venue.sheet, marks, PERCENT)
    notional = size * MARK << 16
    return 1e4 * out / notional, 1e4 * taken / notional


def pair(venue: Venue, long: int, short: int, btc: float, usd: float) -> None:
    """Open two accounts against each other, at flow zero and on one margin each."""
    for index in (long, short):
        venue.fund(index, usd)
    fills = venue.batch(
        venue.price, [venue.trade(long, btc, 1, 0.005), venue.trade(short, -btc, 1, 0.005)]
    )
    assert fills == [round(btc * BTC), -round(btc * BTC)]


def raid(depth: int, *, is_taken: bool) -> float:
    """Return what a pair earns of others' premiums, USD: its long is taken, its short buys back.

    Others are 10 BTC short, and their premiums fill the pool. Not taken, the pair closes against
    itself.
    """
    venue = Venue(params(depth))
    venue.fund(9, 1e7)
    venue.batch(60_000)
    venue.batch(60_000, [venue.trade(9, -10, 1, 0.3)])
    usd = 1e5 + 90 * depth
    pair(venue, 1, 2, 10, usd)
    while not venue.due(1):
        venue.batch(venue.price - 300)
    price = venue.price
    if is_taken:
        venue.batch(price, touches=[1, 2])
        assert list(venue.taken) == [1]
        fills = venue.batch(price, [venue.trade(2, 10, 2, 0.02)])
    else:
        fills = venue.batch(price, [venue.trade(1, -10, 2, 0.02), venue.trade(2, 10, 2, 0.02)])
    assert abs(fills[-1]) == 10 * BTC
    return venue.worth(1, 2) - 2 * usd


def shield(*, is_judged_after: bool, batches: int = 6) -> int:
    """Return for how many batches an account that is due stays so behind an order in each.

    Where it is not judged after orders, no batch that has its order touches it.
    """
    venue = Venue(params())
    pair(venue, 1, 2, 1, 9_000)
    stays = 0
    for n in range(batches):
        venue.price = 55_000
        order = venue.trade(1, -0.01, 2 + n, -0.5)
        venue.batch(55_000, [order], touches=[1] if is_judged_after else ())
        stays += venue.due(1)
    return stays


def straddle(sign: int, *, is_taken: bool) -> float:
    """Return what a pair wins by an event of 5 % either way, USD.

    The price falls until the long is due. Taken, the short alone meets the event; else both do.
    """
    venue = Venue(params())
    pair(venue, 1, 2, 1, 9_500)
    while not venue.due(1):
        venue.batch(venue.price - 200)
    venue.batch(venue.price, touches=[1, 2] if is_taken else ())
    assert list(venue.taken) == [1] * is_taken
    venue.batch(round(venue.price * (1 + 0.05 * sign)))
    return venue.worth(1, 2) - 2 * 9_500


def wrong_price(factor: float, jump: int) -> tuple[int, float]:
    """Return how many of 20 accounts one wrong price takes, and what they lose by it, USD."""
    venue = Venue(params(jump=jump))
    for k in range(10):
        pair(venue, 2 * k + 1, 2 * k + 2, 1, 9_500)
    everybody = range(1, 21)
    venue.batch(60_000)
    before = venue.worth(*everybody)
    venue.batch(round(60_000 * factor), touches=everybody)
    venue.batch(60_000, touches=everybody)
    venue.batch(60_000, touches=everybody)
    return len(venue.taken), before - venue.worth(*everybody)


def crash(seed: int, jump: int, first: float = 0.88) -> float:
    """Return what a crash that is true costs the fund and the house, in per cent of 10 BTC.

    The price walks on; a jump is confirmed by the next batch, which may be ten seconds later.
    """
    draw = random.Random(seed)
    venue = Venue(params(jump=jump))
    for k in range(10):
        pair(venue, 2 * k + 1, 2 * k + 2, 1, draw.uniform(6_700, 9_000))
    price = 60_000 * first
    for _ in range(3):
        venue.batch(round(price), touches=range(1, 21))
        price *= 1 + draw.gauss(0, 0.004)
    return 100 * sum(one.loss for one in venue.taken.values()) / USD / (10 * 60_000)


def chosen_moment(seed: int, looks: int = 6) -> tuple[float, float]:
    """Return the house's gain of a taken BTC in the hour after it, basis points.

    Of a price without memory, taken at once, and at the worst of so many prices for the owner: the
    operator sees them as they come and may close at any, but not afterwards.
    """
    draw = random.Random(seed)
    walk = [1.0]
    for _ in range(looks + 360):
        walk.append(walk[-1] * (1 + draw.gauss(0, 0.0005)))
    at_once = walk[360] / walk[0] - 1
    # It closes at the first price that is below all before it, or at the last one it waits for.
    best = next((i for i in range(1, looks) if walk[i] < min(walk[:i]) * 0.9995), looks)
    return 1e4 * at_once, 1e4 * (walk[best + 360] / walk[best] - 1)


def dust(usd: float, hours: float = 1, per_minute: int = 320) -> tuple[float, float]:
    """Return what it takes to fill all slots with takeovers so long: USD locked, and lost.

    Each account opens at initial margin, with the least equity or what one lot asks, whichever is
    more; a lot is a millionth of a BTC, at 60,000 USD.
    """
    accounts = 60 * hours * per_minute
    initial = 80 / 64 * 4 * 5 / 256 + 65 / 64 * 328 / 65_536
    notional = max(0.06, usd / initial)
    return accounts * notional * initial, accounts * notional * PERCENT / (1 << FEE_BITS)


def rows() -> Iterator[str]:
    """Yield the figures."""
    for depth in DEPTHS:
        for btc, parts in ((1, 1), (10, 1), (10, 10)):
            out, taken = exit_costs(depth, btc, 10, parts)
            yield f"depth {depth}, {btc} BTC in {parts}: market {out:.1f} bp, takeover {taken:.1f}"
    for depth in DEPTHS:
        yield f"raid at depth {depth}: {raid(depth, is_taken=True):,.0f} USD, " + (
            f"closing against itself {raid(depth, is_taken=False):,.0f}"
        )
    yield f"behind orders: {shield(is_judged_after=True)} batches, else " + (
        f"{shield(is_judged_after=False)} of 6"
    )
    both = [[round(straddle(s, is_taken=t)) for s in (-1, 1)] for t in (True, False)]
    yield f"event down, up: taken {both[0]}, whole {both[1]}"
    for factor in (0.5, 1.5):
        yield f"one price times {factor}: {wrong_price(factor, 16)}, no rule: " + (
            f"{wrong_price(factor, NO_RULE)}"
        )
    yield f"one price times 1,000: {wrong_price(1_000, 16)}"
    for first in (0.93, 0.88, 0.8):
        debts = [sum(crash(seed, jump, first) for seed in range(10)) / 10 for jump in (16, NO_RULE)]
        yield f"crash to {first}: losses {debts[0]:.3f} %, no rule: {debts[1]:.3f}"
    moments = [chosen_moment(seed) for seed in range(4_000)]
    means = [sum(one[k] for one in moments) / len(moments) for k in range(2)]
    yield f"house after an hour: at once {means[0]:.2f} bp, chosen {means[1]:.2f}"
    for least in (0, 1, 10, 100):
        locked, lost = dust(least)
        yield f"least equity {least} USD: an hour of slots locks {locked:,.0f}, loses {lost:,.0f}"


if __name__ == "__main__":
    for row in rows():
        print(row, flush=True)
