"""What an owner is told of a fill, and nothing without one."""

from __future__ import annotations

from collections.abc import Callable

from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field


def test_confirm_fill(circuit: Callable[[str], Circuit]) -> None:
    tested = circuit("confirmation.circom: ConfirmFill()")
    told = {"fee": 3, "index": to_field(-4), "premium": to_field(-5), "share": 6}
    for fill in (1, -1, (1 << 30) - 1, 1 - (1 << 30)):
        outputs = {f"confirmation.{name}": value for name, value in told.items()}
        values = tested.agrees({"fill": to_field(fill), **told}, outputs)
        for name in ("index", "premium", "share"):
            assert not tested.accepts(tested.forge(values, {f"confirmation.{name}": 7}))
    nothing = {f"confirmation.{name}": 0 for name in told}
    values = tested.agrees({"fill": 0, **told, "fee": 0}, nothing)
    assert not tested.accepts(tested.forge(values, {"confirmation.premium": told["premium"]}))
    assert tested.count == tested.cost
