"""What a batch of 64 slots costs on chain, without proving 64 orders.

The contracts and the verifier's equation are those of a venue of that size. The key is of a small
circuit with as many public signals, which any words satisfy: the chain sees no difference, and what
it costs to verify does not depend on the circuit's size. Everything else is as wide as real words.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random

from eth_account import Account

from prover import toolchain
from prover.artifacts import DEV_SEED, circuit_names
from prover.backends import BACKENDS, default_backend
from prover.groth16 import setup_key, verifying_key
from prover.manifest import DEV
from prover.proof import Proof
from prover.r1cs import constraint_count
from undertow.chain import compiled
from undertow.chain.anvil import Anvil
from undertow.chain.chain import Chain
from undertow.chain.contracts import Close, Contracts
from undertow.chain.deploy import Plan, deploy
from undertow.chain.terms import LOCAL
from undertow.crypto.field import R
from undertow.protocol.params import LARGE
from undertow.protocol.prices import marks_of
from undertow.protocol.sheet import UNDERLYINGS
from undertow.protocol.statement import BatchHouse, Touch, settle_words
from undertow.protocol.units import ACCOUNT_WIDTH, MICRO_USD, MicroUsd
from undertow.protocol.words import Signals, signals
from venue.bench import circuit
from venue.local import OPERATOR, SIGNERS, chain_key
from venue.markets import LOCAL_GROUP
from venue.running import publish

CONSTRAINTS = 60
BUILD = toolchain.ROOT / "build" / "circuits"
"""Where circuits are compiled, deployed ones too."""
PRICES = LOCAL_GROUP.prices(MicroUsd(78_000 * MICRO_USD))
ACCRUED = (MicroUsd(0),) * UNDERLYINGS


class AnyWords:
    """A key of which every statement has a proof."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        zkey = folder / "circuit.zkey"
        setup_key(circuit.write(CONSTRAINTS, folder).r1cs, zkey, DEV_SEED, lambda stage: None)
        self.verifying_key = verifying_key(zkey)
        self._backend = BACKENDS[default_backend()](zkey)

    def prove(self, public: Signals) -> Proof:
        """Return a proof that shows these signals."""
        witness = circuit.write(CONSTRAINTS, self._folder, public=public).wtns
        return self._backend.prove(witness.read_bytes())


@dataclass(slots=True)
class _Venue:
    contracts: Contracts
    key: AnyWords
    random: Random

    def close(self) -> Close:
        """Return the close of a set that follows what the chain has."""
        view = self.contracts.view()
        return Close(
            set_root=self.random.randrange(R),
            number=view.closed + 1,
            parent=view.last_id,
            not_after=view.block.time + 3600,
        )

    def price(self) -> None:
        """Give the oldest set without a price one."""
        signers = [chain_key(1 + number) for number in range(SIGNERS)]
        publish(self.contracts, signers, [PRICES] * len(signers))

    def settle(self, following: Close | None) -> int:
        """Settle the oldest set; return the gas."""
        contracts, draw = self.contracts, self.random.randrange
        pending = contracts.pending()
        assert pending is not None
        assert pending.round is not None
        house, root = BatchHouse(sealed=draw(R), accruals=ACCRUED, clean=1), draw(R)
        touches = [
            Touch(draw(1 << ACCOUNT_WIDTH), draw(R), draw(R), draw(R)) for _ in range(LARGE.slots)
        ]
        public = signals(
            settle_words(
                contracts.venue,
                pending.number,
                (contracts.state_root(), root),
                pending.set_root,
                marks_of(pending.round.prices, pending.round.halted),
                pending.round.time,
                LOCAL_GROUP.params.hash(),
                house,
                touches,
            )
        )
        proof = self.key.prove(public)
        return contracts.settle_batch(root, house, touches, public.c, proof.words, following)


def constraints() -> dict[str, int]:
    """Return the constraints of each of 64 slots where the large circuit is built, else nothing.

    To compile it takes minutes, and no key of it is needed for the rest of the bench.
    """
    name, *_ = circuit_names(LARGE)
    found = toolchain.compiled(toolchain.ROOT / "circuits" / f"{name}.circom", BUILD)
    if found is None:
        return {}
    return {"constraints_per_slot_64": constraint_count(found.r1cs) // LARGE.slots}


def measure() -> dict[str, int]:
    """Return the gas of a settlement that closes the next set, and of each of its 64 orders.

    No word of storage is written for the first time, as on a venue that has run for a while.
    """
    compiled.build()
    with Anvil() as anvil, tempfile.TemporaryDirectory(prefix="undertow-") as folder:
        venue = _venue(anvil.url, AnyWords(Path(folder)))
        venue.contracts.close(venue.close())
        for _ in range(2):
            venue.price()
            gas = venue.settle(venue.close())
        return {"settle_gas_64": gas, "gas_per_order_64": gas // LARGE.slots}


def _venue(url: str, key: AnyWords) -> _Venue:
    operator = Chain(url, chain_key(0))
    plan = Plan(
        preset=LARGE,
        group=LOCAL_GROUP,
        operator_key=OPERATOR.public,
        signers=[Account.from_key(chain_key(1 + number)).address for number in range(SIGNERS)],
        keys=(key.verifying_key,) * 3,
        key_origins=(DEV,) * 3,
        terms=LOCAL,
    )
    return _Venue(Contracts(operator, deploy(operator, plan)), key, Random(1))
