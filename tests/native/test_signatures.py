"""The native core accepts exactly the signatures that the readable Python accepts."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.crypto import native
from undertow.crypto.babyjubjub import (
    BASE8,
    IDENTITY,
    SUBGROUP_ORDER,
    Point,
    add,
    in_subgroup,
    multiply,
    reference_multiple,
)
from undertow.crypto.eddsa import PrivateKey, Signature, reference_verify, verify, verify_many
from undertow.crypto.errors import KeyFormatError
from undertow.crypto.field import R
from undertow.crypto.poseidon import poseidon

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")

KEY = PrivateKey.from_seed(b"a" * 32)
PUBLIC = KEY.public
GOOD = KEY.sign(5)
ORDER_TWO = Point(0, R - 1)
GENERATOR = Point(
    995203441582195749578291179787384436505546430278305826713579947235728471134,
    5472060717959818805561601436314318772137091100104008585924551046643952123905,
)
"""Of all 8 * order points, with circomlib's coordinates."""
ORDER_EIGHT = reference_multiple(GENERATOR, SUBGROUP_ORDER)
SMALL = [reference_multiple(ORDER_EIGHT, i) for i in range(8)]
OFF_CURVE = Point(1, 1)


def _forged(public: Point, r8: Point, scalar: int, message: int) -> Signature:
    """S for a nonce of zero beside `r8`: the equation then holds up to small-order parts."""
    challenge = poseidon((*r8, *public, message))
    return Signature(r8, 8 * challenge * scalar % SUBGROUP_ORDER)


CASES = {
    "good": (PUBLIC, 5, GOOD),
    "other message": (PUBLIC, 6, GOOD),
    "S at the order": (PUBLIC, 5, replace(GOOD, s=SUBGROUP_ORDER)),
    "S above the order": (PUBLIC, 5, replace(GOOD, s=GOOD.s + SUBGROUP_ORDER)),
    "S negative": (PUBLIC, 5, replace(GOOD, s=-1)),
    "S without a word": (PUBLIC, 5, replace(GOOD, s=1 << 256)),
    "message at r": (PUBLIC, 5 + R, GOOD),
    "message negative": (PUBLIC, -1, GOOD),
    "R8 off the curve": (PUBLIC, 5, replace(GOOD, r8=OFF_CURVE)),
    "R8 not canonical": (PUBLIC, 5, replace(GOOD, r8=Point(GOOD.r8.x + R, GOOD.r8.y))),
    "key not canonical": (Point(PUBLIC.x + R, PUBLIC.y), 5, GOOD),
    "key off the curve": (OFF_CURVE, 5, GOOD),
    "key is the identity": (IDENTITY, 5, Signature(IDENTITY, 0)),
    "key at zero": (Point(0, 0), 5, GOOD),
    "key outside the subgroup": (add(PUBLIC, ORDER_TWO), 5, GOOD),
    "R8 is the identity": (PUBLIC, 5, _forged(PUBLIC, IDENTITY, KEY.scalar, 5)),
    **{
        f"key of small order {i}": (point, 5, _forged(point, IDENTITY, 0, 5))
        for i, point in enumerate(SMALL)
    },
    **{
        f"R8 of small order {i}": (PUBLIC, 5, _forged(PUBLIC, point, KEY.scalar, 5))
        for i, point in enumerate(SMALL)
    },
    **{
        f"R8 with a small part {i}": (PUBLIC, 5, replace(GOOD, r8=add(GOOD.r8, point)))
        for i, point in enumerate(SMALL)
    },
}


@pytest.mark.parametrize("name", CASES)
def test_singly_as_the_reference(name: str) -> None:
    assert verify(*CASES[name]) is reference_verify(*CASES[name])


def test_together_as_singly() -> None:
    cases = list(CASES.values())
    assert verify_many(cases) == [reference_verify(*case) for case in cases]
    assert verify_many(cases).count(True) >= 3
    assert verify_many([]) == []


def test_small_orders_are_what_they_are_called() -> None:
    assert len(set(SMALL)) == 8
    assert SMALL[4] == ORDER_TWO
    assert [in_subgroup(point) for point in SMALL] == [True, *[False] * 7]


SCALARS = st.one_of(
    st.sampled_from([0, 1, 2, 15, 16, 31, SUBGROUP_ORDER - 1, SUBGROUP_ORDER, 8 * R + 5]),
    st.integers(0, 1 << 300),
    st.integers(0, 300).map(lambda bits: (1 << bits) - 1),
)


@settings(max_examples=40, deadline=None)
@given(SCALARS, st.sampled_from([BASE8, PUBLIC, GENERATOR, *SMALL]))
def test_multiples(scalar: int, point: Point) -> None:
    assert multiply(point, scalar) == reference_multiple(point, scalar)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, R - 1), st.integers(0, 7), st.randoms(use_true_random=False))
def test_random_signatures(message: int, small: int, draw: random.Random) -> None:
    signature = KEY.sign(message)
    bit = 1 << draw.randrange(256)
    changed = draw.choice(
        [
            signature,
            replace(signature, s=signature.s ^ bit),
            replace(signature, r8=Point(signature.r8.x ^ bit, signature.r8.y)),
            replace(signature, r8=add(signature.r8, SMALL[small])),
        ]
    )
    assert verify(PUBLIC, message, changed) is reference_verify(PUBLIC, message, changed)


def test_multiples_off_the_curve_are_refused() -> None:
    with pytest.raises(KeyFormatError):
        multiply(OFF_CURVE, 3)
    with pytest.raises(ValueError, match="negative"):
        multiply(BASE8, -1)
