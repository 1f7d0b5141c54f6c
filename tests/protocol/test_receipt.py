"""Receipt: signs sequence, envelope hash, time and venue, and nothing else passes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from undertow.protocol.errors import ReceiptError
from undertow.protocol.receipt import Receipt, ciphertext_hash, sign_receipt
from undertow.protocol.venue import Venue

VENUE = Venue(31337, 0)
KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()
RECEIPT = sign_receipt(
    KEY, VENUE, sequence=3, ciphertext_hash=ciphertext_hash(b"sealed"), time_ms=1_700_000_000_000
)


def test_receipt_holds_and_travels() -> None:
    again = Receipt.from_json(RECEIPT.to_json())
    assert again == RECEIPT
    again.verify(b"sealed", PUBLIC, VENUE)


@pytest.mark.parametrize(
    "altered",
    [
        replace(RECEIPT, sequence=4),
        replace(RECEIPT, time_ms=RECEIPT.time_ms + 1),
        replace(RECEIPT, sequence=-1),
        replace(RECEIPT, signature=bytes(64)),
    ],
)
def test_altered_receipt_does_not_hold(altered: Receipt) -> None:
    with pytest.raises(ReceiptError):
        altered.verify(b"sealed", PUBLIC, VENUE)


def test_receipt_is_for_one_envelope_key_and_venue() -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(ReceiptError, match="another envelope"):
        RECEIPT.verify(b"other", PUBLIC, VENUE)
    with pytest.raises(ReceiptError):
        RECEIPT.verify(b"sealed", other, VENUE)
    with pytest.raises(ReceiptError):
        RECEIPT.verify(b"sealed", PUBLIC, Venue(1, 0))


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        RECEIPT.to_json() | {"sequence": "3"},
        RECEIPT.to_json() | {"timeMs": True},
        RECEIPT.to_json() | {"signature": "zz"},
        RECEIPT.to_json() | {"ciphertextHash": "00"},
    ],
)
def test_malformed_json_is_refused(value: object) -> None:
    with pytest.raises(ReceiptError):
        Receipt.from_json(value)
