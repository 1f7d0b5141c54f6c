"""Whatever a node answers, to whichever question of whichever reader: data, or an error of ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chain.lies import ILL, LIES, LOG_LIES, Lie
from tests.chain.node import DEPLOYMENT
from tests.chain.venue_node import BATCHES, PAYER, venue_node
from undertow.chain import reporter, vault
from undertow.chain.chain import Chain
from undertow.chain.check import connect
from undertow.chain.contracts import Contracts
from undertow.chain.errors import (
    ChainError,
    ChainUnreachableError,
    RevertedError,
    WrongAnswerError,
)
from undertow.chain.local import is_local
from undertow.chain.settled import SettledBatch
from undertow.chain.withdrawals import ahead_of
from venue.bench.memory_node import served
from venue.local import chain_key


def _entries(contracts: Contracts) -> object:
    contracts.queue.forget()
    return contracts.entries(0, 2, contracts.view())


READERS: dict[str, Callable[[Contracts], object]] = {
    "connect": lambda c: connect(c.chain, DEPLOYMENT),
    "view": lambda c: c.view(),
    "history": lambda c: list(c.history()),
    "block": lambda c: c.block(20),
    "base fee": lambda c: c.chain.base_fee(),
    "root": lambda c: c.state_root(),
    "batches": lambda c: c.batch_number(),
    "key": lambda c: c.operator_key(),
    "pending": lambda c: c.pending(),
    "local": lambda c: is_local(c.chain),
    "requests": lambda c: _entries(c),
    "withdrawal": lambda c: ahead_of(c, 1),
    "moment": lambda c: reporter.moment(c, 2_000),
    "signer": lambda c: reporter.is_signer(c, int(PAYER, 16)),
    "send": lambda c: vault.deposit(c, 1, 5),  # type: ignore[arg-type]
}


NAMES = (
    *("number", "hash", "timestamp", "topics", "data", "blockNumber", "logIndex"),
    *("code", "message", "error"),
)


class Liar:
    """A node that lies to one method's questions, or to all."""

    def __init__(self) -> None:
        self.node = venue_node()
        self.lie: Lie | None = None
        self.method: str | None = None
        self.asked: list[str] = []

    def answer(self, asked: dict[str, Any]) -> tuple[int, bytes] | None:
        self.asked.append(asked["method"])
        if self.lie is None or self.method not in (None, asked["method"]):
            return self.node.answer(asked)
        try:
            result = self.node.result(asked["method"], asked["params"])
        except LookupError:
            result = "0x1"
        return self.lie(asked, result)

    @contextmanager
    def lying(self, lie: Lie, method: str | None = None) -> Iterator[None]:
        self.lie, self.method = lie, method
        try:
            yield
        finally:
            self.lie = self.method = None


@pytest.fixture(scope="module")
def liar() -> Liar:
    return Liar()


@pytest.fixture(scope="module")
def url(liar: Liar) -> Iterator[str]:
    with served(liar.answer) as address:
        yield address


@pytest.fixture(scope="module")
def contracts(url: str) -> Contracts:
    chain = Chain(url, chain_key(0))
    assert chain.chain_id == DEPLOYMENT.chain_id
    return Contracts(chain, DEPLOYMENT)


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("undertow.chain.sender.PATIENCE_SECONDS", 0.0)


@pytest.mark.parametrize("lie", [*ILL.values(), *LIES.values()], ids=[*ILL, *LIES])
def test_every_reader_survives_every_answer(liar: Liar, contracts: Contracts, lie: Lie) -> None:
    with liar.lying(lie):
        for reader in READERS.values():
            survive(lambda: reader(contracts))  # noqa: B023
    for method in ("eth_chainId", "eth_getBlockByNumber", "eth_getLogs", "eth_call"):
        with liar.lying(lie, method):
            survive(lambda: list(contracts.history()))


@pytest.mark.parametrize("lie", ILL.values(), ids=list(ILL))
def test_an_ill_node_gives_no_data(liar: Liar, contracts: Contracts, lie: Lie) -> None:
    with liar.lying(lie), pytest.raises((ChainUnreachableError, RevertedError)) as caught:
        contracts.view()
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("lie", LOG_LIES.values(), ids=list(LOG_LIES))
def test_a_lie_in_the_logs_is_named(liar: Liar, contracts: Contracts, lie: Lie) -> None:
    with liar.lying(lie, "eth_getLogs"), pytest.raises(WrongAnswerError, match="name another"):
        list(contracts.history())


def test_logs_in_another_order_are_put_in_order(liar: Liar, contracts: Contracts) -> None:
    honest = list(contracts.history())
    with liar.lying(_reversed, "eth_getLogs"):
        assert list(contracts.history()) == honest
    assert [s.number for s in honest if isinstance(s, SettledBatch)] == [*range(1, BATCHES + 1)]


def _reversed(asked: dict[str, Any], result: Any) -> tuple[int, bytes]:
    answer = {"jsonrpc": "2.0", "id": asked["id"], "result": result[::-1]}
    return 200, json.dumps(answer).encode()


CHAIN = Chain("http://127.0.0.1:9", chain_key(0))


@given(st.data())
def test_any_json_is_survived(data: st.DataObject) -> None:
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    hexes = st.integers(0, 1 << 300).map(hex)
    values = st.recursive(
        scalars | hexes,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=6)
        ),
        max_leaves=12,
    )
    CHAIN.__dict__["chain_id"] = DEPLOYMENT.chain_id
    CHAIN.node._post = lambda method, content: _drawn(data, values, content)  # type: ignore[method-assign]
    reader = data.draw(st.sampled_from(list(READERS.values())))
    survive(lambda: reader(Contracts(CHAIN, DEPLOYMENT)))


def _drawn(
    data: st.DataObject, values: st.SearchStrategy[Any], content: bytes
) -> tuple[int, bytes]:
    asked = json.loads(content)
    questions = asked if isinstance(asked, list) else [asked]
    places = st.sampled_from(["result", "error"])
    said = [
        {"jsonrpc": "2.0", "id": one["id"], data.draw(places): data.draw(values)}
        for one in questions
    ]
    body = said if isinstance(asked, list) else said[0]
    return data.draw(st.sampled_from([200, 200, 200, 400, 500])), json.dumps(body).encode()


def survive(read: Callable[[], object]) -> None:
    with suppress(ChainError):
        read()
