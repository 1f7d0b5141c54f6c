"""The native Poseidon gives what the readable Python gives, singly and in eights."""

from __future__ import annotations

import random

import pytest

from undertow.crypto import native
from undertow.crypto.domains import Domain
from undertow.crypto.field import R
from undertow.crypto.poseidon import poseidon, poseidon_many, poseidon_words, reference

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")
REFUSED = r"canonical|below|takes"
EDGES = (0, 1, R - 1, (1 << 253) - 1, 1 << 64)


def _inputs(draw: random.Random, arity: int) -> list[int]:
    return [draw.choice((*EDGES, draw.randrange(R))) for _ in range(arity)]


@pytest.mark.parametrize("arity", range(1, 17))
def test_single_hashes_in_every_domain(arity: int) -> None:
    draw = random.Random(arity)
    for domain in (*Domain, R - 1):
        inputs = _inputs(draw, arity)
        assert poseidon(inputs, domain) == reference(inputs, domain)


@pytest.mark.parametrize("arity", range(1, 17))
def test_many_hashes_equal_single_ones(arity: int) -> None:
    draw = random.Random(100 + arity)
    for count in (1, 2, 7, 8, 9, 17):
        groups = [_inputs(draw, arity) for _ in range(count)]
        hashes = poseidon_many(groups, Domain.LEAF)
        assert hashes == [poseidon(group, Domain.LEAF) for group in groups]
    assert hashes[-1] == reference(groups[-1], Domain.LEAF)


def test_extremes_in_every_lane() -> None:
    for arity in (1, 2, 8, 11, 16):
        for value in (0, R - 1):
            hashes = poseidon_many([[value] * arity] * 8, R - 1)
            assert set(hashes) == {reference([value] * arity, R - 1)}


def test_what_is_no_field_element_is_refused() -> None:
    for bad in ([R], [-1], [1 << 256], [], [0] * 17):
        with pytest.raises(ValueError, match=REFUSED):
            poseidon(bad)
        with pytest.raises(ValueError, match=REFUSED):
            poseidon_many([bad, bad])
    with pytest.raises(ValueError, match=REFUSED):
        poseidon([1], R)
    with pytest.raises(ValueError, match="differ"):
        poseidon_many([[1], [1, 2]])
    assert poseidon_many([]) == []


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview])
def test_any_buffer_serves(make: type) -> None:
    packed = native.to_bytes(1, 2, 3, 4)
    assert poseidon_words(make(packed), 2) == native.to_bytes(poseidon([1, 2]), poseidon([3, 4]))


@pytest.mark.parametrize("core", [native.core, None], ids=["native", "python"])
def test_nothing_has_no_hashes(monkeypatch: pytest.MonkeyPatch, core: object) -> None:
    monkeypatch.setattr(native, "core", core)
    assert poseidon_words(b"", 2) == b""
    assert poseidon_words(native.to_bytes(1, 2), 2) == native.to_bytes(reference([1, 2]))
    for packed, arity, domain in (
        (b"", 0, 0),
        (b"", 17, 0),
        (b"", 2, R),
        (bytes(31), 1, 0),
        (bytes(32), 2, 0),
    ):
        with pytest.raises(ValueError, match=REFUSED):
            poseidon_words(packed, arity, domain)
