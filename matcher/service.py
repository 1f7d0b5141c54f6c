"""Routes of the matcher but for POST /orders (`front`); decisions are in `intake`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from matcher.bounded import Bounds
from matcher.errors import JournalError, LogError
from matcher.front import UNAVAILABLE, App, Front
from matcher.health import STARTING, Fault
from matcher.intake import View
from matcher.order_states import Condition, OrderState
from matcher.records import Record
from matcher.settled import Notice, Settled
from matcher.store import OrderLog
from undertow.protocol.envelope import ENVELOPE_BYTES, EnvelopePrivateKey
from undertow.protocol.receipt import sign_receipt
from undertow.protocol.venue import Venue

MOST_BATCHES = 1_000
"""In one answer; a reader asks on from the last one's number."""
MOST_STREAMS = 256
LIVING_SECONDS = 15.0
"""A stream without batches says so as often, so that a dead reader is noticed."""
STATE_BYTES = 256
"""Of every answer about an order: its length says nothing."""
LEAST_FREE_BYTES = 64 << 20
"""Room on the log's disk below which the matcher is not healthy."""
PROBE_SECONDS = 1.0
"""A log that failed is tried again at most as often, however many ask for its health."""


@dataclass(slots=True)
class Matcher:
    """What the routes work on; the operator replaces `view` after each batch."""

    venue: Venue
    envelope_key: EnvelopePrivateKey
    receipt_key: Ed25519PrivateKey
    log: OrderLog
    view: View | None
    """None until the loop has read the chain: before, nobody's account is known."""
    clock_ms: Callable[[], int]
    settled: Settled = field(default_factory=Settled)
    phase: Callable[[], str] = lambda: "intake only"
    fault: Callable[[], Fault | None] = lambda: None
    """Why the loop behind the service cannot do its work."""
    unclean_since: Callable[[], int] = lambda: 0
    """Seconds, of the prices since which no batch has said that all is clean; 0 where one has."""
    breakers: Callable[[], list[str]] = list
    """Which are on and what is still possible, in words."""
    order_state: Callable[[Record], OrderState] = lambda _: OrderState(condition=Condition.WAITING)
    least_free_bytes: int = LEAST_FREE_BYTES
    keys_signature: bytes = b""
    """The operator's, of both keys."""

    def receipt(self, record: Record) -> dict[str, int | str]:
        """Return the signed receipt of a durable record, the same each time."""
        return sign_receipt(
            self.receipt_key,
            self.venue,
            sequence=record.sequence,
            ciphertext_hash=record.ciphertext_hash,
            time_ms=record.time_ms,
        ).to_json()

    def status(self) -> dict[str, int | str | list[str]]:
        """Return what a client must know before it sends an order."""
        public, fault = self.envelope_key.public, self.fault()
        return {
            "chainId": self.venue.chain_id,
            "contract": self.venue.address,
            "batchNumber": self.view.batch_number if self.view else 0,
            "phase": self.phase(),
            "trouble": fault.code if fault else "",
            "uncleanSince": self.unclean_since(),
            "breakers": self.breakers(),
            "sequence": self.log.sequence,
            "logHead": self.log.head.hex(),
            "envelopeBytes": ENVELOPE_BYTES,
            "epoch": public.epoch,
            "keyId": public.key_id.hex(),
            "envelopeKey": public.raw.hex(),
            "receiptKey": self.receipt_key.public_key().public_bytes_raw().hex(),
            "keysSignature": self.keys_signature.hex(),
        }


def create_app(matcher: Matcher, bounds: Bounds | None = None) -> App:
    """Return the HTTP service over `matcher`; ``bounds`` are those of its connections."""
    app = FastAPI(title="Undertow matcher", docs_url=None, redoc_url=None, openapi_url=None)
    registry = CollectorRegistry()
    answers = Counter("undertow_orders", "Answers to POST /orders", ["code"], registry=registry)
    size = Gauge("undertow_log_records", "Records in the order log", registry=registry)
    size.set_function(lambda: matcher.log.sequence)
    _route_receipts(app, matcher, answers)
    _route_states(app, matcher)
    _route_batches(app, matcher)
    _route_health(app, matcher, registry)
    return Front(matcher, bounds or Bounds(), answers, app)


def _route_receipts(app: FastAPI, matcher: Matcher, answers: Counter) -> None:
    @app.exception_handler(LogError)
    @app.exception_handler(JournalError)
    async def files_error(_: Request, __: Exception) -> Response:
        answers.labels(UNAVAILABLE.code).inc()
        return _unable(UNAVAILABLE)

    @app.get("/receipts/{sequence}")
    async def get_receipt(sequence: str) -> Response:
        # Eighteen digits fit the log's 64-bit numbers.
        known = sequence.isascii() and sequence.isdigit() and len(sequence) <= 18
        record = matcher.log.get(int(sequence)) if known else None
        if record is None:
            return _error(404, "NO_RECEIPT", "no record has this sequence number")
        return JSONResponse(matcher.receipt(record))


def _route_states(app: FastAPI, matcher: Matcher) -> None:
    @app.get("/orders/{ticket}")
    async def get_order(ticket: str) -> Response:
        if matcher.view is None:
            return _unable(STARTING)
        record = matcher.log.with_ticket(ticket)
        state = OrderState(condition=Condition.UNKNOWN)
        if record is not None:
            state = matcher.order_state(record)
        text = json.dumps(state.to_json()).ljust(STATE_BYTES)
        return Response(text, media_type="application/json", headers={"cache-control": "no-store"})


def _route_batches(app: FastAPI, matcher: Matcher) -> None:
    @app.get("/batches")
    async def batches(after: int = 0) -> list[Notice]:
        return matcher.settled.after(after, MOST_BATCHES)

    @app.get("/batches/stream")
    async def stream(after: int = 0) -> Response:
        if matcher.settled.readers >= MOST_STREAMS:
            return _error(503, "BUSY", "enough others follow the batches; ask /batches instead")
        return StreamingResponse(_events(matcher.settled, after), media_type="text/event-stream")


async def _events(settled: Settled, after: int) -> AsyncIterator[str]:
    """Yield what is there and what comes; holds no more than one batch for its reader."""
    with settled.reading() as more:
        while not settled.ended:
            more.clear()
            while found := settled.after(after, 1):
                after = int(found[0]["batch"])
                yield f"id: {after}\nevent: batch\ndata: {json.dumps(found[0])}\n\n"
            try:
                await asyncio.wait_for(more.wait(), LIVING_SECONDS)
            except TimeoutError:
                yield ": nothing new\n\n"


def _route_health(app: FastAPI, matcher: Matcher, registry: CollectorRegistry) -> None:
    tried = 0.0

    async def log_fault() -> Fault | None:
        nonlocal tried
        now = asyncio.get_running_loop().time()
        if matcher.log.fault is not None and now - tried >= PROBE_SECONDS:
            tried = now
            await asyncio.wrap_future(matcher.log.probe())
        if matcher.log.running:
            return None
        return Fault("LOG_UNAVAILABLE", "the order log does not accept records")

    @app.get("/status")
    async def status() -> dict[str, int | str | list[str]]:
        return matcher.status()

    @app.get("/health")
    async def health() -> Response:
        fault = await log_fault() or matcher.fault()
        return _unable(fault) if fault else JSONResponse({"status": "ok"})

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _unable(fault: Fault) -> JSONResponse:
    return _error(503, fault.code, fault.message)


def _error(status: int, code: str, message: str) -> JSONResponse:
    headers = {"retry-after": "1"} if status == 503 else None
    return JSONResponse({"code": code, "message": message}, status_code=status, headers=headers)
