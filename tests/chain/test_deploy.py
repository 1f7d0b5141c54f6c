"""What is refused before anything is deployed: keys, tokens and prices that somebody can use."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from undertow.chain.anvil import Anvil
from undertow.chain.chain import Chain
from undertow.chain.deploy import Plan, check_deviation
from undertow.chain.errors import ChainError, WrongAnswerError
from undertow.chain.local import is_local
from undertow.crypto.babyjubjub import BASE8
from undertow.protocol.params import MINIMAL
from venue.local import chain_key
from venue.markets import LOCAL_GROUP, LOCAL_PARAMS

KEY = list(range(22))
PLAN = Plan(
    preset=MINIMAL,
    group=LOCAL_GROUP,
    operator_key=BASE8,
    signers=[],
    keys=(KEY, KEY),
    key_origins=("ceremony", "ceremony"),
    powers=("0" * 128, "1" * 128),
    token="0x" + "70" * 20,
)


def node(chain_id: int, client: str | None) -> Any:
    def ask(method: str, params: list[Any]) -> str:
        if client is None:
            raise WrongAnswerError("knows no such method")
        return client

    return SimpleNamespace(chain_id=chain_id, node=SimpleNamespace(ask=ask))


@pytest.mark.parametrize(
    ("chain_id", "client", "local"),
    [
        (31337, "anvil/v1.5.0", True),
        (1337, "HardhatNetwork/2.22.1/@ethereumjs/vm/1.0.0", True),
        (1337, "Geth/v1.16.0-stable", False),
        (31337, None, False),
        (31337, "Geth/anvil/", False),
        (1, "anvil/v1.5.0", False),
    ],
)
def test_a_chain_is_local_by_its_id_and_its_node(
    chain_id: int, client: str | None, local: bool
) -> None:
    chain = node(chain_id, client)
    assert is_local(chain) == local
    development = replace(PLAN, key_origins=("dev", "dev"), powers=(None, None), token=None)
    replace(development, development=True).check(chain)
    PLAN.check(chain)
    if local:
        development.check(chain)
        return
    with pytest.raises(ChainError, match="development key would let anybody forge"):
        development.check(chain)
    with pytest.raises(ChainError, match="anybody could mint the test token"):
        replace(PLAN, token=None).check(chain)


def test_a_price_source_that_moves_by_more_than_a_trade_costs_is_refused() -> None:
    with Anvil(accounts=1) as anvil:
        chain = Chain(anvil.url, chain_key(0))
        feed = (chain.signer.address, 0, 3_600, 1)
        for deviation, refused in ((50, True), (1, True)):
            adapter = chain.deploy("AggregatorAdapter", [feed], deviation).address
            with pytest.raises(ChainError, match="everybody would know better"):
                check_deviation(chain, adapter, LOCAL_PARAMS)
            dear = replace(LOCAL_PARAMS, taker_fee=10_000, maker_fee=10_000)
            if deviation == 50:
                check_deviation(chain, adapter, dear)
            assert refused
        with pytest.raises(ChainError):
            check_deviation(chain, "0x" + "11" * 20, LOCAL_PARAMS)
