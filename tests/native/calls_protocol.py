"""Calls of hashes, signatures and trees."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.native.calls import Call, Strategy, look
from tests.native.hostile import damaged, mostly, words
from undertow.crypto import native
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.eddsa import PrivateKey

ARITIES = range(1, 17)


def _groups() -> Strategy:
    def of_arity(arity: int) -> Strategy:
        counts = [arity * count for count in (0, 1, 2, 9)]
        return st.tuples(words(1), st.just(arity), words(*counts))

    return st.sampled_from(ARITIES).flatmap(of_arity)


def _points() -> Strategy:
    base = native.to_bytes(*BASE8)
    return mostly(st.just(base), damaged(base) | words(2))


def _signed() -> Strategy:
    """Return keys, messages and signatures that verify, and changed ones."""
    key = PrivateKey.from_seed(b"k" * 32)
    signature = key.sign(7)
    one = [(*key.public,), (7,), (*signature.r8, signature.s)]

    def of_count(count: int) -> Strategy:
        parts = [native.to_bytes(*part) * count for part in one]
        return st.tuples(*(mostly(st.just(part), damaged(part)) for part in parts))

    return st.integers(1, 3).flatmap(of_count) | st.just((b"", b"", b""))


def _keys() -> Strategy:
    return _signed().map(lambda signed: (signed[0][:64],))


def _one_signed() -> Strategy:
    return _signed().map(lambda signed: (signed[0][:64], signed[1][:32], signed[2][:96]))


def _depths() -> Strategy:
    return mostly(st.integers(1, 20), st.integers(-1, 30))


def _places() -> Strategy:
    edges = st.sampled_from([7, 8, 8**20 - 1, 8**20, (1 << 64) - 1])
    return st.tuples(_depths(), st.integers(0, 7) | edges)


def _heights() -> Strategy:
    return st.tuples(st.integers(1, 20), st.integers(-1, 21))


def _updates() -> Strategy:
    """Return a tree's depth, and as many leaves as indices."""
    index = st.integers(0, 600) | st.sampled_from([(1 << 63) - 1, (1 << 64) - 1])

    def of_count(count: int) -> Strategy:
        indices = st.lists(index, min_size=count, max_size=count)
        packed = indices.map(lambda found: b"".join(at.to_bytes(8, "big") for at in found))
        return st.tuples(st.integers(1, 4), packed, words(count))

    return st.integers(0, 6).flatmap(of_count)


def _snapshots() -> Strategy:
    tree = native.core.MerkleTree(2)
    tree.update((5).to_bytes(8, "big"), native.to_bytes(9))
    data = tree.to_bytes()
    return st.tuples(mostly(st.just(data), damaged(data)))


def _restored(data: Any) -> object:
    return look(native.core.MerkleTree.from_bytes(data))


CALLS = {
    "poseidon_hash": Call(lambda: st.tuples(words(1), words(*ARITIES))),
    "poseidon_hash_two": Call(lambda: st.tuples(words(1), words(*ARITIES))),
    "poseidon_hash_many": Call(_groups),
    "babyjubjub_multiply": Call(lambda: st.tuples(_points(), st.binary(max_size=40))),
    "babyjubjub_multiply_base8": Call(lambda: st.tuples(words(1))),
    "babyjubjub_in_subgroup": Call(lambda: st.tuples(_points())),
    "eddsa_verify_many": Call(_signed),
    "EddsaKey": Call(_keys),
    "EddsaKey.verify": Call(_one_signed),
    "MerkleTree": Call(lambda: st.tuples(_depths())),
    "MerkleTree.get": Call(_places),
    "MerkleTree.update": Call(_updates),
    "MerkleTree.proof": Call(_places),
    "MerkleTree.level": Call(_heights),
    "MerkleTree.from_bytes": Call(_snapshots, _restored),
}
