"""Journal: a closed set is written once and comes back as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matcher.errors import JournalError
from matcher.journal import ClosedSet, Journal, Reference
from undertow.protocol.authority import Authority

SLOTS = (Reference(Authority.ORDER, 12), Reference(Authority.TOUCH, 3))
SET = ClosedSet(batch=7, lanes=(0, 8), slots=SLOTS, salts=((1 << 248) - 1, 0))


def test_a_set_survives_the_process_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    assert journal.read(7) is None
    journal.write(SET)
    journal.close()
    journal = Journal(path)
    assert journal.read(7) == SET
    assert journal.read(8) is None
    journal.close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_batch_has_one_set_for_ever(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.write(SET)
    with pytest.raises(JournalError):
        journal.write(replace(SET, salts=(1, 2)))
    assert journal.read(7) == SET
    journal.close()
