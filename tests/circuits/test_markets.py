"""The priced markets of a batch: opened, advanced, and put back after the flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prover.inputs import params_input, state_inputs
from tests.circuits.batches import PARAMS, Case, history
from tests.circuits.buses import hot, market, signed
from tests.circuits.harness import Circuit
from undertow.crypto.domains import TABLE
from undertow.crypto.field import to_field
from undertow.crypto.poseidon import poseidon
from undertow.engine.price import advance_depth, depth_target
from undertow.protocol.account import SKEWS
from undertow.protocol.params import pricing_words
from undertow.protocol.state import market_row
from undertow.protocol.underlying import UNDERLYING_WORDS
from undertow.protocol.units import Lots, Money

Compile = Callable[[str], Circuit]
ROWS = 3 + 2 * UNDERLYING_WORDS.size
"""Of the market table, where the rows' hashes begin: behind the skews and the underlyings."""
RULES = params_input(PARAMS)[5 * 16 : 6 * 16]


def opening(case: Case, lane: int) -> dict[str, Any]:
    return {
        "hot": hot(lane),
        "skew": [signed(held.skew) for held in case.before.markets],
        "rowHashes": state_inputs(case.before)["markets"][ROWS:],
        "pricingHash": RULES,
        "price": case.lots,
        "halted": [case.stopped >> i & 1 for i in range(16)],
        "variance": [row.variance for row in case.execution.state.underlyings],
        "row": market_row(case.before.markets[lane]),
        "pricing": pricing_words(PARAMS.market(lane)),
    }


def test_advance_market(circuit: Compile) -> None:
    tested = circuit("markets.circom: AdvanceMarket()")
    for seed in (1, 4):
        for case in history(seed, 3):
            for lane in case.committed.batch.lanes:
                before, after = case.before.markets[lane], case.execution.advanced[lane]
                variance = case.execution.state.underlyings[lane // 8].variance
                target = depth_target(case.lots[lane], variance, PARAMS.market(lane))
                _, released = advance_depth(before, target, PARAMS.market(lane).keep)
                if case.stopped >> lane & 1:
                    released = Money(0)
                    assert after == before
                outputs = {
                    "market.skew.value": before.skew,
                    "market.mark": case.lots[lane],
                    "market.row.pool": after.pool,
                    "market.row.kappa": after.kappa,
                    "rowHash": poseidon(market_row(before), TABLE),
                    "released": released,
                    "halts": case.stopped >> lane & 1,
                }
                inputs = opening(case, lane)
                tested.agrees(inputs, outputs)
                for name, at in (("row", 0), ("pricing", 1)):
                    lie = list(inputs[name])
                    lie[at] += 1
                    tested.refuses({**inputs, name: lie})
    assert tested.count == tested.cost


def test_commit_markets(circuit: Compile) -> None:
    tested = circuit("markets.circom: CommitMarkets(2)")
    for case in history(1, 3):
        lanes = case.committed.batch.lanes
        before, after = (state_inputs(s)["markets"] for s in (case.before, case.execution.state))
        advanced = case.execution.advanced
        clearings = [case.execution.clearings[lane] for lane in lanes]
        inputs = {
            "hot": [hot(lane) for lane in lanes],
            "before": before,
            "underlying": after[3:ROWS],
            "rowHash": [before[ROWS + lane] for lane in lanes],
            "market": [market(advanced[lane], case.lots[lane]) for lane in lanes],
            "pool": [cleared.pool for cleared in clearings],
            "flow": [to_field(cleared.flow) for cleared in clearings],
            "given": [0] * 3,
        }
        outputs = {f"after.skews[{i}]": after[i] for i in range(3)}
        held = case.execution.state.markets
        skews = [held[lane].skew for lane in lanes]
        outputs |= {f"left[{k}]": abs(skew) for k, skew in enumerate(skews)}
        outputs |= {f"after.rowHash[{i}]": after[ROWS + i] for i in range(16)}
        tested.agrees(inputs, outputs)
        given = (Lots(7), Lots(0), *[Lots(-3)] * 14)
        left = [market.skew - lots for market, lots in zip(held, given, strict=True)]
        outputs |= {f"after.skews[{w}]": word for w, word in enumerate(SKEWS.pack(left))}
        pairs = zip(SKEWS.pack(given), SKEWS.pack([0] * 16), strict=True)
        tested.agrees({**inputs, "given": [to_field(new - old) for new, old in pairs]}, outputs)
    assert tested.count == tested.cost


def test_move_each(circuit: Compile) -> None:
    tested = circuit("markets.circom: MoveEach(2)")
    before = list(range(100, 116))
    inputs = {"hot": [hot(0), hot(9)], "by": [5, to_field(-7)], "before": before}
    wanted = {i: value + (5 if i == 0 else -7 if i == 9 else 0) for i, value in enumerate(before)}
    tested.agrees(inputs, {f"after[{i}]": value for i, value in wanted.items()})
    assert tested.count == tested.cost
