"""The published words of a touched account are what its owner decrypts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.protocol.confirmation import Confirmation
from undertow.protocol.delta import Delta
from undertow.protocol.pads import pads, sealed
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


@pytest.mark.parametrize(
    ("share", "fee", "index", "premium"),
    [
        (0, 0, 0, 0),
        (255, (1 << 82) - 1, (1 << 54) - 1, (1 << 67) - 1),
        (9, 1, 1 - (1 << 54), 1 - (1 << 67)),
    ],
)
def test_encrypt_both(
    circuit: Callable[[str], Circuit], share: int, fee: int, index: int, premium: int
) -> None:
    tested = circuit("delta.circom: EncryptBoth()")
    delta = Delta(
        instrument=1, reason=0, fill=Lots(-4), nonce=9, filled=Lots(4), cells=5, cash=Money(-77)
    )
    confirmed = Confirmation(
        share=share, fee=Money(fee), index=Money(index), premium=Money(premium)
    )
    first, second = pads(99, 3, 4)
    inputs = {
        "viewKey": 99,
        "before": 3,
        "after": 4,
        "delta": [1, 0, to_field(-4), 9, 4, 5, to_field(-77)],
        "confirmation": [share, fee, to_field(index), to_field(premium)],
    }
    words = sealed(delta.pack(), first), sealed(confirmed.pack(), second)
    values = tested.agrees(inputs, {"ciphertext": words[0], "confirmed": words[1]})
    assert words[0] == delta.encrypt(99, 3, 4)
    assert Confirmation.decrypt(words[1], 99, 3, 4) == confirmed
    assert tested.loose_wires(values) == []
    assert tested.count == tested.cost
