"""What the templates state is added up per slot; a takeover is part of it where there is one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from undertow.protocol.params import DEFAULT, LARGE, MINIMAL
from venue.bench.stated import CIRCUITS, SAFETY_BATCH, SAFETY_SLOT, TOUCHED, measure
from venue.errors import BenchError

STEMS = {stem for stem, _ in (*SAFETY_BATCH, *SAFETY_SLOT)} | {"certificate"}


def copied(folder: Path) -> Path:
    """Return a copy of the circuits, without takeovers."""
    shutil.copytree(CIRCUITS, folder / "circuits")
    for stem in (TOUCHED[0], "takeover", "taken"):
        (folder / "circuits" / f"{stem}.circom").unlink(missing_ok=True)
    return folder / "circuits"


def state(path: Path, **costs: str) -> None:
    """Write templates that state their sizes."""
    path.write_text("".join(f"// @cost {c}\ntemplate {n}() {{}}\n" for n, c in costs.items()))


def test_what_is_once_a_batch_is_shared_by_its_slots(tmp_path: Path) -> None:
    small, usual, large = (
        measure(preset)["safety_constraints_per_slot"] for preset in (MINIMAL, DEFAULT, LARGE)
    )
    assert small > usual > large > 500
    circuits = copied(tmp_path)
    for stem in STEMS:
        names = [name for file, name in (*SAFETY_BATCH, *SAFETY_SLOT) if file == stem]
        state(circuits / f"{stem}.circom", **dict.fromkeys(names, "2^cellBits"))
    # Two templates a slot and four a batch, of 64 each; the window of 128 at the fine grid.
    assert measure(DEFAULT, circuits) == {"safety_constraints_per_slot": 2 * 64 + 4 * 64 // 16}
    assert measure(LARGE, circuits) == {"safety_constraints_per_slot": 2 * 128 + 4 * 128 // 64}


def test_a_takeover_is_what_it_adds_to_a_certificate(tmp_path: Path) -> None:
    circuits = copied(tmp_path)
    alone = measure(DEFAULT, circuits)["safety_constraints_per_slot"]
    state(circuits / "certificate.circom", Stands="400")
    state(circuits / "touched.circom", CertifyOrTake="500 + POSITION_WORDS()")
    state(circuits / "takeover.circom", Charge="7", TakingOf="2", CoverLosses="126")
    state(circuits / "taken.circom", Give="20", TakeAccount="3")
    assert measure(DEFAULT, circuits) == {
        "safety_constraints_per_slot": alone - 103,
        "takeover_constraints_per_slot": 103 + 7 + 23 + 128 // 16,
    }


def test_a_template_that_states_nothing_is_named(tmp_path: Path) -> None:
    circuits = copied(tmp_path)
    (circuits / "recertify.circom").write_text("template Recertify() {}")
    with pytest.raises(BenchError, match=r"recertify\.circom: Recertify states no size"):
        measure(DEFAULT, circuits)
