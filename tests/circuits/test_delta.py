"""The published word of a touched account is what its owner decrypts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.protocol.delta import Delta
from undertow.protocol.units import Lots, Money

EDGE, SIDE = (1 << 30) - 1, (1 << 29) - 1


@pytest.mark.parametrize(
    ("cash", "fill", "filled"),
    [(-(1 << 100), -EDGE, -SIDE), (0, 0, 0), (1 << 100, EDGE, SIDE)],
)
def test_encrypt_delta(
    circuit: Callable[[str], Circuit], cash: int, fill: int, filled: int
) -> None:
    tested = circuit("delta.circom: EncryptDelta()")
    delta = Delta(
        instrument=15, reason=8, fill=Lots(fill), nonce=(1 << 32) - 1, filled=Lots(filled),
        cells=(1 << 27) - 1, cash=Money(cash),
    )  # fmt: skip
    fields = [15, 8, to_field(fill), delta.nonce, to_field(filled), delta.cells, to_field(cash)]
    word = delta.encrypt(99, 3, 4)
    inputs = {"viewKey": 99, "before": 3, "after": 4, "delta": fields}
    values = tested.agrees(inputs, {"ciphertext": word})
    assert Delta.decrypt(word, 99, 3, 4) == delta
    assert tested.loose_wires(values) == []
    assert tested.count == tested.cost
