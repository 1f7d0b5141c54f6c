"""Deploy a venue, and the addresses that its parts need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from undertow.chain.chain import Chain
from undertow.chain.errors import ChainError
from undertow.crypto.babyjubjub import Point
from undertow.protocol.params import Preset, VenueParams
from undertow.protocol.state import State
from undertow.protocol.venue import Venue

LOCAL_CHAINS = (31337, 1337)
MINIMUM_OPENING = 1_000_000
MAX_AGE = 300
MAX_DEVIATION = 100
MAX_JUMP = 1_000
JUMP_PERIOD = 60
GAMMA_X, DELTA_X = slice(6, 8), slice(10, 12)
"""Where a verifying key's words have their abscissas."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Addresses of one venue."""

    chain_id: int
    settlement: str
    vault: str
    oracle: str
    token: str
    preset: str
    block: int
    """The first block to read events from."""
    keys: str
    """Where the proving keys are from, `dev` or `ceremony`."""

    @property
    def venue(self) -> Venue:
        """The venue's name."""
        return Venue.at(self.chain_id, self.settlement)

    def save(self, path: Path) -> None:
        """Write the deployment as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Deployment:
        """Read a deployment; raises ChainError."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ChainError(
                f"{path} is no deployment ({error}); name what `undertow deploy` wrote"
            ) from error


def deploy(
    chain: Chain,
    preset: Preset,
    params: VenueParams,
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
    chain_id = chain.chain_id
    if set(key_origins) != {"ceremony"} and chain_id not in LOCAL_CHAINS:
        raise ChainError(
            f"chain {chain_id} is not local: a development key would let anybody forge proofs; "
            "deploy with --ceremony"
        )
    if len(set(key_origins)) > 1:
        raise ChainError("one key is a ceremony's and one is not: adopt both circuits' keys")
    if any(key[GAMMA_X] == key[DELTA_X] for key in keys):
        raise ChainError("a key's gamma is its delta or minus it: anybody can forge proofs")
    if chain.account is None:
        raise ChainError("a deployment needs a key to sign with")
    first_block = chain.web3.eth.block_number
    token = chain.deploy("TestToken")
    listed = sum(1 << i for i, market in enumerate(params.markets) if market is not None)
    bounds = (MAX_AGE, MAX_DEVIATION, MAX_JUMP, JUMP_PERIOD)
    ordered = sorted(signers, key=lambda address: int(address, 16))
    quorum = len(ordered) // 2 + 1
    oracle = chain.deploy("Oracle", ordered, quorum, listed, bounds)
    verifiers = [chain.deploy("Groth16Verifier", key).address for key in keys]
    vault = chain.deploy("Vault", token.address, MINIMUM_OPENING)
    settlement = chain.deploy(
        "Settlement",
        (
            oracle.address,
            *verifiers,
            vault.address,
            chain.account.address,
            operator_key.x,
            operator_key.y,
            params.hash(),
            preset.slots,
            preset.requests,
            State().root(),
        ),
    )
    chain.send(vault.functions.initialize(settlement.address))
    return Deployment(
        chain_id=chain_id,
        settlement=settlement.address,
        vault=vault.address,
        oracle=oracle.address,
        token=token.address,
        preset=preset.name,
        keys=key_origins[0],
        block=first_block,
    )
