"""The house's soundness, to the unit."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.circuits.buses import hot, market, signed, units_of
from tests.circuits.harness import Circuit
from tests.engine.cases import lots_of, table
from tests.engine.safety_paths import LISTED, draw_params
from undertow.crypto.field import to_field
from undertow.engine.maintenance import holdings
from undertow.engine.soundness import house_is_sound
from undertow.protocol.market import Market
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.state import LEDGER_WORDS, Ledger
from undertow.protocol.units import Money, UnitPrice

DRAW = random.Random(31)
EDGE = (1 << 30) - 1


def test_skew_units(circuit: Callable[[str], Circuit]) -> None:
    """The users' units after the lanes' flows are those of the skews that these leave."""
    tested = circuit("soundness.circom: SkewUnits(2)")
    for _ in range(60):
        params, lanes = draw_params(DRAW), sorted(DRAW.sample(LISTED, 2))
        before = lots_of({i: DRAW.choice((0, 9, EDGE, DRAW.randint(-EDGE, EDGE))) for i in LISTED})
        left = {lane: DRAW.choice((0, before[lane], DRAW.randint(-EDGE, EDGE))) for lane in lanes}
        users = holdings(lots_of({**dict(enumerate(before)), **left}), params)
        given = {
            "skew": [signed(lots) for lots in before],
            "units": [params.market(i).units for i in range(INSTRUMENTS)],
            "hot": [hot(lane) for lane in lanes],
            "lane": [[1, 5, params.market(lane).units, 6, 7] for lane in lanes],
            "market": [market(Market(skew=before[lane]), 5) for lane in lanes],
            "left": [abs(left[lane]) for lane in lanes],
            "flow": [to_field(left[lane] - before[lane]) for lane in lanes],
        }
        outputs = {f"net[{u}]": users.net[u] for u in (0, 1)}
        outputs |= {f"gross[{u}]": users.gross[u] for u in (0, 1)}
        tested.agrees(given, outputs)
    assert tested.count == tested.cost


def test_house_is_sound(circuit: Callable[[str], Circuit]) -> None:
    tested = circuit("soundness.circom: HouseIsSound()")
    for _ in range(100):
        params = draw_params(DRAW)
        markets = table({i: DRAW.choice((0, 9, EDGE, DRAW.randint(-EDGE, EDGE))) for i in LISTED})
        prices = [UnitPrice(DRAW.choice((1, 60_000, (1 << 36) - 1))) for _ in range(2)]
        indices = [Money(DRAW.randint(-(1 << 60), 1 << 60)) for _ in range(2)]
        low, high = -(1 << 114), 1 << 114
        while high - low > 1:
            middle = (low + high) // 2
            known = (markets, prices, indices, params)
            sound = house_is_sound(Ledger(house_cash=Money(middle)), *known)
            low, high = (low, middle) if sound else (middle, high)
        for cash in (low, high):
            ledger = Ledger(house_cash=Money(cash - 5), fee_pool=Money(5), insurance=Money(1))
            users = holdings([market.skew for market in markets], params)
            given = {
                "ledger": LEDGER_WORDS.words(ledger),
                "net": list(map(to_field, users.net)),
                "gross": users.gross,
                "unit": units_of(prices, indices, (0, 0), params),
            }
            values = tested.agrees(given, {"sound": int(cash == high)})
            assert not tested.accepts(tested.forge(values, {"sound": int(cash == low)}))
    assert tested.count == tested.cost


def test_unclean_since(circuit: Callable[[str], Circuit]) -> None:
    tested = circuit("soundness.circom: UncleanSince()")
    for before, clean, after in ((0, 0, 99), (0, 1, 0), (77, 0, 77), (77, 1, 0), (99, 0, 99)):
        values = tested.agrees({"before": before, "clean": clean, "time": 99}, {"after": after})
        assert not tested.accepts(tested.forge(values, {"after": after + 1}))
    assert tested.count == tested.cost


def test_pays(circuit: Callable[[str], Circuit]) -> None:
    tested = circuit("soundness.circom: Pays()")
    for since, grace, pays in (
        (0, 0, 1),
        (0, 9, 1),
        (90, 10, 1),
        (90, 9, 0),
        (99, 0, 0),
        (1, 99, 1),
    ):
        given = {"since": since, "time": 99, "grace": grace}
        values = tested.agrees(given, {"pays": pays})
        assert not tested.accepts(tested.forge(values, {"pays": 1 - pays}))
    assert tested.count == tested.cost
