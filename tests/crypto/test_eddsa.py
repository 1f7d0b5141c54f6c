"""Keys and signatures: what is accepted, and what must be refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.crypto.babyjubjub import (
    IDENTITY,
    SUBGROUP_ORDER,
    Point,
    add,
    check_public_key,
    view_key,
)
from undertow.crypto.eddsa import PrivateKey, Signature, verify
from undertow.crypto.errors import KeyFormatError
from undertow.crypto.field import R

KEY = PrivateKey.from_seed(b"a" * 32)
OTHER = PrivateKey.from_seed(b"b" * 32)
PUBLIC = KEY.public
LOW_ORDER = Point(0, R - 1)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, R - 1))
def test_signed_verifies_and_tampered_does_not(message: int) -> None:
    signature = KEY.sign(message)
    assert signature == KEY.sign(message)
    assert verify(PUBLIC, message, signature)
    assert not verify(PUBLIC, (message + 1) % R, signature)
    assert not verify(OTHER.public, message, signature)
    assert not verify(PUBLIC, message, replace(signature, s=(signature.s + 1) % SUBGROUP_ORDER))


def test_refuses_what_is_malformed() -> None:
    signature = KEY.sign(5)
    assert not verify(PUBLIC, 5, replace(signature, s=signature.s + SUBGROUP_ORDER))
    assert not verify(PUBLIC, 5, replace(signature, r8=Point(1, 1)))
    assert not verify(PUBLIC, 5 + R, signature)
    assert not verify(IDENTITY, 5, Signature(IDENTITY, 0))
    assert not verify(LOW_ORDER, 5, Signature(IDENTITY, 0))


@pytest.mark.parametrize("bad", [IDENTITY, LOW_ORDER, Point(1, 1), add(PUBLIC, LOW_ORDER)])
def test_bad_public_keys(bad: Point) -> None:
    with pytest.raises(KeyFormatError):
        check_public_key(bad)
    with pytest.raises(KeyFormatError):
        view_key(KEY.scalar, bad, 1)


def test_both_sides_get_the_same_view_key() -> None:
    assert view_key(KEY.scalar, OTHER.public, 7) == view_key(OTHER.scalar, PUBLIC, 7)
    assert view_key(KEY.scalar, OTHER.public, 7) != view_key(KEY.scalar, PUBLIC, 7)


def test_each_account_of_an_owner_has_its_own_view_key() -> None:
    keys = {view_key(KEY.scalar, OTHER.public, index) for index in range(5)}
    assert len(keys) == 5


def test_nonces_differ_by_message_and_key() -> None:
    assert len({KEY.sign(1).r8, KEY.sign(2).r8, OTHER.sign(1).r8}) == 3
    assert str(KEY.scalar) not in repr(KEY)
