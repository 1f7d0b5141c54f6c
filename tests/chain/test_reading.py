"""Ranges that adapt, one pinned block, what must not be missing, another chain, no look-up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.chain.node import DEPLOYMENT
from tests.chain.venue_node import HEAD, TRADER, venue_node
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.errors import (
    ChainUnreachableError,
    ReorganisedError,
    WrongAnswerError,
    WrongChainError,
)
from undertow.chain.history import own_events
from undertow.chain.settled import SettledRequests
from undertow.chain.view import Reached
from venue.bench.memory_node import MemoryNode, served


class Counting:
    """A node whose logs come in narrow ranges, and which may change under its reader."""

    def __init__(self) -> None:
        self.node = venue_node()
        self.widest = 10**9
        self.most = 10**9
        self.ranges: list[tuple[int, int, bool]] = []
        self.after: dict[str, Any] = {}
        """What happens once a method was answered."""

    def answer(self, asked: dict[str, Any]) -> tuple[int, bytes] | None:
        answer = self.node.answer(asked)
        if asked["method"] == "eth_getLogs":
            fields = asked["params"][0]
            first, last = int(fields["fromBlock"], 16), int(fields["toBlock"], 16)
            found = len(json.loads(answer[1])["result"])
            fits = last - first < self.widest and found <= self.most
            self.ranges.append((first, last, fits))
            if not fits:
                error = {"code": -32005, "message": "query returned more than 1 results"}
                body = {"jsonrpc": "2.0", "id": asked["id"], "error": error}
                answer = (200, json.dumps(body).encode())
        if asked["method"] in self.after:
            self.after.pop(asked["method"])()
        return answer


@pytest.fixture
def node() -> Counting:
    return Counting()


@pytest.fixture
def contracts(node: Counting) -> Iterator[Contracts]:
    with served(node.answer) as url:
        yield Contracts(Chain(url), DEPLOYMENT)


def test_a_range_that_is_too_wide_is_halved_and_grows_back(
    node: Counting, contracts: Contracts
) -> None:
    whole = list(contracts.history())
    assert len(node.ranges) == 1
    node.ranges.clear()
    node.most = 1
    assert list(contracts.history()) == whole
    answered = [(first, last) for first, last, fits in node.ranges if fits]
    assert [first for first, _ in answered[1:]] == [last + 1 for _, last in answered[:-1]]
    assert (answered[0][0], answered[-1][1]) == (DEPLOYMENT.block, HEAD)
    widths = [last - first + 1 for first, last in answered]
    assert min(widths) < max(widths)


def test_a_node_of_one_block_at_a_time_is_enough(node: Counting, contracts: Contracts) -> None:
    whole = list(contracts.history())
    node.widest = 1
    seen: list[tuple[int, int]] = []
    assert list(contracts.history(lambda *done: seen.append(done))) == whole
    assert seen[-1] == (HEAD - DEPLOYMENT.block + 1,) * 2
    node.most = 0
    with pytest.raises(ChainUnreachableError, match="of one block"):
        list(contracts.history())


def test_a_request_from_before_what_is_read_is_found(node: Counting, contracts: Contracts) -> None:
    view = contracts.view()
    (run, *_) = contracts.settlements(Reached(15, 0, 0), view)
    assert isinstance(run, SettledRequests)
    assert run.requests[0].owner == TRADER.public
    assert [s.number for s in contracts.settlements(Reached(41, 1, 1), view)] == [2, 3]
    later = Contracts(contracts.chain, replace(DEPLOYMENT, block=11))
    with pytest.raises(WrongAnswerError, match="leaves out events: RequestQueued 0"):
        later.settlements(Reached(15, 0, 0), view)


def test_events_that_end_at_another_root_are_no_history(
    node: Counting, contracts: Contracts
) -> None:
    node.node.put("Settlement", DEPLOYMENT.settlement, "stateRoot", [5])
    with pytest.raises(WrongAnswerError, match="another root"):
        list(contracts.history())


@pytest.mark.parametrize(("settled", "closed"), [(3, 1 << 63), (1 << 40, 1 << 40)])
def test_a_number_beyond_measure_fills_no_memory(
    node: Counting, contracts: Contracts, settled: int, closed: int
) -> None:
    node.node.put("Settlement", DEPLOYMENT.settlement, "batchesSettled", [settled])
    node.node.put("Settlement", DEPLOYMENT.settlement, "batchesClosed", [closed])
    with pytest.raises(WrongAnswerError, match=r"sets closed|leaves out"):
        list(contracts.history())


def test_an_empty_answer_is_not_an_empty_account(node: Counting, contracts: Contracts) -> None:
    node.node._blocks.clear()
    with pytest.raises(WrongAnswerError, match="leaves out"):
        own_events(contracts, 1, TRADER)


@pytest.mark.parametrize("method", ["eth_call", "eth_getLogs"])
def test_a_chain_that_changes_under_its_reader_is_noticed(
    node: Counting, contracts: Contracts, method: str
) -> None:
    def reorganise() -> None:
        node.node.forked, node.node.branch = HEAD - 1, 1

    node.after[method] = reorganise
    with pytest.raises(ReorganisedError):
        list(contracts.history())
    assert list(contracts.history())


def test_a_node_that_is_moved_to_another_chain_is_named(
    node: Counting, contracts: Contracts
) -> None:
    contracts.view()
    node.node.chain_id = 1
    with pytest.raises(WrongChainError, match="31337 here and 1 on the chain; name a node"):
        contracts.view()


def test_an_unknown_block_is_none_and_another_one_a_lie(
    node: Counting, contracts: Contracts
) -> None:
    assert contracts.block(HEAD + 1) is None
    found = contracts.block(HEAD)
    assert found is not None
    assert found == contracts.chain.newest()
    other: MemoryNode = node.node
    other._block = lambda number: MemoryNode._block(other, 1)  # type: ignore[method-assign]
    with pytest.raises(WrongAnswerError, match="block 1 for block 60"):
        contracts.block(HEAD)


def test_a_node_does_not_choose_whom_we_ask(node: Counting, contracts: Contracts) -> None:
    """EIP-3668: a contract's error may name an address to fetch an answer from."""
    from tests.chain.lies import OFFCHAIN, _error

    fetched: list[dict[str, Any]] = []
    with served(fetched.append) as elsewhere:
        lie = _error(3, "execution reverted", OFFCHAIN + elsewhere.encode().hex())
        contracts.chain.node._post = lambda method, content: lie(json.loads(content), None)  # type: ignore[method-assign, assignment, return-value]
        with pytest.raises(Exception, match="revert"):
            contracts.state_root()
    assert fetched == []
