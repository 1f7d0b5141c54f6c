"""A request as the vault's queue holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak
from web3 import Web3

from undertow.chain.reading import decoded
from undertow.crypto.babyjubjub import Point
from undertow.protocol.request import Request

_ENTRY = ("uint256", "uint256", "uint256", "uint64", "uint96", "address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A request as it was queued."""

    request: Request
    time: int
    """Seconds, of its block."""
    fee: int = 0
    """Wei, the operator's once it is served."""
    payer: str = "0x" + "00" * 20

    def words(self) -> tuple[int, int, int, int, int, str]:
        """Return the contract's form."""
        request = self.request
        return (request.word(), *request.key, self.time, self.fee, self.payer)

    def leaf(self) -> bytes:
        """Return what the contract keeps of it."""
        return keccak(encode(_ENTRY, self.words()))


def entry_of(said: dict[str, Any]) -> Entry:
    """Return the entry that an event `RequestQueued` tells of; raises WrongAnswerError."""
    key = Point(said["keyX"], said["keyY"])
    return Entry(
        request=decoded(lambda: Request.from_word(said["word"], key)),
        time=said["time"],
        fee=said["fee"],
        payer=Web3.to_checksum_address(said["payer"]),
    )
