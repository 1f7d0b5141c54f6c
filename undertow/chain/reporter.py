"""Price reports of the oracle's signers: EIP-712 signatures, submitted as one round."""

from __future__ import annotations

from collections.abc import Sequence

from eth_account import Account

from undertow.chain.venue import Venue
from undertow.protocol.prices import pack_prices
from undertow.protocol.units import Price


def publish_round(
    venue: Venue, signers: Sequence[str], prices: Sequence[Sequence[Price]], time: int
) -> int:
    """Sign each signer's prices and submit them; return the round's number.

    ``signers`` are private keys, ``prices`` one set for each of them, ``time`` in seconds.
    """
    number = venue.latest_round() + 1
    reports = []
    for key, values in zip(signers, prices, strict=True):
        account = Account.from_key(key)
        words = list(pack_prices(values))
        digest = venue.oracle.functions.digest(number, time, words).call()
        signature = account.unsafe_sign_hash(digest).signature
        reports.append((int(account.address, 16), (words, bytes(signature))))
    ordered = [report for _, report in sorted(reports, key=lambda item: item[0])]
    venue.chain.send(venue.oracle.functions.submit(number, time, ordered))
    return number
