"""Put a venue's contracts on a chain."""

from __future__ import annotations

from collections.abc import Sequence

from web3.contract import Contract

from undertow.chain.chain import Chain
from undertow.chain.deployment import Deployment
from undertow.chain.errors import ChainError
from undertow.crypto.babyjubjub import Point
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.params import Preset, VenueParams
from undertow.protocol.state import State

LOCAL_CHAINS = (31337, 1337)
MINIMUM_OPENING = 1_000_000
"""Micro-USD."""
MAX_AGE = 300
"""Seconds; the oracle takes no older report."""
MAX_DEVIATION = 100
"""Basis points between the signers' prices."""
MAX_JUMP = 1_000
"""Basis points from one round to the next within the period below."""
JUMP_PERIOD = 60
"""Seconds."""
GAMMA_X, DELTA_X = slice(6, 8), slice(10, 12)
"""Where a verifying key's words have their abscissas."""


def deploy(
    chain: Chain,
    preset: Preset,
    group: MarketGroup,
    operator_key: Point,
    signers: Sequence[str],
    keys: tuple[list[int], list[int]],
    key_origins: tuple[str, str],
) -> Deployment:
    """Deploy token, oracle, vault, verifiers and settlement from the operator's account.

    ``keys`` are the verifying keys of the batch and of the request circuit, and ``key_origins``
    where each is from, as its manifest says.

    Raises:
        ChainError: a development key is to go on a chain that is not local, the keys' origins
            differ, a key is one that nobody contributed to, or a call failed.
    """
    _check_keys(chain.chain_id, keys, key_origins)
    operator = chain.signer.address
    first_block = chain.web3.eth.block_number
    token = chain.deploy("TestToken")
    oracle = _oracle(chain, group.params, signers)
    verifiers = [chain.deploy("Groth16Verifier", key).address for key in keys]
    vault = chain.deploy("Vault", token.address, MINIMUM_OPENING)
    parts = (oracle.address, *verifiers, vault.address)
    settlement = chain.deploy(
        "Settlement",
        (
            *parts,
            operator,
            *operator_key,
            group.params.hash(),
            preset.slots,
            preset.requests,
            State().root(),
        ),
    )
    chain.send(vault.functions.initialize(settlement.address))
    return Deployment(
        chain_id=chain.chain_id,
        settlement=settlement.address,
        vault=vault.address,
        oracle=oracle.address,
        token=token.address,
        preset=preset.name,
        block=first_block,
        keys=key_origins[0],
        operator_key=operator_key,
        group=group,
    )


def _check_keys(
    chain_id: int, keys: tuple[list[int], list[int]], key_origins: tuple[str, str]
) -> None:
    if set(key_origins) != {"ceremony"} and chain_id not in LOCAL_CHAINS:
        raise ChainError(
            f"chain {chain_id} is not local: a development key would let anybody forge proofs; "
            "deploy with --ceremony"
        )
    if len(set(key_origins)) > 1:
        raise ChainError("one key is a ceremony's and one is not: adopt both circuits' keys")
    if any(key[GAMMA_X] == key[DELTA_X] for key in keys):
        raise ChainError("a key's gamma is its delta or minus it: anybody can forge proofs")


def _oracle(chain: Chain, params: VenueParams, signers: Sequence[str]) -> Contract:
    listed = sum(1 << i for i, market in enumerate(params.markets) if market is not None)
    bounds = (MAX_AGE, MAX_DEVIATION, MAX_JUMP, JUMP_PERIOD)
    ordered = sorted(signers, key=lambda address: int(address, 16))
    quorum = len(ordered) // 2 + 1
    return chain.deploy("Oracle", ordered, quorum, listed, bounds)
