"""The nouns of a batch: whose word a slot is, what it publishes, and which lanes there may be."""

from __future__ import annotations

import pytest

from tests.strategies import account, order
from undertow.engine.batch import Batch, Decoy, Slot, authority_of
from undertow.engine.verdict import Effect, Verdict
from undertow.protocol.authority import Authority
from undertow.protocol.confirmation import Confirmation
from undertow.protocol.delta import Delta
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import Lots, Money

ORDER = order(2, 3)


def test_an_order_is_its_owners_word_and_a_touch_nobodys() -> None:
    assert authority_of(ORDER) is Authority.ORDER
    assert authority_of(Decoy(1)) is Authority.TOUCH


def test_a_batch_lists_orders_and_accounts_by_slot() -> None:
    batch = Batch(slots=(Decoy(7), ORDER, Decoy(2)), lanes=(1, 4))
    assert batch.orders() == [None, ORDER, None]
    assert batch.accounts() == [7, 2, 2]


@pytest.mark.parametrize("lanes", [(1, 1), (4, 1), (16,), (-1,)])
def test_lanes_are_different_instruments_in_ascending_order(lanes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="lanes"):
        Batch(slots=(), lanes=lanes)


def test_a_slot_publishes_what_changed_for_its_owner_alone() -> None:
    before = account(1, 100, version=4, nonce=1)
    after = account(1, 70, version=5, nonce=6, filled=Lots(2), cells=77)
    verdict = Verdict(reason=Outcome.CLEARED, effect=Effect(instrument=9, left=Lots(-3)))
    slot = Slot(account=2, action=ORDER, verdict=verdict, before=before, after=after, fill=Lots(-2))
    assert (slot.order, slot.outcome) == (ORDER, Outcome.CLEARED)
    assert (slot.price, slot.fee) == (0, 0)
    delta = Delta(
        instrument=9,
        reason=Outcome.CLEARED,
        fill=Lots(-2),
        nonce=6,
        filled=Lots(2),
        cells=77,
        cash=Money(-30),
    )
    assert slot.delta() == delta
    opens = after.view_key, before.leaf(), after.leaf()
    assert Delta.decrypt(slot.touch().ciphertext, *opens) == delta
    assert Confirmation.decrypt(slot.touch().confirmation, *opens) == slot.confirmation


def test_a_touch_has_no_order_and_no_fill() -> None:
    touched = account(1)
    verdict = Verdict(reason=Outcome.DECOY)
    slot = Slot(account=1, action=Decoy(1), verdict=verdict, before=touched, after=touched)
    assert (slot.order, slot.outcome, slot.fill) == (None, Outcome.DECOY, 0)
