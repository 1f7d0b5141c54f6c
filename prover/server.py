"""The queue of jobs over HTTP, for provers elsewhere: they pull, and never see the database.

A holder is known by a bearer token of its own. Job data is secret, so the token and the answers
must not cross a network in the clear: serve this on the loopback interface behind a reverse proxy
that ends TLS and bounds connections, or with a certificate.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import Callable, Mapping

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from prover.errors import QueueError
from prover.job_rows import LONGEST_REASON
from prover.job_text import LARGEST_ANSWER
from prover.lease import Leases
from undertow import foreign_json
from undertow.errors import FieldError
from undertow.foreign_json import Fields

log = logging.getLogger(__name__)
SHORTEST_TOKEN = 32
BODY_SECONDS = 10
_ID = re.compile(r"[0-9a-f]{64}")
_IDS = re.compile(r"[0-9a-f]{64}( [0-9a-f]{64}){0,63}")
_TOKEN = re.compile(r"[0-9a-f]{32}")
_ANY = re.compile(r".*", re.DOTALL)
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def read_tokens(text: str) -> dict[str, str]:
    """Return each holder's token from `name=token name=token`; raises QueueError."""
    tokens = {}
    for pair in text.split():
        name, _, token = pair.partition("=")
        if not _NAME.fullmatch(name) or len(token) < SHORTEST_TOKEN or name in tokens:
            # Without the pair: it may be a token.
            raise QueueError(
                "provers' tokens are name=token pairs with blanks between, each name once, each "
                f"token of at least {SHORTEST_TOKEN} signs"
            )
        tokens[name] = token
    return tokens


def create_app(leases: Leases, tokens: Mapping[str, str]) -> FastAPI:
    """Return the service of a table to the holders of the tokens."""
    app = FastAPI(title="Undertow proof jobs", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(queue_router(leases, tokens))

    @app.exception_handler(HTTPException)
    async def refusal(_: Request, error: HTTPException) -> Response:
        return JSONResponse({"code": error.detail}, status_code=error.status_code)

    @app.exception_handler(FieldError)
    async def malformed(_: Request, __: Exception) -> Response:
        return JSONResponse({"code": "MALFORMED"}, status_code=422)

    @app.exception_handler(QueueError)
    async def unusable(_: Request, error: Exception) -> Response:
        log.error("%s", error)
        return JSONResponse({"code": "QUEUE_UNAVAILABLE"}, status_code=503)

    return app


def queue_router(leases: Leases, tokens: Mapping[str, str]) -> APIRouter:
    """Return the routes, which a holder's worker (`prover/worker.py`) calls."""
    router = APIRouter(prefix="/jobs")

    @router.post("/claim")
    async def claim(request: Request) -> Response:
        holder, fields = await _asked(request, tokens, ("circuits",))
        circuits = fields.text("circuits", _IDS, "circuits' names").split()
        lease = await run_in_threadpool(leases.claim, holder, circuits)
        if lease is None:
            return Response(status_code=204)
        head = f'{{"job":"{lease.job}","circuit":"{lease.circuit}","token":"{lease.token}",'
        content = head.encode() + b'"content":' + lease.content + b"}"
        return Response(content, media_type="application/json")

    def route(name: str, more: tuple[str, ...], act: Callable[[Fields], bool]) -> None:
        @router.post(f"/{name}", name=name)
        async def called(request: Request) -> Response:
            _, fields = await _asked(request, tokens, ("job", "token", *more))
            if not await run_in_threadpool(act, fields):
                raise HTTPException(409, "STALE_LEASE")
            return Response(status_code=204)

    route("heartbeat", (), lambda f: leases.heartbeat(*_lease(f)))
    route("release", (), lambda f: leases.release(*_lease(f)))
    route("result", ("proof",), lambda f: leases.answer(*_lease(f), _text(f, "proof").encode()))
    route("failure", ("reason",), lambda f: leases.fail(*_lease(f), _text(f, "reason")))
    return router


def _lease(fields: Fields) -> tuple[str, str]:
    return (
        fields.text("job", _ID, "64 digits of hex"),
        fields.text("token", _TOKEN, "32 digits of hex"),
    )


def _text(fields: Fields, name: str) -> str:
    most = LONGEST_REASON if name == "reason" else LARGEST_ANSWER
    # No lone surrogate, which no database holds.
    return fields.text(name, _ANY, "a text")[:most].encode(errors="replace").decode()


async def _asked(
    request: Request, tokens: Mapping[str, str], names: tuple[str, ...]
) -> tuple[str, Fields]:
    """Return who asks, and what, once the token is known: of strangers no body is read."""
    holder = _holder(request.headers.get("authorization", ""), tokens)
    if holder is None:
        raise HTTPException(401, "UNKNOWN_TOKEN")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise HTTPException(413, "OVERSIZED")
        return holder, Fields(foreign_json.read(bytes(body), LARGEST_ANSWER), "body", names)
    except TimeoutError:
        raise HTTPException(408, "TOO_SLOW") from None
    except ValueError:
        raise HTTPException(422, "MALFORMED") from None


def _holder(header: str, tokens: Mapping[str, str]) -> str | None:
    """Return whose token it is; how long that takes tells nothing of any token."""
    given = hashlib.sha256(header.encode()).digest()
    found = None
    for name, token in tokens.items():
        expected = hashlib.sha256(f"Bearer {token}".encode()).digest()
        if hmac.compare_digest(given, expected):
            found = name
    return found
