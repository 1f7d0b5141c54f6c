"""The bytes of a settling call: the house's words first, then slots or answers."""

from __future__ import annotations

import pytest

from undertow.chain.settled import pack_batch, pack_requests, unpack_batch, unpack_requests
from undertow.crypto.field import R
from undertow.protocol.errors import WidthError
from undertow.protocol.statement import Answered, BatchHouse, RequestsHouse, Touch
from undertow.protocol.units import MicroUsd

HOUSE = BatchHouse(sealed=R - 1, accruals=(MicroUsd(-8), MicroUsd(7)), clean=1)


def test_a_batch_begins_with_what_is_sealed_and_the_exit_sheet() -> None:
    touches = (Touch(5, R - 2, 7, R - 4), Touch((1 << 24) - 1, 8, R - 3, 0))
    data = pack_batch(HOUSE, touches)
    assert len(data) == 32 * 3 + 99 * 2
    assert int.from_bytes(data[:32], "big") == R - 1
    assert int.from_bytes(data[96:99], "big") == 5
    assert unpack_batch(data) == (HOUSE, touches)


def test_a_run_begins_with_what_is_sealed() -> None:
    answers = (Answered((1 << 64) - 1, R - 2, 7), Answered(0, 0, 0))
    data = pack_requests(RequestsHouse(sealed=9), answers)
    assert len(data) == 32 + 72 * 2
    assert unpack_requests(data) == (RequestsHouse(sealed=9), answers)


def test_a_sheet_with_other_bits_is_none() -> None:
    data = bytearray(pack_batch(HOUSE, ()))
    data[32] = 1
    with pytest.raises(WidthError):
        unpack_batch(bytes(data))


def test_a_batch_is_clean_or_says_nothing() -> None:
    data = bytearray(pack_batch(HOUSE, ()))
    data[95] = 2
    with pytest.raises(WidthError, match="clean does not fit 1 bits"):
        unpack_batch(bytes(data))
