"""Every other template alone: equal to Python, refused out of range, no loose wire, its size."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from prover.errors import WitnessError
from prover.inputs import LEVELS, account_inputs, params_inputs, venue_inputs
from tests.circuits.batches import MAX_PRICE, PARAMS, RULE
from tests.circuits.harness import Circuit
from undertow.crypto.babyjubjub import BASE8, IDENTITY, Point, add, multiply
from undertow.crypto.field import R, to_field
from undertow.crypto.merkle import Tree
from undertow.engine.funding import advance
from undertow.engine.margin import FACTOR_ONE, INITIAL_FACTOR
from undertow.engine.price import advance_depth, depth_target, pool_after, premium
from undertow.protocol.account import Account, pack_positions, unpack_positions
from undertow.protocol.delta import Delta
from undertow.protocol.market import Market
from undertow.protocol.order import Order
from undertow.protocol.params import rule
from undertow.protocol.sheet import SHOCK_STEPS, STEP_UNIT
from undertow.protocol.state import State
from undertow.protocol.units import Kappa, Lots, Money, Price, ceil_div
from undertow.protocol.venue import Venue
from undertow.protocol.words import signals

Compile = Callable[[str], Circuit]
DRAW = random.Random(11)
EDGE = (1 << 30) - 1


def agrees(tested: Circuit, inputs: Mapping[str, Any], outputs: Mapping[str, int]) -> list[int]:
    """Return the honest witness, which holds and has these outputs."""
    values = tested.witness(inputs)
    assert tested.accepts(values)
    assert {name: tested.value(values, name) for name in outputs} == {
        name: value % R for name, value in outputs.items()
    }
    return values


def refuses(tested: Circuit, inputs: Mapping[str, Any]) -> None:
    """The calculator refuses, and the constraints refuse what a liar's calculator makes."""
    with pytest.raises(WitnessError):
        tested.witness(inputs)
    assert not tested.accepts(tested.liar(inputs))


def positions() -> tuple[Lots, ...]:
    return tuple(Lots(DRAW.choice((0, 1, -1, EDGE, -EDGE, 77))) for _ in range(16))


def test_open_positions(circuit: Compile) -> None:
    tested = circuit("account.circom: OpenPositions()")
    for held in (positions(), (Lots(0),) * 16, (Lots(-EDGE),) * 16):
        words = pack_positions(held)
        outputs = {f"magnitude[{i}]": abs(lots) for i, lots in enumerate(held)}
        outputs |= {f"negative[{i}]": int(lots < 0) for i, lots in enumerate(held)}
        values = agrees(tested, {"words": words}, outputs)
        assert tested.loose_wires(values) == []
        assert unpack_positions(words) == held
    refuses(tested, {"words": [1 << 186, 0, 0]})
    refuses(tested, {"words": [0, 0, 1 << 124]})
    assert tested.count == 515


def test_leaf(circuit: Compile) -> None:
    tested = circuit("account.circom: Leaf()")
    account = Account(
        BASE8, 5, 6, 7, Lots(8), Money(-9), Money(10), tuple(Lots(i - 8) for i in range(16))
    )
    values = agrees(tested, account_inputs(account), {"out": account.leaf()})
    assert tested.loose_wires(values) == []
    assert tested.count == 3 * (8 * 12 + 60 - 1)


def test_encrypt_delta(circuit: Compile) -> None:
    tested = circuit("account.circom: EncryptDelta()")
    for cash, fill in ((-(1 << 100), -EDGE), (0, 0), (1 << 100, EDGE)):
        delta = Delta(
            instrument=15, reason=8, fill=Lots(fill), nonce=(1 << 32) - 1, filled=Lots(EDGE),
            cash=Money(cash),
        )  # fmt: skip
        inputs = {
            "viewKey": 99,
            "version": 3,
            "instrument": 15,
            "reason": 8,
            "fill": to_field(fill),
            "nonce": delta.nonce,
            "filled": EDGE,
            "cash": to_field(cash),
        }
        word = delta.encrypt(99, 3)
        values = tested.witness(inputs)
        assert tested.value(values, "out") == word
        assert Delta.decrypt(word, 99, 3) == delta
        assert tested.loose_wires(values) == []
    assert tested.count == 241


def test_open_order(circuit: Compile) -> None:
    tested = circuit("order.circom: OpenOrder()")
    order = Order(
        (1 << 24) - 1, 13, True, Lots(EDGE), Price(MAX_PRICE), 3, 4, True, False, (1 << 20) - 1
    )
    venue = Venue(31337, 0xB0B).word
    outputs = {
        "account": order.account,
        "instrument": 13,
        "isSell": 1,
        "size": EDGE,
        "limitPrice": MAX_PRICE,
        "nonce": 3,
        "expiryBatch": 4,
        "reduceOnly": 1,
        "immediateOrCancel": 0,
        "feeCap": order.fee_cap,
        "message": order.message(venue),
    }
    values = agrees(tested, {"word": order.pack(), "venue": venue}, outputs)
    assert tested.loose_wires(values) == []
    refuses(tested, {"word": 1 << 181, "venue": venue})
    refuses(tested, {"word": R - 1, "venue": venue})
    assert tested.count == 429


def test_surplus(circuit: Compile) -> None:
    tested = circuit("margin.circom: Surplus()")
    for equity, allowed, losses in (
        (1 << 100, 5, (1 << 60, -(1 << 60))),
        (-(1 << 100), 0, (0, 0)),
        (7, 9, (-1, 3)),
    ):
        worst = SHOCK_STEPS * STEP_UNIT * sum(abs(loss) for loss in losses)
        left = min(equity, allowed) - 11 - ceil_div(INITIAL_FACTOR * worst, FACTOR_ONE)
        inputs = {
            "equity": to_field(equity),
            "allowed": allowed,
            "addOns": 11,
            "loss": [to_field(loss) for loss in losses],
        }
        values = agrees(tested, inputs, {"out": left})
        assert tested.loose_wires(values) == []
    refuses(tested, {"equity": 1 << 115, "allowed": 0, "addOns": 0, "loss": [0, 0]})
    refuses(tested, {"equity": 0, "allowed": 0, "addOns": 0, "loss": [1 << 63, 0]})
    assert tested.count == 252


def market() -> Market:
    skew = DRAW.choice((0, 1, -1, 4, -299, 299, EDGE))
    kappa = DRAW.choice((0, 1 << 20, (1 << 48) - 1))
    ceiling = ceil_div(kappa * skew * skew, 1 << 16)
    return Market(
        skew=Lots(skew),
        pool=Money(DRAW.choice((0, ceiling, DRAW.randint(0, ceiling)))),
        kappa=Kappa(kappa),
        funding_index=Money(DRAW.randint(-(1 << 60), 1 << 60)),
        funding_rate=DRAW.choice((0, RULE.funding_rate_max, -RULE.funding_rate_max, 5)),
        variance=DRAW.choice((0, 1 << 12, (1 << 32) - 1)),
        price=Price(DRAW.choice((0, 1, 7_800_000, MAX_PRICE))),
        time=1_000,
    )


def advance_inputs(held: Market, price: int, time: int) -> dict[str, Any]:
    return {
        "pool": held.pool,
        "kappa": held.kappa,
        "fundingRate": to_field(held.funding_rate),
        "variance": held.variance,
        "lastPrice": held.price,
        "lastTime": held.time,
        "funding": to_field(held.funding_index),
        "skewMagnitude": abs(held.skew),
        "skewNegative": int(held.skew < 0),
        "price": price,
        "time": time,
        "rule": rule(RULE),
    }


def test_advance_market(circuit: Compile) -> None:
    tested = circuit("market.circom: AdvanceMarket()")
    for _ in range(60):
        held = market()
        price = Price(DRAW.choice((1, 7_800_000, 7_900_000, MAX_PRICE)))
        time = held.time + DRAW.choice((0, 1, 3_600, (1 << 32) - 1))
        moved = advance(held, price, time, RULE)
        after, released = advance_depth(moved, depth_target(price, moved.variance, RULE))
        outputs = {
            "newPool": after.pool,
            "newKappa": after.kappa,
            "newRate": after.funding_rate,
            "newVariance": after.variance,
            "newFunding": after.funding_index,
            "released": released,
        }
        agrees(tested, advance_inputs(held, price, time), outputs)
    known = replace(market(), price=Price(7_000_000), skew=Lots(40), kappa=Kappa(9))
    values = tested.witness(advance_inputs(known, 7_800_000, 4_600))
    assert tested.loose_wires(values) == []
    refuses(tested, advance_inputs(known, 7_800_000, known.time - 1))
    assert tested.count == 1303


def lane_inputs(held: Market, flow: int, side: int, cap: int) -> dict[str, Any]:
    return {
        "skew": to_field(held.skew),
        "skewMagnitude": abs(held.skew),
        "skewNegative": int(held.skew < 0),
        "price": held.price,
        "skewCap": cap,
        "houseGrows": 1,
        "pool": held.pool,
        "kappa": held.kappa,
        "flow": to_field(flow),
        "side": to_field(side),
    }


def test_lane(circuit: Compile) -> None:
    tested = circuit("market.circom: Lane()")
    for _ in range(60):
        held = replace(market(), price=Price(7_800_000))
        held, _ = advance_depth(held, held.kappa)
        cap = max(300, abs(held.skew))
        low, high = -cap - held.skew, cap - held.skew
        flow = DRAW.choice((0, low, high, DRAW.randint(low, high)))
        side = DRAW.choice((1, -1))
        price = (held.price << 16) + premium(held, flow)
        pool = pool_after(held, flow)
        takes = (1 if abs(held.skew + flow) > abs(held.skew) else -1) * (1 if flow > 0 else -1)
        outputs = {
            "newPool": pool,
            "dust": premium(held, flow) * flow - (pool - held.pool),
            "clearing": price,
            "beyond": int(abs(held.skew + flow + side) > cap),
            "takerSign": takes if flow else 0,
        }
        if abs(held.skew + flow + side) <= cap:
            outputs["next"] = (held.price << 16) + premium(held, flow + side)
        agrees(tested, lane_inputs(held, flow, side, 300), outputs)
    held = replace(market(), price=Price(9), skew=Lots(40), kappa=Kappa(1 << 30), pool=Money(0))
    assert tested.loose_wires(tested.witness(lane_inputs(held, 7, 1, 300))) == []
    refuses(tested, lane_inputs(held, 261, 1, 300))
    refuses(tested, lane_inputs(held, R // 3, 1, 300))
    refuses(tested, lane_inputs(held, 7, 3, 300))
    assert tested.count == 1126


def test_params_and_venue_hash(circuit: Compile) -> None:
    tested = circuit("venue.circom: ParamsHash()")
    inputs = params_inputs(PARAMS)
    inputs["rule"] = inputs.pop("ruleHash")
    values = agrees(tested, inputs, {"out": PARAMS.hash()})
    assert tested.loose_wires(values) == []
    bits = {"shock": 10, "contingency": 16, "concentration": 13, "skewCap": 30}
    for name, width in bits.items():
        for value in (1 << width, R - 1):
            refuses(tested, {**inputs, name: [value, *inputs[name][1:]]})
    venue = circuit("venue.circom: VenueHash()")
    state = State()
    inputs = venue_inputs(state)
    inputs["row"] = inputs.pop("rowHash")
    del inputs["accountsRoot"]
    values = agrees(venue, inputs, {"out": state.venue_hash()})
    assert venue.loose_wires(values) == []
    root = circuit("venue.circom: StateRoot()")
    both = {"accounts": state.tree.root, "venue": state.venue_hash()}
    agrees(root, both, {"out": state.root()})
    assert (tested.count, venue.count, root.count) == (2135, 1932, 240)


@pytest.mark.parametrize(("words", "count"), [(1, 609), (15, 623), (16, 1233)])
def test_public_words(circuit: Compile, words: int, count: int) -> None:
    tested = circuit(f"sponge.circom: PublicWords({words})")
    drawn = [DRAW.choice((0, R - 1, DRAW.randrange(R))) for _ in range(words)]
    public = signals(drawn)
    values = tested.witness({"words": drawn, "z": public.z})
    assert tested.value(values, "c") == public.c
    if words > 1:
        assert tested.value(values, "y") == public.y
        assert not tested.accepts(tested.forge(values, {"y": public.y + 1}))
    assert not tested.accepts(tested.forge(values, {"c": public.c + 1}))
    assert tested.count == count


def test_cap(circuit: Compile) -> None:
    tree = Tree()
    for index in (1, 9, 1 << 23, (1 << 24) - 1):
        tree.update(index, index + 5)
    cap = tree.level(LEVELS)
    tested = circuit("cap.circom: CapRoot()")
    values = agrees(tested, {"cap": cap}, {"root": tree.root})
    assert tested.loose_wires(values) == []
    update = circuit("cap.circom: CapUpdate()")
    at = 32
    inputs = {"cap": cap, "bit": [at >> i & 1 for i in range(6)], "old": cap[at], "new": 77}
    values = agrees(update, inputs, {"next[32]": 77, "next[31]": cap[31], "next[0]": cap[0]})
    for change in ({"new": 78}, {"next[32]": 78}, {"next[5]": 1}, {"cap[5]": cap[5] + 1}):
        assert not update.accepts(update.forge(values, change))
    refuses(update, {**inputs, "old": cap[at] + 1})
    assert (tested.count, update.count) == (9 * 402, 254)


def test_one_hot_and_dot(circuit: Compile) -> None:
    hot = circuit("select.circom: OneHot(3)")
    for index in range(8):
        wanted = {f"out[{i}]": int(i == index) for i in range(4, 8)}
        agrees(hot, {"bit": [index >> i & 1 for i in range(3)]}, wanted)
    dot = circuit("select.circom: Dot(3)")
    values = agrees(dot, {"hot": [0, 1, 0], "value": [7, R - 1, 9]}, {"out": R - 1})
    assert not dot.accepts(dot.forge(values, {"out": 7}))
    assert (hot.count, dot.count) == (13, 4)


def test_edwards(circuit: Compile) -> None:
    tested = circuit("edwards.circom: EdwardsSum()")
    other = multiply(BASE8, 12345)
    small = Point(0, R - 1)
    for a, b in ((BASE8, other), (BASE8, BASE8), (BASE8, IDENTITY), (small, small), (small, other)):
        total = add(a, b)
        values = tested.witness({"a": a, "b": b})
        assert (tested.value(values, "out[0]"), tested.value(values, "out[1]")) == total
        assert tested.accepts(values)
        for change in ({"out[0]": total.x + 1}, {"out[1]": total.y + 1}):
            assert not tested.accepts(tested.forge(values, change))
    multiple = circuit("edwards.circom: EdwardsMultiple(8)")
    for scalar in (0, 1, 2, 171, 255):
        values = multiple.witness({"bit": [scalar >> i & 1 for i in range(8)], "point": other})
        found = Point(multiple.value(values, "out[0]"), multiple.value(values, "out[1]"))
        assert found == multiply(other, scalar)
        assert multiple.accepts(values)
    assert (tested.count, multiple.count) == (6, 8 * 14)


@pytest.mark.parametrize(("name", "pick"), [("Larger", max), ("Smaller", min)])
def test_larger_and_smaller(circuit: Compile, name: str, pick: Callable[[int, int], int]) -> None:
    tested = circuit(f"signed.circom: {name}(8)")
    for a, b in ((0, 0), (255, 0), (0, 255), (-100, 100), (100, -100)):
        values = agrees(tested, {"a": to_field(a), "b": to_field(b)}, {"out": pick(a, b)})
        if a != b:
            assert not tested.accepts(tested.forge(values, {"out": a + b - pick(a, b)}))
    refuses(tested, {"a": 256, "b": 0})
    refuses(tested, {"a": R - 1, "b": 300})
    assert tested.count == 12
