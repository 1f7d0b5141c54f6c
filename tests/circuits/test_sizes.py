"""The deployed batch circuit's size is stated; a change of it is a decision."""

from __future__ import annotations

import pytest

from prover import toolchain
from prover.toolchain import ROOT
from undertow.crypto import native


@pytest.mark.skipif(native.core is None, reason="reading the constraints in Python takes minutes")
def test_constraints_of_the_default_batch() -> None:
    source = ROOT / "circuits" / "settle_default.circom"
    compiled = toolchain.compile(source, ROOT / "build" / "circuits")
    assert native.core is not None
    count = len(native.core.Constraints(str(compiled.r1cs)))
    assert count == 223_996
    assert count // 16 <= 14_000
