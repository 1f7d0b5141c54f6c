"""A signer signs for no moment that has not come, whatever its node says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from undertow.errors import UndertowError
from venue.command import report

CLOCK = 1_700_000_000


def told(seconds: int, chain_id: int, client: str) -> Any:
    """Return contracts whose chain says that it is so much later than the clock."""
    node = SimpleNamespace(ask=lambda method, arguments: client)
    chain = SimpleNamespace(time=CLOCK + seconds, chain_id=chain_id, node=node)
    return SimpleNamespace(chain=chain)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("venue.command.report.time.time", lambda: CLOCK + 0.5)


def test_a_node_moves_no_signer_into_the_future() -> None:
    for seconds in (-5, 0, 1, report.MOST_AHEAD):
        assert report._now(told(seconds, 1, "geth/")) == CLOCK
    with pytest.raises(
        UndertowError, match="2592000 s ahead of this machine's clock; set the clock"
    ):
        report._now(told(30 * 86_400, 1, "anvil/v1"))


def test_a_development_chain_may_be_ahead() -> None:
    assert report._now(told(30 * 86_400, 31337, "anvil/v1")) == CLOCK + 30 * 86_400
    assert report._now(told(-9, 31337, "anvil/v1")) == CLOCK
    with pytest.raises(UndertowError, match="ahead"):
        report._now(told(30 * 86_400, 31337, "geth/"))
