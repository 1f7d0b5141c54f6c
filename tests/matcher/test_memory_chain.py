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

    def checked(
        root: int, house: Any, touches: Any, c: int, proof: Any, number: int, following: int
    ) -> int:
        chain.publish(chain.rounds[-1].prices)
        refused("InvalidProof", root + 1, house, touches, c, proof, number)
        refused("InvalidProof", root, house, [*touches[1:], touches[0]], c, proof, number)
        other = replace(house, sealed=house.sealed + 1)
        refused("InvalidProof", root, other, touches, c, proof, number)
        refused("InvalidProof", root, house, touches, c + 1, proof, number)
        refused("InvalidProof", root, house, touches, c, [0, *proof[1:]], number)
        refused("WrongLength", root, house, touches[1:], c, proof, number)
        refused("UnknownRound", root, house, touches, c, proof, 0)
        refused("RoundNotFirst", root, house, touches, c, proof, number + 1)
        if number > 1:
            refused("RoundNotAfterClose", root, house, touches, c, proof, number - 1)
        refuses(chain.close, "BatchPending", 5)
        gas = settle(root, house, touches, c, proof, number)
        refused("NoBatchPending", root, house, touches, c, proof, number)
        # The same proof again, over a set of its own: the root is another one by now.
        chain.close(5)
        chain.publish(chain.rounds[-1].prices)
        refused("InvalidProof", root, house, touches, c, proof, len(chain.rounds))
        chain.closed = None
        return gas

    chain.settle_batch = checked  # type: ignore[method-assign, assignment]
    venue.run(2)
    venue.operator.close()


def test_a_run_of_requests(venue: OneProcess) -> None:
    chain, settle = venue.chain, venue.chain.settle_requests
    chain.queue.append(Request(Kind.WITHDRAW, 1, MICRO_USD))
    refused = partial(refuses, settle)

    def checked(root: int, house: Any, answers: Any, c: int, proof: Any) -> int:
        refused("InvalidProof", root + 1, house, answers, c, proof)
        refused("InvalidProof", root, house, [(answers[0][0], 1, 1), *answers[1:]], c, proof)
        refused("WrongLength", root, house, [], c, proof)
        refused("WrongLength", root, house, [*answers, *answers, *answers], c, proof)
        refused("InvalidPaid", root, house, [(1, *answers[0][1:]), *answers[1:]], c, proof)
        gas = settle(root, house, answers, c, proof)
        refused("Invalid|NoRequests|WrongLength", root, house, answers, c, proof)
        return gas

    chain.settle_requests = checked  # type: ignore[method-assign, assignment]
    venue.run(1)
    venue.operator.close()
    assert chain.credited == MICRO_USD
