"""A venue's name has one form in words, in bytes and in hex."""

from __future__ import annotations

import pytest

from undertow.protocol.errors import VenueError
from undertow.protocol.venue import Venue

ADDRESS = "0x000102030405060708090a0b0c0d0e0f10111213"
VENUE = Venue(31337, int.from_bytes(range(20)))


def test_forms() -> None:
    assert Venue.at(31337, ADDRESS) == Venue.at(31337, ADDRESS.upper()[2:]) == VENUE
    assert VENUE.address == ADDRESS
    assert VENUE.word == 31337 << 160 | VENUE.contract
    assert VENUE.to_bytes() == (31337).to_bytes(8) + bytes(range(20))


@pytest.mark.parametrize(("chain_id", "contract"), [(1 << 64, 0), (-1, 0), (0, 1 << 160), (0, -1)])
def test_what_does_not_fit_is_refused(chain_id: int, contract: int) -> None:
    with pytest.raises(VenueError):
        Venue(chain_id, contract)


@pytest.mark.parametrize("address", ["", "0x", ADDRESS[:-2], ADDRESS + "00", "0x" + "g" * 40])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(VenueError):
        Venue.at(1, address)
