"""A matcher's word for where it is does not replace the trader's own."""

from __future__ import annotations

import pytest

from undertow.client.client import MatcherInfo
from undertow.client.errors import OtherVenueError
from undertow.protocol.envelope import EnvelopePrivateKey
from undertow.protocol.venue import Venue

VENUE = Venue(31337, 0x5E)


@pytest.mark.parametrize("other", [Venue(1, 0x5E), Venue(31337, 0x5F)])
def test_a_matcher_of_another_venue_is_refused(other: Venue) -> None:
    info = MatcherInfo(VENUE, EnvelopePrivateKey.generate(0).public, b"", 1, "idle")
    info.require(VENUE)
    with pytest.raises(
        OtherVenueError, match=f"{VENUE.address} on chain 31337, not {other.address}"
    ):
        info.require(other)
