"""Everything that the operator works with: the venue's terms, its files and the world outside."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from matcher.journal import ClosedSet, Journal
from matcher.logged import LoggedOrders
from matcher.outcomes import Outcomes
from matcher.outside import Clock, JobProver, Proofs, VenueChain
from matcher.replica import Replica
from matcher.yardstick import EVERY_ACCOUNT, Moments, Yardstick
from prover.inputs import Committed
from undertow.chain.breakers import breakers_on
from undertow.chain.view import View
from undertow.crypto.eddsa import PrivateKey
from undertow.engine.batch import Batch, Decoy
from undertow.engine.choices import Choices
from undertow.protocol.authority import Authority
from undertow.protocol.breakers import Column, Row, holds_back
from undertow.protocol.house_salt import batch_salt, run_salt
from undertow.protocol.params import MarketParams, Preset
from undertow.protocol.units import MONEY_BITS, Money
from undertow.protocol.venue import Venue

STEPS_TO_CLOSE = 2
"""Grid points that pass, at the most as a rule, until a close is in a block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What stays the same while one operator runs."""

    preset: Preset
    params: MarketParams
    key: PrivateKey
    """The operator's: view keys and the salts that seal the house follow from it."""
    orders: LoggedOrders
    journal: Journal
    chain: VenueChain
    batch_prover: JobProver
    request_prover: JobProver
    proofs: Proofs
    clock: Clock
    outcomes: Outcomes
    band_bp: int
    """How far from the last price an order may be to get a slot, in 1/10,000."""
    stale_seconds: int | None = None
    """How far the newest block's time may be from this machine's clock; None: as far as it likes,
    on a chain that makes blocks on demand."""
    random: Random
    """Draws decoys, salts and ends of certificates: whoever foresees it sees through them."""

    def now(self, view: View) -> int:
        """Return seconds by chain and clock: a node that lies about its block is believed little.

        What is signed to hold until then is else good for ever, once the node leaves its block.
        """
        clock = self.clock.time_ms() // 1_000
        ahead = max(view.block.time - clock, 0)
        return clock + (ahead if self.stale_seconds is None else min(ahead, self.stale_seconds))

    @property
    def venue(self) -> Venue:
        """Where orders and statements are valid."""
        return self.chain.venue

    def yardstick(self, replica: Replica, view: View, opened: int = EVERY_ACCOUNT) -> Yardstick:
        """Return what measures the orders for the set that is closed next, by the replica's state.

        Accounts up to ``opened`` are open for good.
        """
        return replica.book.measure(
            replica.state,
            view.closed + 1,
            self.moments(view),
            self.params,
            self.band_bp,
            opened,
            self.preset.slots,
            holds_openings=holds_back(Row.OPEN, self.breakers(replica, view)),
        )

    def breakers(self, replica: Replica, view: View) -> frozenset[Column]:
        """Return what is on; of what is sealed nothing is asked, for the circuit enforces it."""
        state = replica.state
        jumped = replica.moved > self.params.jump
        return breakers_on(view, halted=state.halted, jumped_at=state.time if jumped else 0)

    def moments(self, view: View) -> Moments:
        """Return when the prices of a set can be of that is closed after a view."""
        terms, now = self.chain.terms, view.block.time
        return Moments(terms.grid(now), terms.grid(now + STEPS_TO_CLOSE * terms.interval))

    def run_salt(self, number: int, prev_state_root: int) -> int:
        """Return the salt of the state that a run leads to."""
        return run_salt(self.key.scalar, self.venue, number, prev_state_root)

    def committed(self, closed: ClosedSet) -> Committed:
        """Return a closed set with its orders; raises DivergedError."""
        signed = [
            self.orders.get(number) if authority is Authority.ORDER else None
            for authority, number in closed.slots
        ]
        slots = tuple(
            entry.order if entry else Decoy(number)
            for entry, (_, number) in zip(signed, closed.slots, strict=True)
        )
        waiting = {account: Money(amount << MONEY_BITS) for account, amount in closed.waiting}
        choices = Choices(waiting=waiting, draws=dict(enumerate(closed.draws)))
        return Committed(
            batch=Batch(slots=slots, lanes=closed.lanes, choices=choices),
            signatures=tuple(entry.signature if entry else None for entry in signed),
            salts=closed.salts,
            house_salt=batch_salt(self.key, self.venue, closed.batch, closed.parent),
        )

    def set_root(self, closed: ClosedSet) -> int:
        """Return what the chain commits of a closed set; raises DivergedError."""
        return self.committed(closed).root(self.venue, closed.batch)
