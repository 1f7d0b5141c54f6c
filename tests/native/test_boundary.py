"""Whatever bytes and numbers come in, an answer or a Python exception comes out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.protocol import native
from undertow.protocol.eddsa import PrivateKey
from undertow.protocol.field import R

core = native.core
pytestmark = pytest.mark.skipif(core is None, reason="no native core in this installation")

WORDS = st.lists(
    st.one_of(st.integers(0, 3), st.sampled_from([R - 1, R, (1 << 256) - 1]), st.integers(0, R)),
    max_size=18,
).map(lambda numbers: native.to_bytes(*numbers))
BYTES = st.one_of(
    st.binary(max_size=70), WORDS, WORDS.map(bytearray), WORDS.map(lambda raw: memoryview(raw))
)
NUMBERS = st.one_of(st.integers(0, 20), st.integers(-(1 << 70), 1 << 70))
OTHERS = st.sampled_from([None, "text", 1.5]) | st.builds(lambda: memoryview(bytes(8)).cast("I"))
ANYTHING = st.one_of(BYTES, NUMBERS, OTHERS)
REFUSALS = (ValueError, TypeError, BufferError, OverflowError)


def _tree() -> Any:
    assert core is not None
    return core.MerkleTree(8)


def _functions() -> dict[str, tuple[Callable[..., object], int]]:
    if core is None:
        return {}
    return {
        "poseidon_hash": (core.poseidon_hash, 2),
        "poseidon_hash_many": (core.poseidon_hash_many, 3),
        "babyjubjub_multiply": (core.babyjubjub_multiply, 2),
        "babyjubjub_multiply_base8": (core.babyjubjub_multiply_base8, 1),
        "babyjubjub_in_subgroup": (core.babyjubjub_in_subgroup, 1),
        "eddsa_verify_many": (core.eddsa_verify_many, 3),
        "EddsaKey": (core.EddsaKey, 1),
        "EddsaKey.verify": (lambda *a: _key().verify(*a), 2),
        "MerkleTree": (core.MerkleTree, 1),
        "MerkleTree.get": (lambda *a: _tree().get(*a), 1),
        "MerkleTree.update": (lambda *a: _tree().update(*a), 2),
        "MerkleTree.proof": (lambda *a: _tree().proof(*a), 1),
        "MerkleTree.level": (lambda *a: _tree().level(*a), 1),
        "MerkleTree.from_bytes": (core.MerkleTree.from_bytes, 1),
    }


def _key() -> Any:
    assert core is not None
    return core.EddsaKey(native.to_bytes(*PrivateKey.from_seed(b"k" * 32).public))


FUNCTIONS = _functions()


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_input_panics(name: str, data: st.DataObject) -> None:
    function, count = FUNCTIONS[name]
    arguments = [data.draw(ANYTHING) for _ in range(count)]
    # A panic is a BaseException that none of these is.
    with suppress(*REFUSALS):
        function(*arguments)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 16), st.integers(0, 9), st.integers(0, 40), st.binary(max_size=32))
def test_lengths_decide_what_is_hashed(arity: int, count: int, cut: int, domain: bytes) -> None:
    assert core is not None
    inputs = bytes(32 * arity * count + cut)
    whole = len(domain) == 32 and int.from_bytes(domain, "big") < R
    if whole and len(inputs) % (32 * arity) == 0:
        hashes = core.poseidon_hash_many(domain, arity, inputs)
        assert len(hashes) == len(inputs) // arity
    else:
        with pytest.raises(ValueError, match=r"bytes|below"):
            core.poseidon_hash_many(domain, arity, inputs)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=100), st.binary(max_size=300))
def test_verification_takes_matching_lengths_only(
    keys: bytes, messages: bytes, signatures: bytes
) -> None:
    assert core is not None
    sizes = (len(keys) / 64, len(messages) / 32, len(signatures) / 96)
    if sizes[0] == sizes[1] == sizes[2] == int(sizes[0]):
        assert core.eddsa_verify_many(keys, messages, signatures) == bytes(len(keys) // 64)
    else:
        with pytest.raises(ValueError, match="each signature takes"):
            core.eddsa_verify_many(keys, messages, signatures)
