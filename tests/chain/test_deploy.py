"""What is refused before anything is deployed: keys and tokens that somebody can use."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from undertow.chain.deploy import Plan
from undertow.chain.errors import ChainError, WrongAnswerError
from undertow.chain.local import is_local
from undertow.chain.terms import L1
from undertow.crypto.babyjubjub import BASE8
from undertow.protocol.params import MINIMAL
from venue.markets import LOCAL_GROUP

KEY = list(range(22))
PLAN = Plan(
    preset=MINIMAL,
    group=LOCAL_GROUP,
    operator_key=BASE8,
    signers=[],
    keys=(KEY, KEY, KEY),
    key_origins=("ceremony",) * 3,
    powers=("0" * 128, "1" * 128, "2" * 128),
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
    development = replace(PLAN, key_origins=("dev",) * 3, powers=(None,) * 3, token=None)
    replace(development, development=True).check(chain)
    PLAN.check(chain)
    if local:
        development.check(chain)
        return
    with pytest.raises(ChainError, match="development key would let anybody forge"):
        development.check(chain)
    with pytest.raises(ChainError, match="anybody could mint the test token"):
        replace(PLAN, token=None).check(chain)


@pytest.mark.parametrize(("blocks", "stuck"), [(0, True), (1, True), (2, False), (3, False)])
def test_an_oracle_whose_patience_fills_the_window_is_not_deployed(
    blocks: int, stuck: bool
) -> None:
    plan = replace(PLAN, terms=replace(L1, window=blocks * L1.interval))
    if not stuck:
        plan.check(node(1, None))
        return
    with pytest.raises(ChainError, match="never a price"):
        plan.check(node(1, None))
