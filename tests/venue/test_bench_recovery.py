"""What a trader who recovers reads of a long history, and that a wrong one is none."""

from __future__ import annotations

from typing import Any

import pytest

from undertow.chain.errors import WrongAnswerError
from undertow.protocol.public_state import PublicState
from venue.bench import recovery
from venue.bench.memory_node import MemoryNode


def test_each_root_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    roots: list[int] = []
    root = PublicState.root

    def counted(self: PublicState) -> int:
        roots.append(root(self))
        return roots[-1]

    monkeypatch.setattr(PublicState, "root", counted)
    (figure,) = recovery.measure(accounts=40, batches=9).values()
    assert figure > 0
    # Made by the history, and compared by the reader; once more at its end.
    assert len(roots) > 2 * 9
    assert all(roots.count(one) > 1 for one in roots)
    assert len(set(roots)) == 9


def test_a_history_that_is_not_the_chains_gives_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    emit = MemoryNode.emit

    def lie(self: MemoryNode, name: str, address: str, block: int, event: str, said: Any) -> None:
        if event == "BatchSettled" and said["batch"] == 3:
            said = {**said, "newStateRoot": 1}
        emit(self, name, address, block, event, said)

    monkeypatch.setattr(MemoryNode, "emit", lie)
    with pytest.raises(WrongAnswerError, match="another root"):
        recovery.measure(accounts=40, batches=5)
