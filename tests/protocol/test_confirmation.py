"""The second word: what fits packs and opens again, each word under its own pad."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import PRICE, genesis, order, settle
from undertow.crypto.field import R
from undertow.protocol.confirmation import CONFIRMATION_WORD, NO_CONFIRMATION, Confirmation
from undertow.protocol.errors import DeltaError
from undertow.protocol.pads import opened, pads, sealed

FIELDS = {
    field.name: st.integers(field.bounds[0] + 1, field.bounds[1] - 1)
    for field in CONFIRMATION_WORD.fields
}
CONFIRMATIONS = st.builds(Confirmation, **FIELDS)
LEAVES = st.integers(0, R - 1)


@given(CONFIRMATIONS, LEAVES, LEAVES, LEAVES)
def test_what_packs_opens_again(told: Confirmation, key: int, before: int, after: int) -> None:
    assert Confirmation.unpack(told.pack()) == told
    published = sealed(told.pack(), pads(key, before, after)[1])
    assert 0 <= published < R
    assert Confirmation.decrypt(published, key, before, after) == told


@given(st.integers(0, R - 1))
def test_whatever_stands_there_is_a_confirmation_or_none(word: int) -> None:
    with suppress(DeltaError):
        assert Confirmation.unpack(word).pack() == word


@given(CONFIRMATIONS, CONFIRMATIONS)
def test_no_two_have_one_word(first: Confirmation, second: Confirmation) -> None:
    assert (first.pack() == second.pack()) == (first == second)


@pytest.mark.parametrize("wrong", [(6, 2, 3), (5, 1, 3), (5, 2, 4)])
def test_only_the_key_and_both_leaves_open_it(wrong: tuple[int, int, int]) -> None:
    published = sealed(NO_CONFIRMATION.pack(), pads(5, 2, 3)[1])
    with pytest.raises(DeltaError):
        Confirmation.decrypt(published, *wrong)


def test_both_words_of_a_change_and_of_two_changes_have_pads_of_their_own() -> None:
    slots = [settle(genesis(), order(1, size, PRICE * 2))[1][0] for size in (5, 6)]
    found = set()
    for slot in slots:
        touch = slot.touch()
        found |= {
            opened(touch.ciphertext, slot.delta().pack()),
            opened(touch.confirmation, slot.confirmation.pack()),
        }
    assert len(found) == 4
