"""Both clients against the service itself, over HTTP; then against answers that are wrong."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matcher.http import serve_http
from matcher.intake import Owner, View
from matcher.outside import SystemClock
from matcher.service import Matcher
from matcher.store import OrderLog
from tests.strategies import VENUE, key
from undertow.client.client import AsyncClient, Client, MatcherInfo, Trader
from undertow.client.errors import MatcherDownError, RefusedError
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.errors import OrderRangeError, ReceiptError
from undertow.protocol.matcher_keys import sign_keys
from undertow.protocol.receipt import Receipt

KEY = EnvelopePrivateKey.generate(1)
TRADER, STRANGER, OPERATOR = key(1), key(2), key(3)
both = pytest.mark.parametrize("kind", [Client, AsyncClient])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = OrderLog(tmp_path_factory.mktemp("log") / "orders.sqlite", VENUE)
    view = View(9, 0, {5: Owner(TRADER.public, nonce=0)}, {2: (50_000, 70_000)})
    receipt_key, clock = Ed25519PrivateKey.generate(), SystemClock()
    public = receipt_key.public_key().public_bytes_raw()
    matcher = Matcher(VENUE, KEY, receipt_key, log, view, clock.time_ms)
    matcher.keys_signature = sign_keys(OPERATOR, VENUE, KEY.public, public)
    with serve_http(matcher) as address:
        yield address
    log.close()


def call(kind: type[Client | AsyncClient], name: str, *arguments: Any, **options: Any) -> Any:
    """Make one call of a fresh client and close it."""
    options = dict[str, Any](venue=VENUE, operator=OPERATOR.public) | options

    async def later() -> Any:
        client = AsyncClient(**options)
        try:
            return await getattr(client, name)(*arguments)
        finally:
            await client.close()

    if kind is AsyncClient:
        return asyncio.run(later())
    client = Client(**options)
    try:
        return getattr(client, name)(*arguments)
    finally:
        client.close()


def sealed(known: MatcherInfo, trader: Trader, limit: int = 60_000) -> bytes:
    order = trader.order(2, -10, limit, 1, fee_cap=100)
    return trader.seal(order, known)


@both
def test_an_order_gets_a_checked_receipt(url: str, kind: type[Client | AsyncClient]) -> None:
    known = call(kind, "info", url=url)
    assert (known.venue, known.batch_number) == (VENUE, 9)
    trader = Trader(TRADER, 5)
    envelope = sealed(known, trader)
    receipt: Receipt = call(kind, "submit", envelope, known, url=url)
    assert call(kind, "submit", envelope, known, url=url) == receipt
    assert trader.sent[0].ask
    assert trader.sent[0].nonce == trader.nonce == 1


@both
def test_a_refusal_has_its_code(url: str, kind: type[Client | AsyncClient]) -> None:
    known = call(kind, "info", url=url)
    for trader, limit, code in (
        (Trader(STRANGER, 5), 60_000, "BAD_SIGNATURE"),
        (Trader(TRADER, 5), 10, "PRICE_OUT_OF_RANGE"),
    ):
        with pytest.raises(RefusedError) as caught:
            call(kind, "submit", sealed(known, trader, limit), known, url=url)
        assert caught.value.code == code


@both
def test_a_receipt_of_another_key_is_refused(url: str, kind: type[Client | AsyncClient]) -> None:
    known = call(kind, "info", url=url)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    envelope = sealed(known, Trader(TRADER, 5))
    with pytest.raises(ReceiptError, match="signature"):
        call(kind, "submit", envelope, replace(known, receipt_key=other), url=url)


@both
def test_nobody_answers(url: str, kind: type[Client | AsyncClient]) -> None:
    known = call(kind, "info", url=url)
    nowhere = "http://127.0.0.1:9"
    with pytest.raises(MatcherDownError, match="does not answer"):
        call(kind, "info", url=nowhere)
    with pytest.raises(MatcherDownError, match="does not answer"):
        call(kind, "submit", b"", known, url=nowhere)


@both
@pytest.mark.parametrize(
    ("status", "text"),
    [(200, "<html>"), (200, '{"chainId": 1}'), (200, "[]"), (502, '{"detail": "gateway"}')],
)
def test_nonsense_is_not_a_matcher(
    kind: type[Client | AsyncClient], status: int, text: str
) -> None:
    with answering(status, text) as url, pytest.raises(MatcherDownError):
        call(kind, "info", url=url)


@contextmanager
def answering(status: int, text: str) -> Iterator[str]:
    """Serve one answer to whatever is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_trader_signs_no_quote_that_loses_by_each_round_trip() -> None:
    trader = Trader(TRADER, 5)
    made = trader.quote(2, (30, 20), (60_000, 60_046), 1, fee_cap=400)
    assert (made.bid, made.ask, made.limit_price, made.ask_limit) == (30, 20, 60_000, 60_046)
    assert (made.nonce, made.immediate_or_cancel, made.reduce_only) == (1, False, False)
    for ask_limit in (60_045, 60_000, 59_999):
        with pytest.raises(OrderRangeError):
            trader.quote(2, (30, 20), (60_000, ask_limit), 1, fee_cap=400)
    assert trader.quote(2, (30, 0), (60_000, 60_000), 1, fee_cap=400).left(10) == (20, 0)
