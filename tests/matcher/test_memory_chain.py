"""What the contracts refuse, the chain in memory refuses by the same name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.matcher.faults import Faults
from tests.matcher.one_process import OneProcess
from undertow.chain.contracts import Close
from undertow.chain.errors import RevertedError
from undertow.protocol.request import Kind, Request
from undertow.protocol.units import MICRO_USD


@pytest.fixture
def venue(tmp_path: Path) -> OneProcess:
    return OneProcess(tmp_path, 4, Faults())


def refuses(send: Callable[..., object], name: str, *call: Any) -> None:
    with pytest.raises(RevertedError, match=name):
        send(*call)


def test_a_batch(venue: OneProcess) -> None:
    chain, settle = venue.chain, venue.chain.settle_batch
    refused = partial(refuses, settle)

    def checked(root: int, house: Any, touches: Any, c: int, proof: Any, following: Any) -> int:
        refused("InvalidProof", root + 1, house, touches, c, proof)
        refused("InvalidProof", root, house, [*touches[1:], touches[0]], c, proof)
        other = replace(house, sealed=house.sealed + 1)
        refused("InvalidProof", root, other, touches, c, proof)
        refused("InvalidProof", root, house, touches, c + 1, proof)
        refused("InvalidProof", root, house, touches, c, [0, *proof[1:]])
        refused("WrongLength", root, house, touches[1:], c, proof)
        view = chain.view()
        close = Close(
            set_root=5, number=view.closed + 1, parent=view.last_id, not_after=chain.now + 9
        )
        refused("WrongNumber", root, house, touches, c, proof, replace(close, number=view.closed))
        refused("WrongParent", root, house, touches, c, proof, replace(close, parent="0x1"))
        refused("TooLate", root, house, touches, c, proof, replace(close, not_after=chain.now))
        waits = chain.pending[0]
        chain.pending[0] = replace(waits, round=None)
        refused("NotPriced", root, house, touches, c, proof)
        chain.pending[0] = replace(waits, bound=waits.bound + 1)
        refused("RequestsFirst", root, house, touches, c, proof)
        chain.pending[0] = waits
        gas = settle(root, house, touches, c, proof, following)
        refused("NotP", root, house, touches, c, proof)
        return gas

    chain.settle_batch = checked  # type: ignore[method-assign]
    venue.run(2)
    venue.operator.close()


def test_a_run_of_requests(venue: OneProcess) -> None:
    chain, settle = venue.chain, venue.chain.settle_requests
    chain.ask(Request(Kind.WITHDRAW, 1, MICRO_USD))
    refuses(chain.ask, "WithdrawalPending", Request(Kind.WITHDRAW, 1, MICRO_USD))
    refused = partial(refuses, settle)

    def checked(root: int, house: Any, answers: Any, c: int, proof: Any, entries: Any) -> int:
        first, taken = entries
        refused("InvalidProof", root + 1, house, answers, c, proof, entries)
        others = [(answers[0][0], 1, 1), *answers[1:]]
        refused("InvalidProof", root, house, others, c, proof, entries)
        changed = replace(house, sealed=house.sealed + 1)
        refused("InvalidProof", root, changed, answers, c, proof, entries)
        refused("WrongCount", root, house, [], c, proof, (first, []))
        refused("WrongCount", root, house, answers * 9, c, proof, (first, taken * 9))
        refused("NotInQueue|BeyondBound", root, house, answers, c, proof, (first + 1, taken))
        other = [replace(taken[0], fee=taken[0].fee + 1), *taken[1:]]
        refused("NotInQueue", root, house, answers, c, proof, (first, other))
        if answers[0][0] == 0:
            bad = [(1, *answers[0][1:]), *answers[1:]]
            refused("InvalidPaid", root, house, bad, c, proof, entries)
        marks, chain.marks_time = chain.marks_time, 0
        if any(entry.request.kind is Kind.WITHDRAW for entry in taken):
            refused("WithdrawalTooYoung", root, house, answers, c, proof, entries)
        chain.marks_time = marks
        gas = settle(root, house, answers, c, proof, entries)
        refused("NotInQueue|BeyondBound", root, house, answers, c, proof, entries)
        return gas

    chain.settle_requests = checked  # type: ignore[method-assign]
    venue.run(2)
    venue.operator.close()
    assert chain.credited >= MICRO_USD
