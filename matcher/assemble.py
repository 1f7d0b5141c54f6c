"""One matcher from its parts: intake over the order log, and the operator's loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matcher.ahead import Ahead
from matcher.checkpoint import Checkpoints
from matcher.close import IDLE_SECONDS, Linger
from matcher.desk import Desk
from matcher.follower import Follower
from matcher.health import fault_of
from matcher.journal import Journal
from matcher.logged import LoggedOrders
from matcher.loop import Operator
from matcher.openings import Openings
from matcher.outcomes import Outcomes
from matcher.outside import Clock, JobProver, Proofs, VenueChain
from matcher.pipeline import Pipeline
from matcher.proofs import ThreadProofs
from matcher.rhythm import Rhythm
from matcher.serve import REQUEST_LINGER_SECONDS, Serving
from matcher.service import Matcher
from matcher.store import OrderLog
from matcher.yardstick import BAND_BP
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.matcher_keys import sign_keys
from undertow.protocol.params import MarketParams, Preset


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a matcher signs and opens with."""

    operator: PrivateKey = field(repr=False)
    envelope: EnvelopePrivateKey
    receipt: Ed25519PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What differs between two matchers, the world outside included."""

    preset: Preset
    params: MarketParams
    keys: Keys
    log_path: Path
    journal_path: Path
    chain: VenueChain
    batch_prover: JobProver
    request_prover: JobProver
    clock: Clock
    random: Random
    linger_seconds: float
    request_linger_seconds: float = REQUEST_LINGER_SECONDS
    proofs: Proofs = field(default_factory=ThreadProofs)
    checkpoints: Path | None = None
    """Folder of the checkpoints; without one, every start replays all that was settled."""
    confirmations: int = 0
    """Blocks on top of one that no reorganisation undoes."""
    stale_seconds: int | None = None
    """How far the newest block's time may be from the clock; None where blocks come on demand."""
    idle_seconds: float = IDLE_SECONDS
    rhythm_seconds: float = 0.0
    """From close to close; 0 closes when something waits, which shows that it does."""
    quiet_seconds: float = 0.0
    """See `Rhythm`."""
    band_bp: int = BAND_BP


def assemble(parts: Parts, service: Matcher | None = None) -> Operator:
    """Open the files and return a loop that knows nothing yet, with the matcher it feeds.

    ``service`` is a matcher that is served already: it goes on with the log as it is read back.

    Raises:
        LogError: the order log cannot be used, or another matcher uses it.
        JournalError: the journal cannot be used.
    """
    log = OrderLog(parts.log_path, parts.chain.venue)
    try:
        desk = _desk(parts, log)
    except BaseException:
        log.close()
        raise
    matcher = service or Matcher(
        venue=parts.chain.venue,
        envelope_key=parts.keys.envelope,
        receipt_key=parts.keys.receipt,
        log=log,
        view=None,
        clock_ms=parts.clock.time_ms,
    )
    matcher.log = log
    public = parts.keys.receipt.public_key().public_bytes_raw()
    matcher.keys_signature = sign_keys(
        parts.keys.operator, parts.chain.venue, parts.keys.envelope.public, public
    )
    operator = Operator(
        matcher=matcher,
        desk=desk,
        follower=_follower(parts, desk, matcher),
        pipeline=_pipeline(parts, desk),
    )
    matcher.phase = lambda: operator.phase
    matcher.fault = lambda: fault_of(operator)
    matcher.unclean_since = lambda: operator.view.unclean_since if operator.view else 0
    matcher.breakers = lambda: operator.breakers
    matcher.order_state = operator.order_state
    return operator


def _pipeline(parts: Parts, desk: Desk) -> Pipeline:
    return Pipeline(
        desk=desk,
        ahead=Ahead(desk=desk),
        linger=Linger(parts.clock, parts.linger_seconds, parts.idle_seconds),
        serving=Serving(Linger(parts.clock, parts.request_linger_seconds)),
        rhythm=Rhythm(parts.clock, parts.rhythm_seconds, parts.quiet_seconds),
    )


def _follower(parts: Parts, desk: Desk, matcher: Matcher) -> Follower:
    checkpoints = None
    if parts.checkpoints is not None:
        checkpoints = Checkpoints(parts.checkpoints, parts.chain.venue, desk.orders)
    return Follower(desk, matcher.settled, checkpoints, Openings(parts.confirmations))


def _desk(parts: Parts, log: OrderLog) -> Desk:
    return Desk(
        preset=parts.preset,
        params=parts.params,
        key=parts.keys.operator,
        orders=LoggedOrders(log, parts.keys.envelope, parts.chain.venue),
        journal=Journal(parts.journal_path),
        outcomes=Outcomes(parts.journal_path),
        band_bp=parts.band_bp,
        chain=parts.chain,
        batch_prover=parts.batch_prover,
        request_prover=parts.request_prover,
        proofs=parts.proofs,
        clock=parts.clock,
        random=parts.random,
        stale_seconds=parts.stale_seconds,
    )
