"""A venue on a real chain that the engine plays: all that it publishes is what the rules give.

The proofs of its settlements are of a key that any words satisfy, so no batch is proved. What
leaves it afterwards is proved with the deployed exit circuit, against the contracts as they are
deployed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from eth_account import Account as ChainAccount

from prover.artifacts import build, circuit_names
from prover.groth16 import verifying_key
from prover.inputs import batch_house
from prover.manifest import DEV
from undertow.chain import vault
from undertow.chain.chain import Chain
from undertow.chain.contracts import Close, Contracts
from undertow.chain.deploy import Plan, deploy
from undertow.chain.queue_entry import Entry
from undertow.chain.terms import LOCAL
from undertow.crypto.eddsa import PrivateKey
from undertow.crypto.field import R
from undertow.engine.batch import Action, Batch
from undertow.engine.requests import serve
from undertow.engine.transition import transition
from undertow.protocol.params import MINIMAL
from undertow.protocol.prices import marks_of
from undertow.protocol.request import Request
from undertow.protocol.state import State, genesis
from undertow.protocol.statement import (
    Answered,
    RequestsHouse,
    Served,
    request_words,
    settle_words,
)
from undertow.protocol.units import MICRO_USD, MicroUsd
from undertow.protocol.words import signals
from venue.bench.large import AnyWords
from venue.local import OPERATOR, SIGNERS, chain_key
from venue.markets import LOCAL_GROUP
from venue.running import publish

PARAMS = LOCAL_GROUP.params


def key_of(account: int) -> PrivateKey:
    """Return the key of an account's owner."""
    return PrivateKey.from_seed(seed_of(account))


def seed_of(account: int) -> bytes:
    """Return the seed of that key."""
    return (b"leaver %d" % account).ljust(32, b".")


@dataclass(slots=True)
class Played:
    """The venue; its operator is gone as soon as nothing here is called."""

    contracts: Contracts
    key: AnyWords
    state: State = field(default_factory=lambda: genesis(MINIMAL.grid))
    runs: int = 0
    random: Random = field(default_factory=lambda: Random(3))

    @classmethod
    def deployed(cls, url: str, key: AnyWords) -> Played:
        """Deploy one with the exit circuit's own key."""
        exits = verifying_key(build(circuit_names(MINIMAL)[2], lambda text: None).zkey)
        chain = Chain(url, chain_key(0))
        plan = Plan(
            preset=MINIMAL,
            group=LOCAL_GROUP,
            operator_key=OPERATOR.public,
            signers=[ChainAccount.from_key(chain_key(1 + i)).address for i in range(SIGNERS)],
            keys=(key.verifying_key, key.verifying_key, exits),
            key_origins=(DEV,) * 3,
            terms=LOCAL,
        )
        return cls(Contracts(chain, deploy(chain, plan)), key)

    def sender(self, number: int) -> Contracts:
        """Return the contracts for another account of the chain."""
        url = self.contracts.chain.url
        return Contracts(Chain(url, chain_key(SIGNERS + 1 + number)), self.contracts.deployment)

    def fund(self, number: int, dollars: int, *, house: bool = False) -> None:
        """Open the account of this number from an address of its own, or give to the house."""
        contracts, amount = self.sender(number), MicroUsd(dollars * MICRO_USD)
        vault.mint(contracts, amount)
        vault.allow(contracts, amount)
        if house:
            vault.deposit_to_house(contracts, amount)
        else:
            vault.open_account(contracts, key_of(number).public, amount)

    def serve(self) -> None:
        """Serve all that waits."""
        while (view := self.contracts.view()).waiting:
            end = min(view.taken + MINIMAL.requests, view.queued)
            entries = self.contracts.entries(view.taken, end, view)
            self._run([entry.request for entry in entries], (view.taken, entries))

    def _run(self, requests: list[Request], entries: tuple[int, list[Entry]]) -> None:
        before, salt = self.state, self.random.randrange(R)
        self.state, answers = serve(
            before, requests, MINIMAL.requests, PARAMS, OPERATOR.scalar, salt
        )
        self.runs += 1
        house = RequestsHouse(sealed=self.state.sealed())
        public = signals(
            request_words(
                self.contracts.venue,
                self.runs,
                (before.root(), self.state.root()),
                OPERATOR.public,
                PARAMS.hash(),
                house,
                [
                    Served(a.request.word(), a.request.key, a.paid, a.leaf(), a.ciphertext())
                    for a in answers
                ],
            )
        )
        answered = [Answered(a.paid, a.leaf(), a.ciphertext()) for a in answers[: len(requests)]]
        proof = self.key.prove(public).words
        root = self.state.root()
        self.contracts.settle_requests(root, house, answered, public.c, proof, entries)

    def settle(self, dollars: int, *actions: Action) -> None:
        """Close a set, give it its price and settle its batch."""
        contracts, view = self.contracts, self.contracts.view()
        set_root = self.random.randrange(R)
        contracts.close(
            Close(
                set_root=set_root,
                number=view.closed + 1,
                parent=view.last_id,
                not_after=view.block.time + 3600,
            )
        )
        prices = LOCAL_GROUP.prices(MicroUsd(dollars * MICRO_USD))
        keys = [chain_key(1 + number) for number in range(SIGNERS)]
        publish(contracts, keys, [prices] * len(keys))
        pending = contracts.pending()
        assert pending is not None
        assert pending.round is not None
        before, salt, now = self.state, self.random.randrange(R), pending.round
        batch = Batch(slots=actions, lanes=(0,))
        done = transition(before, batch, now.prices, now.time, PARAMS, salt, now.halted)
        self.state, house = done.state, batch_house(done)
        touches = [slot.touch() for slot in done.slots]
        words = settle_words(
            contracts.venue,
            pending.number,
            (before.root(), self.state.root()),
            set_root,
            marks_of(now.prices, now.halted),
            now.time,
            PARAMS.hash(),
            house,
            touches,
        )
        public = signals(words)
        proof = self.key.prove(public).words
        contracts.settle_batch(self.state.root(), house, touches, public.c, proof)

    def pass_time(self, seconds: int) -> None:
        """Let so much time pass on the chain."""
        chain = self.contracts.chain
        for method, values in (
            ("evm_setNextBlockTimestamp", [chain.time + seconds]),
            ("evm_mine", []),
        ):
            chain.node.ask(method, values)
