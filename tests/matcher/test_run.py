"""A matcher as a process: deaf to nothing, and gone without losing anybody's order."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matcher import run as running
from matcher.http import serve_http
from matcher.run import _run_until_told
from tests.matcher.faults import Faults
from tests.matcher.one_process import KEYS, OneProcess
from tests.strategies import NEVER
from undertow.chain.errors import WrongChainError
from undertow.client.client import Client, Trader
from undertow.client.errors import MatcherDownError
from undertow.engine.lots import lot_prices
from venue.command.options import stop_on_signal
from venue.markets import BTC, LOCAL_PARAMS

ORDERS = 253


@pytest.fixture
def venue(tmp_path: Path) -> Iterator[OneProcess]:
    made = OneProcess(tmp_path, 1, Faults())
    made.run(1)
    yield made
    made.operator.close()


@pytest.fixture
def told() -> Iterator[threading.Event]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield stop_on_signal()
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_a_termination_is_heard_while_a_prover_does_not_answer(
    venue: OneProcess, told: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LAST_STEP_SECONDS", 0.5)
    proving, never = threading.Event(), threading.Event()

    def prove(_: Any) -> Any:
        proving.set()
        never.wait()

    venue.operator.desk.batch_prover.prove = prove  # type: ignore[method-assign, assignment]
    venue._batches = 1_000

    def terminate() -> None:
        proving.wait(60)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=terminate, daemon=True).start()
    _run_until_told(venue.operator, told)
    assert proving.is_set()
    assert told.is_set()
    never.set()


def test_what_ends_the_loop_ends_the_process(venue: OneProcess, told: threading.Event) -> None:
    def view(known: Any = None) -> Any:
        raise WrongChainError("the chain's id", "1", "2")

    venue.chain.view = view  # type: ignore[method-assign]
    venue.operator._stale = True
    with pytest.raises(WrongChainError, match="1 here and 2 on the chain"):
        _run_until_told(venue.operator, told)


def test_a_restart_refuses_nobody_for_good(venue: OneProcess) -> None:
    """Every order that is sent around a restart is acknowledged in the end, as it was sealed."""
    operator, trader = venue.operator, venue.traders[0]
    info = None
    port = None
    refused: list[Exception] = []
    sent = 0

    def send_all() -> None:
        nonlocal sent
        at, key = operator.matcher.venue, KEYS.operator.public
        client = Client(f"http://127.0.0.1:{port}", at, key)
        maker = Trader(trader.key, trader.account, 900)
        assert info is not None
        for _ in range(ORDERS):
            envelope = maker.seal(maker.order(BTC.instrument, 1, limit, NEVER, fee_cap=400), info)
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                try:
                    client.submit(envelope, info)
                    break
                except MatcherDownError:
                    time.sleep(0.01)
                except Exception as error:
                    refused.append(error)
                    break
            sent += 1
        client.close()

    operator.recover()
    limit = lot_prices(operator.state.marks, LOCAL_PARAMS)[BTC.instrument]
    with serve_http(operator.matcher) as url:
        port = int(url.rsplit(":", 1)[1])
        client = Client(url, operator.matcher.venue, KEYS.operator.public)
        info = client.info()
        client.close()
        thread = threading.Thread(target=send_all)
        thread.start()
        while sent < 50:
            time.sleep(0.01)
    operator.close()
    venue.operator = operator = venue._born()
    first = operator.matcher.log.sequence
    with serve_http(operator.matcher, port=port):
        # As long as a restart reads the chain, nobody's account is known.
        time.sleep(0.5)
        assert operator.matcher.log.sequence == first
        operator.recover()
        thread.join(120)
    assert (sent, refused) == (ORDERS, [])
    tickets = {record.ticket for record in operator.matcher.log.records()}
    assert len(tickets) == operator.matcher.log.sequence >= ORDERS
    assert KEYS.envelope.public == info.envelope_key
