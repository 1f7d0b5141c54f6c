"""Service: each refusal has its code, an acknowledgement is durable, secrets stay out of it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matcher.intake import Owner, View
from matcher.service import Matcher, create_app
from matcher.store import OrderLog
from undertow.crypto import eddsa
from undertow.crypto.babyjubjub import IDENTITY, SUBGROUP_ORDER
from undertow.crypto.poseidon import poseidon
from undertow.protocol.envelope import ENVELOPE_BYTES, EnvelopePrivateKey, seal
from undertow.protocol.order import Order
from undertow.protocol.receipt import Receipt
from undertow.protocol.signed_order import ORDER_BYTES, SALT_BYTES, SealedOrder, SignedOrder
from undertow.protocol.units import Lots, Price
from undertow.protocol.venue import Venue

VENUE = Venue(31337, int.from_bytes(range(20)))
KEY = EnvelopePrivateKey.generate(1)
SALT = bytes(range(SALT_BYTES))
TRADER = eddsa.PrivateKey.from_seed(bytes(32))
STRANGER = eddsa.PrivateKey.from_seed(b"\1" * 32)
ORDER = Order(
    account=5,
    instrument=2,
    bid=Lots(10),
    ask=Lots(0),
    limit_price=Price(60_000),
    nonce=4,
    expiry=900,
    reduce_only=False,
    immediate_or_cancel=False,
    fee_cap=100,
)


def sealed(order: Order, signer: eddsa.PrivateKey = TRADER, venue: Venue = VENUE) -> bytes:
    signature = signer.sign(order.message(venue.word))
    return SealedOrder(SignedOrder(order, signature), SALT).seal(KEY.public, VENUE)


def nonce_of_zero() -> bytes:
    """A signature that verifies, but with the identity as its point; it gives the key away."""
    message = ORDER.message(VENUE.word)
    challenge = poseidon([*IDENTITY, *TRADER.public, message])
    signature = eddsa.Signature(IDENTITY, 8 * challenge * TRADER.scalar % SUBGROUP_ORDER)
    assert eddsa.verify(TRADER.public, message, signature)
    return SealedOrder(SignedOrder(ORDER, signature), SALT).seal(KEY.public, VENUE)


QUOTE = replace(ORDER, ask=Lots(5), spread=Price(12))
"""Two fees at its cap are 11.4 micro-USD at its ask."""


def by_hand(word: int) -> bytes:
    """A word that no client makes: the circuit would refuse its whole batch, or each trip loses."""
    plaintext = SignedOrder(QUOTE, TRADER.sign(1)).to_bytes() + SALT
    return seal(word.to_bytes(ORDER_BYTES, "big") + plaintext[ORDER_BYTES:], KEY.public, VENUE)


GOOD = sealed(ORDER)
VIEW = View(
    batch_number=9,
    price_time=900,
    owners={5: Owner(TRADER.public, nonce=4)},
    price_range={2: (50_000, 70_000)},
)


@pytest.fixture
def matcher(tmp_path: Path) -> Iterator[Matcher]:
    log = OrderLog(tmp_path / "orders.db", VENUE)
    yield Matcher(VENUE, KEY, Ed25519PrivateKey.generate(), log, VIEW, lambda: 1_700_000_000_000)
    log.close()


def call(matcher: Matcher, method: str, path: str, body: bytes = b"") -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app(matcher))
        async with httpx.AsyncClient(transport=transport, base_url="http://matcher") as client:
            return await client.request(method, path, content=body)

    return asyncio.run(send())


def test_acknowledged_is_durable(matcher: Matcher, tmp_path: Path) -> None:
    answer = call(matcher, "POST", "/orders", GOOD)
    assert answer.status_code == 200
    receipt = Receipt.from_json(answer.json())
    receipt.verify(GOOD, matcher.receipt_key.public_key().public_bytes_raw(), VENUE)
    rows = sqlite3.connect(tmp_path / "orders.db").execute(
        "SELECT sequence, ciphertext FROM records"
    )
    assert rows.fetchall() == [(receipt.sequence, GOOD)]
    matcher.log.close()
    matcher.log = OrderLog(tmp_path / "orders.db", VENUE)
    assert call(matcher, "GET", "/receipts/1").json() == answer.json()


def test_a_quote_is_acknowledged(matcher: Matcher) -> None:
    for spread in (12, 10_000):
        assert call(matcher, "POST", "/orders", sealed(replace(QUOTE, spread=Price(spread))))
    assert matcher.log.sequence == 2


def test_same_envelope_has_the_same_receipt(matcher: Matcher) -> None:
    first = call(matcher, "POST", "/orders", GOOD)
    matcher.view = replace(VIEW, price_time=1000)
    assert call(matcher, "POST", "/orders", GOOD).json() == first.json()
    assert matcher.log.sequence == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (GOOD + b"\0", 413, "OVERSIZED"),
        (b"", 422, "BAD_CIPHERTEXT"),
        (GOOD[:-1] + bytes([GOOD[-1] ^ 1]), 422, "BAD_CIPHERTEXT"),
        (seal(b"x", EnvelopePrivateKey.generate(1).public, VENUE), 409, "WRONG_KEY_ID"),
        (seal(b"not an order", KEY.public, VENUE), 422, "MALFORMED_ORDER"),
        (seal(b"\xff" * (ORDER_BYTES + 96) + SALT, KEY.public, VENUE), 422, "MALFORMED_ORDER"),
        (seal(b"\xff" * ORDER_BYTES + bytes(96) + SALT, KEY.public, VENUE), 422, "MALFORMED_ORDER"),
        (nonce_of_zero(), 422, "MALFORMED_ORDER"),
        (by_hand(QUOTE.pack() - (12 << 216)), 422, "MALFORMED_ORDER"),
        (by_hand(QUOTE.pack() - (1 << 216)), 422, "MALFORMED_ORDER"),
        (by_hand(QUOTE.pack() | 1 << 195), 422, "MALFORMED_ORDER"),
        (by_hand(QUOTE.pack()), 422, "BAD_SIGNATURE"),
        (sealed(replace(ORDER, account=6)), 404, "UNKNOWN_ACCOUNT"),
        (sealed(ORDER, signer=STRANGER), 422, "BAD_SIGNATURE"),
        (sealed(ORDER, venue=Venue(1, 0)), 422, "BAD_SIGNATURE"),
        (sealed(replace(ORDER, nonce=3)), 422, "STALE_NONCE"),
        (sealed(replace(ORDER, expiry=899)), 422, "EXPIRED"),
        (sealed(replace(ORDER, limit_price=Price(49_999))), 422, "PRICE_OUT_OF_RANGE"),
        (sealed(replace(ORDER, limit_price=Price(70_001))), 422, "PRICE_OUT_OF_RANGE"),
        (sealed(replace(QUOTE, spread=Price(10_001))), 422, "PRICE_OUT_OF_RANGE"),
        (sealed(replace(QUOTE, limit_price=Price(49_999))), 422, "PRICE_OUT_OF_RANGE"),
        (sealed(replace(ORDER, instrument=3)), 422, "PRICE_OUT_OF_RANGE"),
    ],
)
def test_refusal(
    matcher: Matcher, caplog: pytest.LogCaptureFixture, body: bytes, status: int, code: str
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = call(matcher, "POST", "/orders", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message"}
    # Nothing of the order is stored, logged or repeated.
    assert matcher.log.sequence == 0
    for number in ("49999", "70001", "60000"):
        assert number not in caplog.text + answer.text
    metrics = call(matcher, "GET", "/metrics")
    assert "undertow_log_records 0.0" in metrics.text


def test_metrics_count_by_code(matcher: Matcher) -> None:
    async def send() -> str:
        transport = httpx.ASGITransport(app=create_app(matcher))
        async with httpx.AsyncClient(transport=transport, base_url="http://matcher") as client:
            for body in (GOOD, GOOD, b"junk"):
                await client.post("/orders", content=body)
            return (await client.get("/metrics")).text

    text = asyncio.run(send())
    assert 'undertow_orders_total{code="ACCEPTED"} 2.0' in text
    assert 'undertow_orders_total{code="BAD_CIPHERTEXT"} 1.0' in text


@pytest.mark.parametrize("sequence", ["0", "1", "-1", "x", "9" * 30])
def test_unknown_receipt(matcher: Matcher, sequence: str) -> None:
    answer = call(matcher, "GET", f"/receipts/{sequence}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NO_RECEIPT")


def test_status_gives_the_key_to_seal_to(matcher: Matcher) -> None:
    status = call(matcher, "GET", "/status").json()
    assert bytes.fromhex(status["envelopeKey"]) == KEY.public.raw
    assert (status["epoch"], status["envelopeBytes"]) == (1, ENVELOPE_BYTES)


def test_closed_log_is_unhealthy_and_acknowledges_nothing(matcher: Matcher) -> None:
    assert call(matcher, "GET", "/health").status_code == 200
    matcher.log.close()
    assert call(matcher, "GET", "/health").status_code == 503
    # The second is refused, but may have been recorded.
    for envelope in (GOOD, sealed(replace(ORDER, nonce=3))):
        answer = call(matcher, "POST", "/orders", envelope)
        assert (answer.status_code, answer.json()["code"]) == (503, "LOG_UNAVAILABLE")
    answer = call(matcher, "GET", "/receipts/1")
    assert (answer.status_code, answer.json()["code"]) == (503, "LOG_UNAVAILABLE")
