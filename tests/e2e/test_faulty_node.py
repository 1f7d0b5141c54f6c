"""A real venue behind a node that is ill, on a chain that is reorganised: nothing is lost or twice.

`pytest --full tests/e2e/test_faulty_node.py` runs all seeds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.e2e.faulty_node import faulty_node
from tests.e2e.trading import SPOT, check_traders, prices, submit
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.errors import ChainError
from undertow.protocol.units import Lots
from venue.local import SIGNERS, chain_key
from venue.running import LocalVenue

IN_SUITE = 2
SEEDS = [
    seed if seed < IN_SUITE else pytest.param(seed, marks=pytest.mark.full) for seed in range(10)
]


@pytest.mark.parametrize("seed", SEEDS)
def test_an_ill_node_loses_nothing_and_does_nothing_twice(venue: LocalVenue, seed: int) -> None:
    random = Random(seed)
    held = {a: account.positions[0] for a, account in venue.operator.state.accounts.items()}
    with faulty_node(venue.chain.url, seed) as (url, node):
        restart(venue, url)
        for _ in range(3):
            trader, lots = random.choice(venue.traders), random.randint(1, 9)
            submit(venue, trader, lots, SPOT + 50)
            held[trader.account] = Lots(held[trader.account] + lots)
            settle(venue)
            if random.random() < 0.5:
                reorganise(venue, 1)
                again(venue, held)
        node.rate = 0.0
        again(venue, held)
    assert node.met
    check_traders(venue)
    restart(venue, venue.chain.url)


def test_one_empty_answer_of_a_lagging_node_leads_to_no_close(venue: LocalVenue) -> None:
    with faulty_node(venue.chain.url, 1, rate=0.0) as (url, node):
        forward, empty = node._forward, list[dict[str, Any]]()

        def without_logs(asked: dict[str, Any]) -> Any:
            if asked["method"] == "eth_getLogs" and not empty:
                empty.append(asked)
                return node._no_logs(asked)
            return forward(asked)

        node._forward = without_logs  # type: ignore[method-assign]
        before = venue.operator.state.accounts[1].positions[0]
        venue.stop()
        submit(venue, venue.traders[0], 4, SPOT + 50)
        venue.parts = replace(venue.parts, checkpoints=None)
        restart(venue, url)
        settle(venue)
        assert empty
        venue.wait(
            "the notice", lambda: venue.operator.state.root() == venue.contracts.state_root()
        )
        assert venue.operator.state.accounts[1].positions[0] == before + 4
        check_traders(venue)
    restart(venue, venue.chain.url)


def restart(venue: LocalVenue, url: str) -> None:
    venue.restart(Contracts(Chain(url, chain_key(0)), venue.deployment))
    venue.wait("the start", lambda: venue.operator.state.root() == venue.contracts.state_root())


def settle(venue: LocalVenue) -> None:
    """Let the waiting orders' set be settled, however often the price has to be told."""
    batch = venue.contracts.batch_number() + 1
    spot = [prices(SPOT)] * SIGNERS
    venue.wait("the settlement", lambda: venue.contracts.batch_number() >= batch, prices=spot)


def reorganise(venue: LocalVenue, depth: int) -> None:
    """Put empty blocks into the place of the newest ones."""
    make: Callable[..., Any] = venue.chain.web3.provider.make_request
    make("anvil_reorg", [depth, []])


def again(venue: LocalVenue, held: dict[int, Lots]) -> None:
    """Wait until operator and chain agree on what traders hold."""

    def agreed() -> bool:
        if venue.contracts.view().unpriced() is not None:
            try:
                venue.publish([prices(SPOT)] * SIGNERS)
            except ChainError:
                return False
        found = {a: held_.positions[0] for a, held_ in venue.operator.state.accounts.items()}
        return found == held and venue.operator.state.root() == venue.contracts.state_root()

    venue.wait("the agreement", agreed)
