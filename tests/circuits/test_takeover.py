"""Whose the equity of an account taken over is, the fund's part of it, and the skews left."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import astuple

import pytest

from tests.circuits.harness import Circuit
from tests.engine.cases import lots_of
from tests.engine.takeovers import drawn
from tests.strategies import LARGEST, account
from undertow.crypto.field import R, to_field
from undertow.engine.margin import add_ons, book_of, equity
from undertow.engine.takeover import charge, settle, take
from undertow.protocol.account import pack_positions
from undertow.protocol.sheet import INSTRUMENTS, RiskParams, perpetual
from undertow.protocol.units import Money, Price

Compile = Callable[[str], Circuit]
DRAW = random.Random(11)
SCALE = 1 << 17
"""Of a unit of money, in what a charge is counted in."""


def test_charge(circuit: Compile) -> None:
    """Both gadgets together, from prices and parameters: rounded up it is the engine's."""
    rates, tested = circuit("takeover.circom: ChargeRates()"), circuit("takeover.circom: Charge()")
    for _ in range(60):
        prices = [Price(DRAW.choice((0, 1, 6_000_000, (1 << 36) - 1))) for _ in range(INSTRUMENTS)]
        risks = [
            RiskParams(
                shock=DRAW.randrange(1 << 10),
                contingency=DRAW.choice((0, 328, 65_535)),
                concentration=DRAW.choice((0, 1, 1_024, 8_191)),
            )
            for _ in range(INSTRUMENTS)
        ]
        sheet = [perpetual(p, Money(0), r, Money(0)) for p, r in zip(prices, risks, strict=True)]
        rate = DRAW.choice((10_486, 1 << 15, (1 << 20) - 1))
        kinds = (0, 1, -1, 900, LARGEST, -LARGEST)
        lots = lots_of({i: DRAW.choice(kinds) for i in range(INSTRUMENTS)})
        one = account(1, 0, positions=lots)
        given = {"price": prices, "rate": rate, "risk": [list(astuple(r)) for r in risks]}
        values = rates.witness(given)
        assert rates.accepts(values)
        per_lot = [rates.value(values, f"perLot[{i}]") for i in range(INSTRUMENTS)]
        needs = {
            "addOns": add_ons(book_of(one), sheet),
            "lots": list(map(abs, one.positions)),
            "perLot": per_lot,
        }
        done = tested.value(tested.witness(needs), "charge")
        assert -(-done // SCALE) == charge(one, sheet, prices, rate)
    assert rates.loose_wires(values, but=["price", "rate", "risk"]) == []
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


def test_pack_skews(circuit: Compile) -> None:
    tested = circuit("takeover.circom: PackSkews()")
    for _ in range(30):
        kinds = (0, 1, -1, LARGEST, -LARGEST, DRAW.randint(-LARGEST, LARGEST))
        held = lots_of({i: DRAW.choice(kinds) for i in range(INSTRUMENTS)})
        words = {f"words[{w}]": word for w, word in enumerate(pack_positions(held))}
        values = tested.agrees({"skew": list(map(to_field, held))}, words)
    assert tested.loose_wires(values, but=["skew"]) == []
    for i in (0, 15):
        for beyond in (LARGEST + 1, -LARGEST - 2):
            tested.refuses(
                {"skew": [to_field(beyond if j == i else 0) for j in range(INSTRUMENTS)]}
            )
    assert tested.count == tested.cost


@pytest.mark.parametrize("rounding", [0, 1])
def test_no_charge_is_below_zero(circuit: Compile, rounding: int) -> None:
    """The add-ons have each contingency that a rate takes off."""
    tested = circuit("takeover.circom: Charge()")
    per_lot = [to_field(-(65_535 << 17))] * INSTRUMENTS
    given = {"addOns": 16 * (65_535 << 17) + rounding, "lots": [1] * 16, "perLot": per_lot}
    tested.agrees(given, {"charge": rounding})
