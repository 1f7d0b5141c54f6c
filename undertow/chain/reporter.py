"""Price reports of the oracle's signers: EIP-712 signatures, submitted as one round."""

from __future__ import annotations

import time
from collections.abc import Sequence

from eth_account import Account

from undertow.chain.contracts import Contracts
from undertow.chain.reading import reachable
from undertow.protocol.prices import pack_prices
from undertow.protocol.units import Price


def next_time(contracts: Contracts) -> int:
    """Return the newest block's time, or a second after the last round's once that has passed.

    The oracle takes no round of the same second, and none from a later one than its block's.
    """
    number = contracts.latest_round()
    earliest = contracts.round(number).time + 1 if number else 0
    newest = contracts.chain.time
    # A chain that mines on demand has no newer block to show; its next one is of the clock's time.
    time.sleep(max(0, earliest - newest))
    return max(earliest, newest)


def publish_round(
    contracts: Contracts, signers: Sequence[str], prices: Sequence[Sequence[Price]], at: int
) -> int:
    """Sign each signer's prices and submit them; return the round's number.

    ``signers`` are private keys, ``prices`` one set for each of them, ``at`` a time in seconds.
    """
    number = contracts.latest_round() + 1
    reports = []
    for key, values in zip(signers, prices, strict=True):
        account = Account.from_key(key)
        words = list(pack_prices(values))
        with reachable():
            digest = contracts.oracle.functions.digest(number, at, words).call()
        signature = account.unsafe_sign_hash(digest).signature
        reports.append((int(account.address, 16), (words, bytes(signature))))
    ordered = [report for _, report in sorted(reports, key=lambda item: item[0])]
    contracts.chain.send(contracts.oracle.functions.submit(number, at, ordered))
    return number
