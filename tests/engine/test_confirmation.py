"""A fill's parts are told to its owner, and nothing to whoever has none."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import LISTED, ORDERS, PARAMS, PRICE, QUOTES, SALT, genesis, order, prices
from undertow.engine.batch import Batch, Decoy, Execution
from undertow.engine.transition import transition
from undertow.protocol.confirmation import NO_CONFIRMATION, Confirmation
from undertow.protocol.sheet import underlying
from undertow.protocol.state import State
from undertow.protocol.units import Money, money


def run(state: State, *slots: object, time: int = 100) -> Execution:
    batch = Batch(slots=slots, lanes=LISTED)  # type: ignore[arg-type]
    return transition(state, batch, prices(PRICE), time, PARAMS, SALT)


def test_only_who_is_filled_learns_a_price() -> None:
    state = run(genesis(), order(1, 9, PRICE * 2)).state
    done = run(state, order(2, 5, PRICE * 2), order(3, 5, 1), Decoy(4), time=4_000)
    filled, *others = done.slots
    assert filled.fill == 5
    assert filled.confirmation.premium != 0
    assert filled.confirmation.index != 0
    assert [slot.confirmation for slot in others] == [NO_CONFIRMATION] * 2
    words = {slot.touch().confirmation for slot in done.slots}
    assert len(words) == 3


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.one_of(ORDERS, QUOTES), max_size=4), min_size=1, max_size=3))
def test_the_parts_of_every_fill_are_its_cash(history: list) -> None:  # type: ignore[type-arg]
    state = genesis()
    for number, orders in enumerate(history, 1):
        done = run(state, *orders, time=100 * number)
        for slot in done.slots:
            told = slot.confirmation
            if not slot.fill:
                assert told == NO_CONFIRMATION
                continue
            instrument = slot.verdict.effect.instrument
            index = done.state.underlyings[underlying(instrument)].index
            assert (told.index, told.fee) == (index, slot.fee)
            price = money(prices(PRICE)[underlying(instrument)]) + told.premium  # type: ignore[arg-type]
            assert slot.price == price
            moved = slot.after.cash - slot.before.cash
            assert moved == -slot.fill * (price - index) - told.fee
            opens = slot.before.view_key, slot.before.leaf(), slot.after.leaf()
            assert Confirmation.decrypt(slot.touch().confirmation, *opens) == told
        state = done.state


def test_a_wash_has_no_share() -> None:
    slots = order(1, 5, PRICE * 2), order(2, -5, 1)
    shares = {slot.confirmation.share for slot in run(genesis(), *slots).slots}
    assert shares == {0}
    (alone,) = run(genesis(), order(1, 5, PRICE * 2)).slots
    assert alone.confirmation.share == 255
    assert alone.confirmation.fee == Money(alone.fee)
