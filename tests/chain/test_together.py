"""A new block costs two round trips; a node that is not to be asked several things is asked one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.chain.node import DEPLOYMENT
from tests.chain.venue_node import venue_node
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.errors import ReorganisedError, WrongChainError
from undertow.chain.node import APART
from undertow.chain.view import MOST_PENDING, View
from venue.bench.memory_node import Whole, each, served_whole

WORDS = 9
"""Getters of a view, but for the sets that wait."""
Said = list[dict[str, Any]]
Lie = Callable[[Said], Any]


class Counting:
    """A node that may lie to what is asked together, and keeps each round trip's questions."""

    def __init__(self) -> None:
        self.node = venue_node()
        self.honest = each(self.node.answer)
        self.trips: list[list[str]] = []
        self.together: Whole | None = None

    def answer(self, asked: Any) -> tuple[int, bytes] | None:
        many = isinstance(asked, list)
        self.trips.append([one["method"] for one in (asked if many else [asked])])
        answer = self.together if many and self.together else self.honest
        return answer(asked)

    def lie(self, change: Lie) -> None:
        def changed(asked: Any) -> tuple[int, bytes] | None:
            answer = self.honest(asked)
            assert answer is not None
            return 200, json.dumps(change(json.loads(answer[1]))).encode()

        self.together = changed

    def sizes(self) -> list[int]:
        """Return how many questions each round trip had, and forget them."""
        sizes = [len(trip) for trip in self.trips]
        self.trips.clear()
        return sizes


@pytest.fixture
def node() -> Counting:
    return Counting()


@pytest.fixture
def contracts(node: Counting) -> Iterator[Contracts]:
    with served_whole(node.answer) as url:
        chain = Chain(url)
        assert chain.chain_id == DEPLOYMENT.chain_id
        node.trips.clear()
        yield Contracts(chain, DEPLOYMENT)


def _mined(node: Counting, view: View) -> None:
    """Mine a block in which nothing happens."""
    node.node.head = view.block.number + 1


def test_a_new_block_costs_two_round_trips(node: Counting, contracts: Contracts) -> None:
    first = contracts.view()
    # The id of the chain, the getters; then the set that waits, of which nothing was known.
    assert node.sizes() == [1, 1 + WORDS, 1 + 2]
    assert contracts.view(first) is first
    assert node.sizes() == [1]
    _mined(node, first)
    later = contracts.view(first)
    # With the set that waits, and the one that may have been closed since.
    assert node.sizes() == [1, 1 + WORDS + 4]
    assert later == replace(first, block=later.block)
    assert later.block.number == first.block.number + 1
    node.node.branch, node.node.forked = 1, later.block.number - 1
    again = contracts.view(later)
    assert (again.block.number, again.block != later.block) == (later.block.number, True)
    assert node.sizes() == [1, 1 + WORDS + 4]


def test_sets_that_nobody_thought_of_are_asked_for(node: Counting, contracts: Contracts) -> None:
    known = contracts.view()
    last = known.batches + MOST_PENDING
    node.node.put("Settlement", DEPLOYMENT.settlement, "batchesClosed", [last])
    for number in range(known.closed + 1, last + 1):
        values = (70 + number, 1_000 + number, 1, 2, 990)
        node.node.put("Settlement", DEPLOYMENT.settlement, "set", [values], [number])
        node.node.put("Settlement", DEPLOYMENT.settlement, "price", [0, 0], [number])
    _mined(node, known)
    node.sizes()
    view = contracts.view(known)
    assert [one.number for one in view.pending] == [*range(known.batches + 1, last + 1)]
    assert [one.grid for one in view.pending] == [1_000 + one.number for one in view.pending]
    assert node.sizes() == [1, 1 + WORDS + 4, 1 + 2 * (MOST_PENDING - 2)]


def _swap(said: Said, change: dict[str, Any], at: int = 3) -> Said:
    kept = {name: value for name, value in said[at].items() if name in ("jsonrpc", "id")}
    return [*said[:at], {**kept, **change}, *said[at + 1 :]]


LIES: dict[str, Lie] = {
    "nothing": lambda said: [],
    "null": lambda said: None,
    "no list": lambda said: {str(one["id"]): one for one in said},
    "no such request": lambda said: {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": -32600, "message": "Invalid Request"},
    },
    "one missing": lambda said: said[:-1],
    "one too many": lambda said: [*said, {**said[0], "id": 10**9}],
    "one twice": lambda said: [*said, said[0]],
    "one in another's place": lambda said: [*said[:-1], said[0]],
    "one of another number": lambda said: [*said[:-1], {**said[-1], "id": 10**9}],
    "numbers as texts": lambda said: [{**one, "id": str(one["id"])} for one in said],
    "numbers as floats": lambda said: [{**one, "id": float(one["id"])} for one in said],
    "numbers that have no hash": lambda said: [{**one, "id": [one["id"]]} for one in said],
    "no numbers": lambda said: [{"result": one["result"]} for one in said],
    "no objects": lambda said: [one["result"] for one in said],
    "too many at once": lambda said: _swap(said, {"error": {"code": -32005, "message": "limit"}}),
    "no blocks by hash": lambda said: _swap(said, {"error": {"code": -32602, "message": "hash"}}),
    "a refusal by a contract": lambda said: _swap(
        said, {"error": {"code": 3, "message": "execution reverted"}}
    ),
    "a refusal of a set": lambda said: (
        said
        if len(said) > WORDS + 1
        else _swap(said, {"error": {"code": 3, "message": "revert"}}, 1)
    ),
    "neither result nor error": lambda said: _swap(said, {}),
    "no contract": lambda said: _swap(said, {"result": "0x"}),
    "a short word": lambda said: _swap(said, {"result": "0x01"}),
    "no hex": lambda said: _swap(said, {"result": 7}),
    "a number too large": lambda said: _swap(said, {"result": "0x" + "ff" * 32}, 1),
}
WHOLE: dict[str, Whole] = {
    "HTTP 403": lambda asked: (403, b"no batches"),
    "HTTP 413": lambda asked: (413, b""),
    "HTTP 429": lambda asked: (429, b"slow down"),
    "HTTP 500": lambda asked: (500, b"<html>"),
    "HTTP 200 with HTML": lambda asked: (200, b"<html>"),
    "half an answer": lambda asked: (200, b'[{"jsonrpc": "2.0", "id": 1, "resu'),
    "a deep answer": lambda asked: (200, b"[" * 100_000),
    "a dropped connection": lambda asked: None,
    "a single answer": lambda asked: (200, b'{"jsonrpc": "2.0", "id": 1, "result": "0x1"}'),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=list(LIES))
def test_a_lie_to_many_questions_costs_round_trips_alone(
    node: Counting, contracts: Contracts, lie: Lie
) -> None:
    honest = contracts.view()
    node.lie(lie)
    node.sizes()
    assert contracts.view() == honest
    assert node.sizes()[-(1 + WORDS + 2 + 1) :] == [1] * (1 + WORDS + 2 + 1)


@pytest.mark.parametrize("whole", WHOLE.values(), ids=list(WHOLE))
def test_a_node_that_takes_no_batches_is_asked_one_by_one(
    node: Counting, contracts: Contracts, whole: Whole
) -> None:
    honest = contracts.view()
    node.together = whole
    node.sizes()
    for _ in range(1 + APART):
        assert contracts.view() == honest
    sizes = node.sizes()
    assert [size for size in sizes if size > 1] == [1 + WORDS]
    node.together = None
    assert contracts.view() == honest
    assert node.sizes() == [1, 1 + WORDS, 1 + 2]


def test_answers_in_another_order_are_told_apart(node: Counting, contracts: Contracts) -> None:
    honest = contracts.view()
    node.sizes()
    node.lie(lambda said: said[::-1])
    assert contracts.view() == honest
    assert node.sizes() == [1, 1 + WORDS, 1 + 2]


def test_another_chain_is_named_from_many_answers(node: Counting, contracts: Contracts) -> None:
    view = contracts.view()
    _mined(node, view)
    node.node.chain_id = 1
    node.sizes()
    with pytest.raises(WrongChainError, match="31337 here and 1 on the chain"):
        contracts.view(view)
    assert node.sizes() == [1, 1 + WORDS + 4]


def test_nothing_is_read_of_a_block_that_is_no_longer_the_chains(
    node: Counting, contracts: Contracts
) -> None:
    def reorganised(asked: Any) -> tuple[int, bytes] | None:
        node.node.branch, node.node.forked = 1, node.node.head - 1
        return node.honest(asked)

    node.together = reorganised
    with pytest.raises(ReorganisedError):
        contracts.view()


def test_a_number_with_no_successor_ends_nobody(node: Counting, contracts: Contracts) -> None:
    for name in ("batchesSettled", "batchesClosed"):
        node.node.put("Settlement", DEPLOYMENT.settlement, name, [2**64 - 1])
    view = contracts.view()
    _mined(node, view)
    assert contracts.view(view).batches == view.batches
