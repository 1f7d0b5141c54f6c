"""The bench of hashes, signatures and trees names every figure."""

from __future__ import annotations

import pytest

from undertow.crypto import native
from venue.bench import primitives

pytestmark = pytest.mark.skipif(native.core is None, reason="no native core in this installation")


def test_figures() -> None:
    figures = primitives.measure(accounts=300)
    assert figures.pop("accounts_loaded") == 300
    assert set(figures) == {
        "poseidon_per_s",
        "poseidon_batch_per_s",
        "eddsa_verify_per_s",
        "merkle_updates_per_s",
        "accounts_load_s",
        "accounts_load_mib",
    }
    for name, figure in figures.items():
        assert figure > 0, name
