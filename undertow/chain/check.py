"""A deployment file against the chain: what it says, the contracts have to say too.

1. The node is of the deployment's chain.
2. The settlement settles the parameters of the file.
3. Vault, oracle and token are those that the settlement works with.
4. The settlement's sizes are the preset's, its times and the vault's amounts the file's.
5. Its operator's key is the file's.
6. Its verifiers' keys are those of a build of one's own (`check_keys`), for whoever has one.

Absent on purpose: the code itself, which has to be compared with a build of one's own, and what no
contract knows: the markets' names, units and lots per unit, and the first block to read events
from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from web3.contract import Contract

from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.deployment import Deployment
from undertow.chain.errors import (
    NoContractError,
    RevertedError,
    WrongChainError,
    WrongContractError,
    WrongKeyError,
    WrongOperatorError,
    WrongParamsError,
)
from undertow.chain.reading import reachable
from undertow.chain.terms import OF_SETTLEMENT, OF_VAULT
from undertow.crypto.babyjubjub import Point
from undertow.protocol.params import PRESETS, Preset

VERIFIERS = ("BATCH_VERIFIER", "REQUEST_VERIFIER")
"""The settlement's getters of the verifiers of batches and of runs of requests."""
EXIT_VERIFIER = "EXIT_VERIFIER"
"""The same of exits."""


def connect(chain: Chain, deployment: Deployment, queue: Path | None = None) -> Contracts:
    """Return a deployment's contracts once the chain agrees with it; see the top for the steps.

    Args:
        chain: the node and the key.
        deployment: what is compared.
        queue: the file of what was read of the vault's queue, None for none.

    Raises:
        MismatchError: they differ; the message has both.
        ChainUnreachableError: the node does not answer.
    """
    if chain.chain_id != deployment.chain_id:
        expected, found = str(deployment.chain_id), str(chain.chain_id)
        raise WrongChainError("the chain's id", expected, found)
    contracts = Contracts(chain, deployment, queue)
    _check_params(contracts.settlement, deployment.group.params.hash())
    _check_addresses(contracts)
    _check_sizes(contracts.settlement, PRESETS[deployment.preset])
    _check_terms(contracts)
    check_operator(contracts, deployment.operator_key)
    return contracts


def check_operator(contracts: Contracts, key: Point) -> None:
    """Compare an operator's key with the contract's; raises WrongOperatorError."""
    words = ("OPERATOR_KEY_X", "OPERATOR_KEY_Y")
    found = Point(*(_word(contracts.settlement, name) for name in words))
    if key != found:
        raise WrongOperatorError("the operator's key", _shown(key), _shown(found))


def check_keys(contracts: Contracts, keys: Mapping[str, Sequence[int]]) -> None:
    """Compare verifying keys with those that the settlement's verifiers hold.

    Args:
        contracts: where the settlement is.
        keys: a key's words by the verifier's getter, of `VERIFIERS` or `EXIT_VERIFIER`.

    Raises:
        WrongKeyError: a proof under the key at hand would be refused, or somebody else's taken.
    """
    for name, key in keys.items():
        address = str(_read(contracts.settlement, name))
        verifier = contracts.chain.contract("Groth16Verifier", address)
        found = [int(word) for word in _read(verifier, "verifyingKey")]
        if found != list(key):
            raise WrongKeyError(f"the verifying key of {name}", _short(key), _short(found))


def _short(key: Sequence[int]) -> str:
    return hashlib.sha256(b"".join(word.to_bytes(32, "big") for word in key)).hexdigest()


def _check_params(settlement: Contract, expected: int) -> None:
    found = _word(settlement, "MARKET_PARAMS_HASH")
    if found != expected:
        raise WrongParamsError("the parameters' hash", f"{expected:#066x}", f"{found:#066x}")


def _check_addresses(contracts: Contracts) -> None:
    file = contracts.deployment
    for what, expected, contract, name in (
        ("the vault", file.vault, contracts.settlement, "VAULT"),
        ("the oracle", file.oracle, contracts.settlement, "PRICE_SOURCE"),
        ("the token", file.token, contracts.vault, "TOKEN"),
    ):
        found = str(_read(contract, name))
        if found.lower() != expected.lower():
            raise WrongContractError(what, expected, found)


def _check_sizes(settlement: Contract, preset: Preset) -> None:
    for name, expected in (("SLOTS", preset.slots), ("REQUESTS", preset.requests)):
        found = _word(settlement, name)
        if found != expected:
            raise WrongContractError(f"{preset.name}'s {name}", str(expected), str(found))


def _check_terms(contracts: Contracts) -> None:
    of_settlement = [(contracts.settlement, name) for name in OF_SETTLEMENT]
    for contract, name in (*of_settlement, *((contracts.vault, name) for name in OF_VAULT)):
        expected, found = getattr(contracts.terms, name), _word(contract, name.upper())
        if found != expected:
            raise WrongContractError(name.replace("_", " "), str(expected), str(found))


def _word(contract: Contract, name: str) -> int:
    return int(_read(contract, name))


def _read(contract: Contract, name: str) -> Any:
    """Call a getter; an address without a contract that has it is not the venue's."""
    try:
        with reachable():
            return contract.functions[name]().call()
    except (NoContractError, RevertedError) as error:
        what = f"the contract at {contract.address}"
        raise WrongContractError(what, f"one with {name}", "none such") from error


def _shown(key: Point) -> str:
    return f"({key.x:#066x}, {key.y:#066x})"
