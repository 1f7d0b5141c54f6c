"""Journal: a closed set is written once and comes back as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matcher.errors import JournalError
from matcher.journal import ClosedSet, Journal, Reference
from undertow.protocol.authority import Authority

SLOTS = (Reference(Authority.ORDER, 12), Reference(Authority.TOUCH, 3))
PARENT, ROOT = "0x" + "ab" * 32, (1 << 253) + 5
SET = ClosedSet(batch=7, parent=PARENT, lanes=(0, 8), slots=SLOTS, salts=((1 << 248) - 1, 0))


def test_a_set_survives_the_process_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    assert journal.read(7, PARENT) is None
    journal.write(SET, ROOT)
    journal.close()
    journal = Journal(path)
    assert journal.read(7, PARENT) == journal.find(7, ROOT) == SET
    assert journal.read(8, PARENT) is None
    assert journal.find(7, ROOT + 1) is None
    journal.close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_of_two_sets_after_one_close_the_later_is_read_and_both_are_found(tmp_path: Path) -> None:
    journal, later = Journal(tmp_path / "journal.sqlite"), replace(SET, salts=(1, 2))
    journal.write(SET, ROOT)
    journal.write(later, ROOT + 1)
    assert journal.read(7, PARENT) == journal.find(7, ROOT + 1) == later
    assert journal.find(7, ROOT) == SET
    with pytest.raises(JournalError):
        journal.write(SET, ROOT)
    journal.close()


def test_a_number_is_used_again_after_a_lapse(tmp_path: Path) -> None:
    journal, again = Journal(tmp_path / "journal.sqlite"), replace(SET, parent="0x" + "cd" * 32)
    journal.write(SET, ROOT)
    journal.write(again, ROOT + 1)
    assert journal.read(7, PARENT) == journal.find(7, ROOT) == SET
    assert journal.read(7, "0x" + "cd" * 32) == journal.find(7, ROOT + 1) == again
    journal.close()


@pytest.mark.parametrize("parent", ["", "0xzz", "-1", "0x1" + "0" * 64])
def test_a_close_that_is_none_is_damage(tmp_path: Path, parent: str) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.write(replace(SET, parent=parent), ROOT)
    with pytest.raises(JournalError, match="set 7 is damaged"):
        journal.find(7, ROOT)
    journal.close()
