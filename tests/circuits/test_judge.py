"""Verdicts of all authorities, of which one is on, and which orders stand behind another."""

from __future__ import annotations

from collections.abc import Callable

from tests.circuits.buses import verdict
from tests.circuits.harness import Circuit
from undertow.engine.authorities.touch import TOUCHED
from undertow.engine.verdict import Effect, Verdict
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import Lots, Price

Compile = Callable[[str], Circuit]
FIELDS = (
    "eligible", "reason", "effect.instrument", "effect.isSell", "effect.left", "effect.limit",
    "effect.nonce", "effect.carried", "effect.spends",
)  # fmt: skip
FILLED = Verdict(
    reason=Outcome.CLEARED,
    effect=Effect(
        instrument=9, left=Lots(-7), limit=Price(8), nonce=3, carried=Lots(4), spends=True
    ),
)


def named(words: list[int]) -> dict[str, int]:
    return {f"verdict.{field}": word for field, word in zip(FIELDS, words, strict=True)}


def test_touch(circuit: Compile) -> None:
    tested = circuit("authorities/touch.circom: JudgeTouch()")
    tested.agrees({"on": 1}, named(verdict(TOUCHED)))
    tested.agrees({"on": 0}, named([0] * len(FIELDS)))
    assert tested.count == tested.cost


def test_add_verdicts(circuit: Compile) -> None:
    tested = circuit("judge.circom: AddVerdicts(2)")
    given, nothing = verdict(FILLED), [0] * len(FIELDS)
    tested.agrees({"given": [given, nothing]}, named(given))
    tested.agrees({"given": [nothing, given]}, named(given))
    assert tested.count == tested.cost


def test_repeated(circuit: Compile) -> None:
    """Whatever stands behind another slot of its account, whosever word either is."""
    tested = circuit("judge.circom: Repeated(4)")
    for accounts, wanted in (
        ((1, 1, 1, 2), (0, 1, 1, 0)),
        ((7, 0, 7, 0), (0, 0, 1, 1)),
        (((1 << 24) - 1, 0, 1, (1 << 24) - 1), (0, 0, 0, 1)),
    ):
        outputs = {f"repeated[{i}]": bit for i, bit in enumerate(wanted)}
        values = tested.agrees({"account": accounts}, outputs)
        assert not tested.accepts(tested.forge(values, {"repeated[3]": 1 - wanted[3]}))
