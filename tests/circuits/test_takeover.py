"""Whose the equity of an account taken over is, and the fund's part of it."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.circuits.harness import Circuit
from tests.engine.cases import lots_of
from tests.engine.takeovers import drawn
from tests.strategies import LARGEST, account, params
from undertow.crypto.field import R, to_field
from undertow.engine.lots import lot_prices
from undertow.engine.maintenance import holdings
from undertow.engine.margin import add_ons, book_of, equity
from undertow.engine.takeover import charge, settle, take
from undertow.protocol.sheet import INSTRUMENTS, RiskParams, perpetual
from undertow.protocol.units import Money, UnitPrice

Compile = Callable[[str], Circuit]
DRAW = random.Random(11)
SCALE = 1 << 17
"""Of a unit of money, in what a charge is counted in."""


def test_charge(circuit: Compile) -> None:
    """Both gadgets together, from prices and parameters: rounded up it is the engine's."""
    rates, tested = circuit("takeover.circom: TakingOf()"), circuit("takeover.circom: Charge()")
    for _ in range(60):
        prices = [UnitPrice(DRAW.choice((0, 1, 6_000, (1 << 26) - 1))) for _ in range(2)]
        units = {i: DRAW.choice((1, 7, 1_023)) for i in range(INSTRUMENTS)}
        risk = RiskParams(
            shock=DRAW.randrange(1 << 10),
            contingency=DRAW.choice((0, 328, 65_535)),
            concentration=DRAW.choice((1 << 12, 8_191)),
        )
        rules = params(range(INSTRUMENTS), risk=risk, units=units)
        marks = lot_prices(prices, rules)
        sheet = [perpetual(mark, Money(0), risk, Money(0)) for mark in marks]
        rate = DRAW.choice((10_486, 1 << 15, (1 << 20) - 1))
        kinds = (0, 1, -1, 900, LARGEST, -LARGEST)
        lots = lots_of({i: DRAW.choice(kinds) for i in range(INSTRUMENTS)})
        one = account(1, 0, positions=lots)
        given = {"steady": 1, "step": [0] * 6, "price": prices, "rate": rate}
        values = rates.witness(given)
        assert rates.accepts(values)
        needs = {
            "addOns": add_ons(book_of(one), sheet),
            "gross": holdings(one.positions, rules).gross,
            "perUnit": [rates.value(values, f"taking.charge[{u}]") for u in range(2)],
        }
        done = tested.value(tested.witness(needs), "charge")
        assert -(-done // SCALE) == charge(one, sheet, marks, rate)
    assert rates.loose_wires(values, but=[*given, "taking.steady", "taking.step"]) == []
    assert (rates.count, tested.count) == (rates.cost, tested.cost)


def test_share(circuit: Compile) -> None:
    """Of accounts around each border; what a slot ranges is not negative for the truth alone."""
    tested = circuit("takeover.circom: Share()")
    seen = 0
    for seed in range(150):
        batch = drawn(seed)
        for one in batch.accounts:
            full = charge(one, batch.sheet, batch.prices, batch.rate)
            worth = equity(book_of(one), batch.sheet)
            pieces = take(one, batch.sheet, batch.prices, batch.rate)
            for bits in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):
                dust = DRAW.choice((0, 1, SCALE - 1))
                values = tested.witness(
                    {
                        "equity": to_field(worth),
                        "charge": to_field(full * SCALE - dust),
                        "dust": dust,
                        **dict(zip(("keeps", "owes", "loses"), bits, strict=True)),
                    }
                )
                assert tested.accepts(values)
                assert tested.value(values, "taken") == 1
                ranged = [tested.value(values, name) < R >> 1 for name in ("first", "second")]
                true = (worth >= full, worth <= 0, 0 <= worth <= full)[bits.index(1)]
                assert all(ranged) == true
                if true:
                    shares = {n: getattr(pieces, n) for n in ("kept", "penalty", "loss")}
                    assert {n: tested.value(values, f"shares.{n}") for n in shares} == shares
                    seen += 1
    assert seen > 200
    assert tested.count == tested.cost


def test_hints_of_shares(circuit: Compile) -> None:
    tested = circuit("takeover.circom: Share()")
    given = {"equity": 9 << 40, "charge": 5 << 50, "dust": 0, "keeps": 1, "owes": 0, "loses": 0}
    honest = tested.witness(given)
    for lie in (
        {"owes": 1},
        {"loses": 1},
        {"keeps": R - 1, "owes": 1, "loses": 1},
        # Nobody is taken, and has shares all the same.
        {"owes": R - 1},
        {"loses": R - 1},
    ):
        tested.refuses({**given, **lie})
    for dust in (SCALE, R - 1, pow(2, -1, R)):
        tested.refuses({**given, "dust": dust})
    # A part of a unit: the charge is a fraction of the field, above all that a slot ranges.
    values = tested.witness({**given, "dust": 3})
    first = tested.value(values, "first")
    assert min(first, R - first) > 1 << 200
    assert tested.loose_wires(honest, but=["equity", "charge"]) == []


def test_cover_losses(circuit: Compile) -> None:
    tested = circuit("takeover.circom: CoverLosses()")
    for seed in range(200):
        batch = drawn(seed)
        takeovers = [take(one, batch.sheet, batch.prices, batch.rate) for one in batch.accounts]
        penalties, losses = sum(t.penalty for t in takeovers), sum(t.loss for t in takeovers)
        done = settle(takeovers, batch.insurance)
        covered = losses - done.bad_debt
        assert done.insurance == penalties - covered
        given = {"insurance": batch.insurance, "penalties": penalties, "losses": losses}
        values = tested.agrees(given, {"covered": covered})
        assert not tested.accepts(tested.forge(values, {"covered": covered + 1}))
    assert tested.count == tested.cost
