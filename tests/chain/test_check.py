"""A deployment is used only where the chain says what it says; else both are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from tests.chain.node import DEPLOYMENT, KEYS, OPERATOR, VERIFIERS, Node, running
from undertow.chain.chain import Chain
from undertow.chain.check import check_keys, check_operator, connect
from undertow.chain.errors import (
    ChainUnreachableError,
    MismatchError,
    WrongChainError,
    WrongContractError,
    WrongKeyError,
    WrongOperatorError,
    WrongParamsError,
)
from undertow.chain.terms import OF_SETTLEMENT, OF_VAULT
from undertow.crypto.babyjubjub import BASE8
from undertow.protocol.market import PricingParams
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.sheet import RiskParams

SETTLEMENT, VAULT = DEPLOYMENT.settlement, DEPLOYMENT.vault
PARAMS = DEPLOYMENT.group.params


@pytest.fixture
def node() -> Iterator[Node]:
    with running() as serving:
        yield serving


def test_what_the_chain_confirms_is_used(node: Node) -> None:
    contracts = connect(Chain(node.url), DEPLOYMENT)
    assert contracts.deployment is DEPLOYMENT
    check_operator(contracts, OPERATOR.public)


assert PARAMS.funding[0] is not None
RULE = PARAMS.funding[0]


def _changed(part: type[PricingParams] | type[RiskParams], name: str) -> tuple[object, ...]:
    """Return one kind of parameters, with one of the first market's changed."""
    old = PARAMS.markets if part is PricingParams else PARAMS.risks
    assert old[0] is not None
    # A lot of twice the units is half as many of them to a BTC.
    step = {"units": PARAMS.market(0).units, "depth_max": -1}.get(name, 1)
    return (replace(old[0], **{name: getattr(old[0], name) + step}), *old[1:])


CHANGES: dict[str, dict[str, Any]] = {
    **{f.name: {"markets": _changed(PricingParams, f.name)} for f in fields(PricingParams)},
    **{f.name: {"risks": _changed(RiskParams, f.name)} for f in fields(RiskParams)},
    "shock": {"risks": tuple(one and replace(one, shock=13) for one in PARAMS.risks)},
    "dead_zone": {"funding": (replace(RULE, dead_zone=RULE.dead_zone + 1), None)},
    **{
        name: {name: getattr(PARAMS, name) + 1}
        for name in ("taker_fee", "maker_fee", "profit_cap", "jump")
    },
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_parameter_is_refused_with_both_hashes(node: Node, name: str) -> None:
    params = replace(PARAMS, **CHANGES[name])
    first, *others = DEPLOYMENT.group.perpetuals
    if name == "units":
        first = replace(first, lots_per_unit=first.lots_per_unit // 2)
    group = MarketGroup(params=params, perpetuals=(first, *others))
    tampered = replace(DEPLOYMENT, group=group)
    with pytest.raises(WrongParamsError) as caught:
        connect(Chain(node.url), tampered)
    error = caught.value
    assert (error.expected, error.found) == (f"{params.hash():#066x}", f"{PARAMS.hash():#066x}")
    assert f"{error.expected} here and {error.found} on the chain; do not use" in str(error)


@pytest.mark.parametrize(
    ("contract", "name", "kind"),
    [
        (SETTLEMENT, "MARKET_PARAMS_HASH", WrongParamsError),
        (SETTLEMENT, "VAULT", WrongContractError),
        (SETTLEMENT, "PRICE_SOURCE", WrongContractError),
        (VAULT, "TOKEN", WrongContractError),
        (SETTLEMENT, "SLOTS", WrongContractError),
        (SETTLEMENT, "REQUESTS", WrongContractError),
        *((SETTLEMENT, name.upper(), WrongContractError) for name in OF_SETTLEMENT),
        *((VAULT, name.upper(), WrongContractError) for name in OF_VAULT),
        (SETTLEMENT, "OPERATOR_KEY_X", WrongOperatorError),
        (SETTLEMENT, "OPERATOR_KEY_Y", WrongOperatorError),
    ],
)
def test_each_getter_is_compared(
    node: Node, contract: str, name: str, kind: type[MismatchError]
) -> None:
    node.words[contract, name] += 1
    with pytest.raises(kind, match=r" here and .* on the chain; "):
        connect(Chain(node.url), DEPLOYMENT)
    del node.words[contract, name]
    with pytest.raises(WrongContractError, match=f"one with {name} here and none such on the"):
        connect(Chain(node.url), DEPLOYMENT)


def test_another_chain_is_refused_before_anything_is_read(node: Node) -> None:
    node.chain_id = 1
    node.words.clear()
    with pytest.raises(WrongChainError, match="is 31337 here and 1 on the chain; name a node"):
        connect(Chain(node.url), DEPLOYMENT)


def test_another_operators_key_is_refused(node: Node) -> None:
    contracts = connect(Chain(node.url), DEPLOYMENT)
    with pytest.raises(WrongOperatorError, match=f"{BASE8.x:#066x}.*{OPERATOR.public.x:#066x}"):
        check_operator(contracts, BASE8)


def test_another_verifying_key_is_named(node: Node) -> None:
    contracts = connect(Chain(node.url), DEPLOYMENT)
    check_keys(contracts, KEYS)
    for name, address in VERIFIERS.items():
        for at in (0, 21):
            node.keys[address][at] += 100
            with pytest.raises(WrongKeyError, match=f"the verifying key of {name} is .* here and"):
                check_keys(contracts, KEYS)
            node.keys[address][at] -= 100
    # Those of the two circuits exchanged.
    node.keys = dict(zip(node.keys, reversed(list(node.keys.values())), strict=True))
    with pytest.raises(WrongKeyError, match="BATCH_VERIFIER"):
        check_keys(contracts, KEYS)
    node.keys.clear()
    with pytest.raises(WrongContractError, match="one with verifyingKey here and none such"):
        check_keys(contracts, KEYS)


def test_silence_is_no_agreement() -> None:
    with pytest.raises(ChainUnreachableError):
        connect(Chain("http://127.0.0.1:9"), DEPLOYMENT)
