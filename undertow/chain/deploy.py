"""Put a venue's contracts on a chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web3.contract import Contract

from undertow.chain.chain import Chain
from undertow.chain.deployment import Deployment
from undertow.chain.errors import ChainError
from undertow.crypto.babyjubjub import Point
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.params import Preset
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be deployed."""

    preset: Preset
    group: MarketGroup
    operator_key: Point
    signers: Sequence[str]
    """Addresses of the oracle's signers; more than half of them make a round."""
    keys: tuple[list[int], list[int]]
    """Verifying keys of the batch circuit and of the request circuit."""
    key_origins: tuple[str, str]
    """Where each is from, as its manifest says."""
    powers: tuple[str | None, str | None] = (None, None)
    """Hash of the powers of tau that each ceremony's key came from."""

    def check(self, chain_id: int) -> None:
        """Refuse keys that somebody could forge proofs under.

        Raises:
            ChainError: a development key is to go on a chain that is not local, the keys' origins
                differ, or nobody contributed to a key, or to powers of tau of which it names none.
        """
        if set(self.key_origins) != {"ceremony"} and chain_id not in LOCAL_CHAINS:
            raise ChainError(
                f"chain {chain_id} is not local: a development key would let anybody forge proofs; "
                "deploy with --ceremony"
            )
        if len(set(self.key_origins)) > 1:
            raise ChainError("one key is a ceremony's and one is not: adopt both circuits' keys")
        if any(
            (origin == "ceremony") != (powers is not None)
            for origin, powers in zip(self.key_origins, self.powers, strict=True)
        ):
            raise ChainError("a ceremony's key, and no other, names its powers of tau")
        if any(key[GAMMA_X] == key[DELTA_X] for key in self.keys):
            raise ChainError("a key's gamma is its delta or minus it: anybody can forge proofs")


def deploy(chain: Chain, plan: Plan) -> Deployment:
    """Deploy token, oracle, vault, verifiers and settlement from the operator's account.

    Raises:
        ChainError: the plan's keys are refused, there is no account to pay, or a call failed.
    """
    plan.check(chain.chain_id)
    first_block = chain.block_number
    token = chain.deploy("TestToken").address
    oracle = _oracle(chain, plan).address
    verifiers = [chain.deploy("Groth16Verifier", key).address for key in plan.keys]
    vault = chain.deploy("Vault", token, MINIMUM_OPENING)
    parts = (oracle, *verifiers, vault.address, chain.signer.address)
    settlement = _settlement(chain, plan, parts).address
    chain.send(vault.functions.initialize(settlement))
    return Deployment(
        chain_id=chain.chain_id,
        settlement=settlement,
        vault=vault.address,
        oracle=oracle,
        token=token,
        preset=plan.preset.name,
        block=first_block,
        keys=plan.key_origins[0],
        powers=plan.powers,
        operator_key=plan.operator_key,
        group=plan.group,
    )


def _oracle(chain: Chain, plan: Plan) -> Contract:
    markets = enumerate(plan.group.params.markets)
    listed = sum(1 << i for i, market in markets if market is not None)
    bounds = (MAX_AGE, MAX_DEVIATION, MAX_JUMP, JUMP_PERIOD)
    ordered = sorted(plan.signers, key=lambda address: int(address, 16))
    quorum = len(ordered) // 2 + 1
    return chain.deploy("Oracle", ordered, quorum, listed, bounds)


def _settlement(chain: Chain, plan: Plan, parts: tuple[str, ...]) -> Contract:
    """Deploy the contract that names the others: oracle, both verifiers, vault and the operator."""
    sizes = (plan.preset.slots, plan.preset.requests)
    market_params_hash = plan.group.params.hash()
    config = (*parts, *plan.operator_key, market_params_hash, *sizes, State().root())
    return chain.deploy("Settlement", config)
