"""Routes of the matcher; decisions are in `intake`, records in `store`."""

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
from starlette.requests import ClientDisconnect

from matcher.errors import JournalError, LogError
from matcher.health import STARTING, Fault
from matcher.intake import Code, Refused, View, decide
from matcher.order_states import Condition, OrderState
from matcher.records import Record
from matcher.settled import Notice, Settled
from matcher.store import OrderLog
from undertow.protocol.envelope import ENVELOPE_BYTES, EnvelopePrivateKey
from undertow.protocol.receipt import ciphertext_hash, sign_receipt
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
_STATUS = {Code.OVERSIZED: 413, Code.WRONG_KEY_ID: 409, Code.UNKNOWN_ACCOUNT: 404}


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

    def status(self) -> dict[str, int | str]:
        """Return what a client must know before it sends an order."""
        public, fault = self.envelope_key.public, self.fault()
        return {
            "chainId": self.venue.chain_id,
            "contract": self.venue.address,
            "batchNumber": self.view.batch_number if self.view else 0,
            "phase": self.phase(),
            "trouble": fault.code if fault else "",
            "sequence": self.log.sequence,
            "logHead": self.log.head.hex(),
            "envelopeBytes": ENVELOPE_BYTES,
            "epoch": public.epoch,
            "keyId": public.key_id.hex(),
            "envelopeKey": public.raw.hex(),
            "receiptKey": self.receipt_key.public_key().public_bytes_raw().hex(),
            "keysSignature": self.keys_signature.hex(),
        }


def create_app(matcher: Matcher) -> FastAPI:
    """Return the HTTP service over `matcher`."""
    app = FastAPI(title="Undertow matcher", docs_url=None, redoc_url=None, openapi_url=None)
    registry = CollectorRegistry()
    answers = Counter("undertow_orders", "Answers to POST /orders", ["code"], registry=registry)
    size = Gauge("undertow_log_records", "Records in the order log", registry=registry)
    size.set_function(lambda: matcher.log.sequence)
    _route_orders(app, matcher, answers)
    _route_states(app, matcher)
    _route_batches(app, matcher)
    _route_health(app, matcher, registry)
    return app


def _route_orders(app: FastAPI, matcher: Matcher, answers: Counter) -> None:
    @app.exception_handler(LogError)
    @app.exception_handler(JournalError)
    async def files_error(_: Request, __: Exception) -> Response:
        answers.labels("LOG_UNAVAILABLE").inc()
        return _error(503, "LOG_UNAVAILABLE", "the order log does not answer; ask again")

    @app.exception_handler(ClientDisconnect)
    async def hung_up(_: Request, __: Exception) -> Response:
        # Nobody reads this: who sent half an envelope is gone.
        return Response(status_code=400)

    @app.post("/orders")
    async def post_order(request: Request) -> Response:
        answer = await _answer(matcher, await _read(request))
        if isinstance(answer, Record):
            answers.labels("ACCEPTED").inc()
            return JSONResponse(matcher.receipt(answer))
        answers.labels(answer.code).inc()
        status = 503 if isinstance(answer, Fault) else _STATUS.get(answer.code, 422)
        return _error(status, answer.code, answer.message)

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
    async def status() -> dict[str, int | str]:
        return matcher.status()

    @app.get("/health")
    async def health() -> Response:
        fault = await log_fault() or matcher.fault()
        return _unable(fault) if fault else JSONResponse({"status": "ok"})

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _answer(matcher: Matcher, body: bytes | None) -> Record | Refused | Fault:
    """Return the record of an envelope, or why there is none; raises LogError."""
    if body is None:
        return Refused(Code.OVERSIZED)
    if matcher.view is None:
        return STARTING
    # Under a millisecond with the native core: a thread would wait longer for its turn.
    decision = decide(body, matcher.envelope_key, matcher.venue, matcher.view)
    if isinstance(decision, Refused):
        # What was recorded stays so, though it may be stale by now.
        return matcher.log.find(ciphertext_hash(body)) or decision
    appended = matcher.log.append(body, matcher.clock_ms(), decision.ticket)
    return await asyncio.wrap_future(appended)


async def _read(request: Request) -> bytes | None:
    """Return the body, or None as soon as it is longer than an envelope."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > ENVELOPE_BYTES:
            return None
    return bytes(body)


def _unable(fault: Fault) -> JSONResponse:
    return _error(503, fault.code, fault.message)


def _error(status: int, code: str, message: str) -> JSONResponse:
    headers = {"retry-after": "1"} if status == 503 else None
    return JSONResponse({"code": code, "message": message}, status_code=status, headers=headers)
