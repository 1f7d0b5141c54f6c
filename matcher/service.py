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

from matcher.errors import LogError
from matcher.intake import Code, Refused, View, decide
from matcher.records import Record
from matcher.store import OrderLog
from undertow.protocol.envelope import ENVELOPE_BYTES, EnvelopePrivateKey
from undertow.protocol.receipt import ciphertext_hash, sign_receipt
from undertow.protocol.venue import Venue

_STREAM_SECONDS = 0.2
_STATUS = {Code.OVERSIZED: 413, Code.WRONG_KEY_ID: 409, Code.UNKNOWN_ACCOUNT: 404}


Notice = dict[str, int | str]
"""A settled batch's number, state root and price time."""


def notice(batch: int, root: int, price_time: int) -> Notice:
    """Return a settled batch as `/batches` lists it."""
    return {"batch": batch, "root": f"{root:#066x}", "priceTime": price_time}


@dataclass(slots=True)
class Matcher:
    """What the routes work on; the operator replaces `view` after each batch."""

    venue: Venue
    envelope_key: EnvelopePrivateKey
    receipt_key: Ed25519PrivateKey
    log: OrderLog
    view: View
    clock_ms: Callable[[], int]
    settled: list[Notice] = field(default_factory=list)
    """Every settled batch, oldest first."""
    phase: Callable[[], str] = lambda: "intake only"
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
        public = self.envelope_key.public
        return {
            "chainId": self.venue.chain_id,
            "contract": self.venue.address,
            "batchNumber": self.view.batch_number,
            "phase": self.phase(),
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
    app = FastAPI(title="Undertow matcher", docs_url=None, redoc_url=None)
    registry = CollectorRegistry()
    answers = Counter("undertow_orders", "Answers to POST /orders", ["code"], registry=registry)
    size = Gauge("undertow_log_records", "Records in the order log", registry=registry)
    size.set_function(lambda: matcher.log.sequence)
    _route_orders(app, matcher, answers)
    _route_batches(app, matcher)
    _route_health(app, matcher, registry)
    return app


def _route_orders(app: FastAPI, matcher: Matcher, answers: Counter) -> None:
    @app.exception_handler(LogError)
    async def log_error(_: Request, __: Exception) -> Response:
        answers.labels("LOG_UNAVAILABLE").inc()
        return _error(503, "LOG_UNAVAILABLE", "the order log does not answer; ask again")

    @app.post("/orders")
    async def post_order(request: Request) -> Response:
        answer = await _answer(matcher, await _read(request))
        answers.labels(answer.code if isinstance(answer, Refused) else "ACCEPTED").inc()
        if isinstance(answer, Refused):
            return _error(_STATUS.get(answer.code, 422), answer.code, answer.message)
        return JSONResponse(matcher.receipt(answer))

    @app.get("/receipts/{sequence}")
    async def get_receipt(sequence: str) -> Response:
        # Eighteen digits fit the log's 64-bit numbers.
        known = sequence.isascii() and sequence.isdigit() and len(sequence) <= 18
        record = matcher.log.get(int(sequence)) if known else None
        if record is None:
            return _error(404, "NO_RECEIPT", "no record has this sequence number")
        return JSONResponse(matcher.receipt(record))


def _route_batches(app: FastAPI, matcher: Matcher) -> None:
    @app.get("/batches")
    async def batches(after: int = 0) -> list[Notice]:
        return [batch for batch in matcher.settled if int(batch["batch"]) > after]

    @app.get("/batches/stream")
    async def stream(request: Request, after: int = 0) -> StreamingResponse:
        async def events() -> AsyncIterator[str]:
            sent = after
            while not await request.is_disconnected():
                for batch in [b for b in matcher.settled if int(b["batch"]) > sent]:
                    sent = int(batch["batch"])
                    yield f"id: {sent}\nevent: batch\ndata: {json.dumps(batch)}\n\n"
                await asyncio.sleep(_STREAM_SECONDS)

        return StreamingResponse(events(), media_type="text/event-stream")


def _route_health(app: FastAPI, matcher: Matcher, registry: CollectorRegistry) -> None:
    @app.get("/status")
    async def status() -> dict[str, int | str]:
        return matcher.status()

    @app.get("/health")
    async def health() -> Response:
        if not matcher.log.running:
            return _error(503, "LOG_UNAVAILABLE", "the order log does not accept records")
        return JSONResponse({"status": "ok"})

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _answer(matcher: Matcher, body: bytes | None) -> Record | Refused:
    """Return the record of an envelope, or why it is refused; raises LogError."""
    if body is None:
        return Refused(Code.OVERSIZED)
    # Under a millisecond with the native core: a thread would wait longer for its turn.
    decision = decide(body, matcher.envelope_key, matcher.venue, matcher.view)
    if isinstance(decision, Refused):
        # What was recorded stays so, though it may be stale by now.
        return matcher.log.find(ciphertext_hash(body)) or decision
    return await asyncio.wrap_future(matcher.log.append(body, matcher.clock_ms()))


async def _read(request: Request) -> bytes | None:
    """Return the body, or None as soon as it is longer than an envelope."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > ENVELOPE_BYTES:
            return None
    return bytes(body)


def _error(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"code": code, "message": message}, status_code=status)
