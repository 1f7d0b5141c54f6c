"""Put a venue's contracts on a chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web3.contract import Contract

from undertow.chain.chain import Chain
from undertow.chain.deployment import Deployment
from undertow.chain.errors import ChainError
from undertow.chain.local import is_local
from undertow.chain.price_source import check_patience, check_source, listed_in, patience_for
from undertow.chain.terms import L1, Terms
from undertow.crypto.babyjubjub import Point
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.params import Preset
from undertow.protocol.state import genesis

MAX_DEVIATION = 100
"""Basis points between a signer's prices and the median."""
MAX_JUMP = 1_000
"""Basis points from one set's prices to the next ones within the period below."""
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
    """Addresses of the oracle's signers, 3f + 1 of them; 2f + 1 reports make a price."""
    keys: tuple[list[int], list[int], list[int]]
    """Verifying keys of the circuits of batches, of requests and of exits."""
    key_origins: tuple[str, str, str]
    """Where each is from, as its manifest says."""
    powers: tuple[str | None, str | None, str | None] = (None, None, None)
    """Hash of the powers of tau that each ceremony's key came from."""
    terms: Terms = L1
    token: str | None = None
    """The collateral, an ERC-20; None for a test token that anybody may mint."""
    price_source: str | None = None
    """A contract that gives prices; None for an oracle of the signers."""
    development: bool = False
    """Whether the chain counts as somebody's own, whatever its node says."""

    def check(self, chain: Chain) -> None:
        """Refuse what lets somebody forge proofs, make money, or know prices better, or is stuck.

        Raises:
            ChainError: a development key or a test token is to go on a chain that is not local, the
                keys' origins differ, nobody contributed to a key, or to powers of tau of which it
                names none, or the price source does not suit; see `price_source`.
            PerpetualError: a scenario is too small for the preset's price grid.
        """
        self.group.check_room(self.preset.grid)
        if any(key[GAMMA_X] == key[DELTA_X] for key in self.keys):
            raise ChainError("a key's gamma is its delta or minus it: anybody can forge proofs")
        if not (self.development or is_local(chain)):
            self._check_public(chain.chain_id)
        if len(set(self.key_origins)) > 1:
            raise ChainError("one key is a ceremony's and one is not: adopt all circuits' keys")
        if any(
            (origin == "ceremony") != (powers is not None)
            for origin, powers in zip(self.key_origins, self.powers, strict=True)
        ):
            raise ChainError("a ceremony's key, and no other, names its powers of tau")
        if self.price_source is None:
            check_patience(patience_for(self.terms), self.terms)
        else:
            check_source(chain, self.price_source, self.group.params, self.terms)

    def _check_public(self, chain_id: int) -> None:
        if set(self.key_origins) != {"ceremony"}:
            raise ChainError(
                f"chain {chain_id} is not local: a development key would let anybody forge proofs; "
                "deploy with --ceremony"
            )
        if self.token is None:
            raise ChainError(
                f"chain {chain_id} is not local: anybody could mint the test token; "
                "name the collateral with --token"
            )


def deploy(chain: Chain, plan: Plan) -> Deployment:
    """Deploy what is not given: token, oracle, vault, verifiers and settlement.

    Raises:
        ChainError: the plan is refused, there is no account to pay, or a call failed.
    """
    plan.check(chain)
    first_block = chain.block_number
    token = plan.token or chain.deploy("TestToken").address
    oracle = plan.price_source or _oracle(chain, plan).address
    verifiers = [chain.deploy("Groth16Verifier", key).address for key in plan.keys]
    terms = plan.terms
    minima = (terms.minimum_opening, terms.minimum_deposit, terms.minimum_withdrawal)
    vault = chain.deploy("Vault", token, minima, terms.request_fee_gas, terms.request_fee_wei)
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
        terms=terms,
    )


def _oracle(chain: Chain, plan: Plan) -> Contract:
    bounds = (MAX_DEVIATION, MAX_JUMP, JUMP_PERIOD, patience_for(plan.terms))
    ordered = sorted(plan.signers, key=lambda address: int(address, 16))
    return chain.deploy("Oracle", ordered, listed_in(plan.group.params), bounds)


def _settlement(chain: Chain, plan: Plan, parts: tuple[str, ...]) -> Contract:
    """Deploy the contract that names the others: oracle, both verifiers, vault and the operator."""
    sizes, terms = (plan.preset.slots, plan.preset.requests), plan.terms
    timing = (terms.interval, terms.lag, terms.gap, terms.window, terms.lapse_after)
    market_params_hash, root = plan.group.params.hash(), genesis(plan.preset.grid).root()
    clocks = (terms.batch_clock, terms.outer_clock, terms.request_clock, terms.unclean_clock)
    key = tuple(plan.operator_key)
    config = (*parts, *key, market_params_hash, *sizes, root, terms.request_cap, timing, clocks)
    return chain.deploy("Settlement", config)
