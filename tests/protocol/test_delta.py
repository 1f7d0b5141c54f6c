"""The pad of a published word belongs to one change: a reorganised chain shows no difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.strategies import PRICE, genesis, order, settle
from undertow.crypto.field import R
from undertow.engine.batch import Decoy, Slot
from undertow.protocol.delta import Delta
from undertow.protocol.errors import DeltaError
from undertow.protocol.state import State
from undertow.protocol.units import Lots, Money

DEPOSITED = 7 << 40


def deposited(state: State) -> tuple[State, int, Delta]:
    """Return the state after a deposit to account 1, the published word and what it says."""
    before = state.accounts[1]
    after = replace(
        before,
        version=before.version + 1,
        cash=Money(before.cash + DEPOSITED),
        settled=Money(before.settled + DEPOSITED),
    )
    delta = Delta(
        instrument=0, reason=14, fill=Lots(0), nonce=after.nonce, filled=after.filled,
        cells=0, cash=Money(DEPOSITED),
    )  # fmt: skip
    word = delta.encrypt(after.view_key, before.leaf(), after.leaf())
    return state.with_account(1, after), word, delta


def bought(state: State) -> tuple[State, Slot]:
    """Return the state after account 1 bought, and its slot."""
    after, (slot,) = settle(state, order(1, 5, PRICE * 2))
    assert slot.fill == 5
    return after, slot


def shows(words: tuple[int, int], deltas: tuple[Delta, Delta]) -> bool:
    """Tell whether two published words give away the difference of what they hide."""
    return (words[0] - words[1]) % R == (deltas[0].pack() - deltas[1].pack()) % R


def test_two_changes_from_one_state_have_two_pads() -> None:
    state = genesis()
    slots = [settle(state, order(1, size, PRICE * 2))[1][0] for size in (5, 6)]
    assert slots[0].after.version == slots[1].after.version
    first, second = slots
    assert not shows(
        (first.touch().ciphertext, second.touch().ciphertext), (first.delta(), second.delta())
    )


def test_two_ways_to_one_leaf_have_two_pads() -> None:
    """A fill and a deposit that a reorganisation swaps: the deposit's word is known to anybody."""
    state = genesis()
    funded, first_word, first = deposited(state)
    one, fill = bought(funded)
    traded, earlier_fill = bought(state)
    other, last_word, last = deposited(traded)
    assert one.accounts[1].leaf() == other.accounts[1].leaf()
    assert not shows((fill.touch().ciphertext, last_word), (fill.delta(), last))
    assert not shows((earlier_fill.touch().ciphertext, first_word), (earlier_fill.delta(), first))


def test_what_is_left_is_why_nothing_changed() -> None:
    """Equal leaves before and after: reason and instrument alone may differ, and do show."""
    state = genesis()
    (refused,) = settle(state, order(1, 5, instrument=3))[1]
    (touched,) = settle(state, Decoy(1))[1]
    assert refused.after.leaf() == touched.after.leaf()
    words = refused.touch().ciphertext, touched.touch().ciphertext
    assert shows(words, (refused.delta(), touched.delta()))
    assert (refused.delta().pack() - touched.delta().pack()) % R == (3 + 16 * (4 - 15)) % R


@pytest.mark.parametrize("wrong", [(6, 2, 3), (5, 1, 3), (5, 2, 4)])
def test_only_the_key_and_both_leaves_open_a_word(wrong: tuple[int, int, int]) -> None:
    delta = Delta(
        instrument=1, reason=0, fill=Lots(-4), nonce=9, filled=Lots(4), cells=5, cash=Money(-77)
    )
    word = delta.encrypt(5, 2, 3)
    assert Delta.decrypt(word, 5, 2, 3) == delta
    with pytest.raises(DeltaError):
        Delta.decrypt(word, *wrong)
