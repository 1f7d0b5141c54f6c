"""Envelope: one size, bound to key, epoch and venue, canonical padding."""

from __future__ import annotations

import pytest

from undertow.protocol import envelope as module
from undertow.protocol.envelope import (
    ENVELOPE_BYTES,
    HEADER,
    PLAINTEXT_BYTES,
    EnvelopePrivateKey,
    EnvelopePublicKey,
    open_envelope,
    seal,
)
from undertow.protocol.errors import EnvelopeError, WrongKeyError
from undertow.protocol.venue import Venue

VENUE = Venue(31337, int.from_bytes(range(20)))
KEY = EnvelopePrivateKey.generate(7)


@pytest.mark.parametrize("length", [0, 1, 100, PLAINTEXT_BYTES - 2])
def test_round_trip_has_one_size(length: int) -> None:
    sealed = seal(b"\xa5" * length, KEY.public, VENUE)
    assert len(sealed) == ENVELOPE_BYTES
    assert open_envelope(sealed, KEY, VENUE) == b"\xa5" * length


def test_too_long_plaintext_is_refused() -> None:
    with pytest.raises(EnvelopeError):
        seal(bytes(PLAINTEXT_BYTES - 1), KEY.public, VENUE)


def test_sealing_twice_differs() -> None:
    assert seal(b"order", KEY.public, VENUE) != seal(b"order", KEY.public, VENUE)


def test_key_survives_its_raw_form() -> None:
    again = EnvelopePrivateKey(KEY.raw, 7)
    assert again.public == KEY.public
    assert open_envelope(seal(b"order", KEY.public, VENUE), again, VENUE) == b"order"
    assert KEY.raw.hex() not in repr(KEY)


@pytest.mark.parametrize("venue", [Venue(1, VENUE.contract), Venue(31337, 0)])
def test_other_venue_does_not_open(venue: Venue) -> None:
    with pytest.raises(EnvelopeError, match="does not open"):
        open_envelope(seal(b"order", KEY.public, VENUE), KEY, venue)


@pytest.mark.parametrize("other", [EnvelopePrivateKey.generate(7), EnvelopePrivateKey(KEY.raw, 8)])
def test_other_key_or_epoch_is_named(other: EnvelopePrivateKey) -> None:
    with pytest.raises(WrongKeyError):
        open_envelope(seal(b"order", KEY.public, VENUE), other, VENUE)


def test_rewritten_epoch_does_not_open() -> None:
    """The header is bound by `info`: pasting the current one onto an old envelope fails."""
    old = seal(b"order", EnvelopePublicKey(KEY.public.raw, 6), VENUE)
    with pytest.raises(EnvelopeError, match="does not open"):
        open_envelope(KEY.public.header + old[HEADER.size :], KEY, VENUE)


@pytest.mark.parametrize("position", [HEADER.size, HEADER.size + 1100, ENVELOPE_BYTES - 1])
def test_flipped_bit_does_not_open(position: int) -> None:
    sealed = bytearray(seal(b"order", KEY.public, VENUE))
    sealed[position] ^= 1
    with pytest.raises(EnvelopeError):
        open_envelope(bytes(sealed), KEY, VENUE)


def test_wrong_length_is_refused() -> None:
    sealed = seal(b"order", KEY.public, VENUE)
    for altered in (b"", sealed[:-1], sealed + b"\0"):
        with pytest.raises(EnvelopeError, match="bytes"):
            open_envelope(altered, KEY, VENUE)


@pytest.mark.parametrize("padded", [b"\0\1a\1", b"\xff\xff"])
def test_padding_must_be_canonical(padded: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    class Loose:
        """A sender that pads as it likes."""

        @staticmethod
        def pack(length: int) -> bytes:
            return padded

        size = len(padded)

    with monkeypatch.context() as patch:
        patch.setattr(module, "_LENGTH", Loose)
        sealed = seal(b"", KEY.public, VENUE)
    with pytest.raises(EnvelopeError, match="canonical"):
        open_envelope(sealed, KEY, VENUE)
