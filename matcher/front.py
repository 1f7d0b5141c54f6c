"""POST /orders, in front of the framework that serves everything else.

Garbage is to cost little beside an order, and for a request that is refused the framework's layers
cost as much as the decryption: without them intake takes what half garbage leaves of it
(`undertow bench` measures `goodput_at_half_garbage`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter

from matcher.bounded import Bounds, network_of
from matcher.errors import LogError
from matcher.health import STARTING, Fault
from matcher.intake import Code, Refused, decide
from matcher.records import Record
from undertow.protocol.envelope import ENVELOPE_BYTES
from undertow.protocol.receipt import ciphertext_hash

if TYPE_CHECKING:
    from matcher.service import Matcher

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

PATH = "/orders"
UNAVAILABLE = Fault("LOG_UNAVAILABLE", "the order log does not answer; ask again")
BARRED = Fault("GARBAGE", "too many envelopes from this address were garbage; wait a little")
_STATUS = {Code.OVERSIZED: 413, Code.WRONG_KEY_ID: 409, Code.UNKNOWN_ACCOUNT: 404}

_NEVER = {Code.OVERSIZED, Code.BAD_CIPHERTEXT, Code.MALFORMED_ORDER, Code.BAD_SIGNATURE}
"""What is refused for these was never recorded, so it is not looked for."""


class Front:
    """An ASGI application that takes in envelopes and passes everything else on."""

    def __init__(self, matcher: Matcher, bounds: Bounds, answers: Counter, behind: App) -> None:
        """Count the answers by their code, and garbage by who sent it."""
        self._matcher, self._bounds = matcher, bounds
        self._answers, self._behind = answers, behind

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._behind(scope, receive, send)
            return
        sender = network_of(scope["client"])
        body = await _read(receive)
        if body is None:
            # Whoever sent half an envelope is gone: there is nobody to answer.
            return
        answer: Record | Refused | Fault = BARRED
        if not self._bounds.is_barred(sender):
            try:
                answer = await self._answer(body)
            except LogError:
                answer = UNAVAILABLE
        await self._tell(answer, sender, send)

    async def _tell(self, answer: Record | Refused | Fault, sender: str, send: Send) -> None:
        if isinstance(answer, Record):
            self._answers.labels("ACCEPTED").inc()
            await _send(send, 200, self._matcher.receipt(answer))
            return
        self._answers.labels(answer.code).inc()
        if answer is BARRED:
            status = 429
        elif isinstance(answer, Fault):
            status = 503
        else:
            status = _STATUS.get(answer.code, 422)
            if answer.code in _NEVER:
                self._bounds.strike(sender)
        await _send(send, status, {"code": answer.code, "message": answer.message})

    async def _answer(self, body: bytes) -> Record | Refused | Fault:
        """Return the record of an envelope, or why there is none; raises LogError."""
        matcher = self._matcher
        if matcher.view is None:
            return STARTING
        # Under a millisecond with the native core: a thread would wait longer for its turn.
        decision = decide(body, matcher.envelope_key, matcher.venue, matcher.view)
        if isinstance(decision, Refused):
            # What was recorded stays so, though it may be stale by now.
            recorded = decision.code not in _NEVER and matcher.log.find(ciphertext_hash(body))
            return recorded or decision
        appended = matcher.log.append(body, matcher.clock_ms(), decision.ticket)
        return await asyncio.wrap_future(appended)


async def _read(receive: Receive) -> bytes | None:
    """Return the body as far as it can be an envelope, None if its sender went away."""
    body, more = b"", True
    while more and len(body) <= ENVELOPE_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _send(send: Send, status: int, value: dict[str, Any]) -> None:
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if status in (429, 503):
        headers.append((b"retry-after", b"1"))
    if status == 429:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
