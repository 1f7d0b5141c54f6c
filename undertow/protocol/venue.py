"""A venue's name: one settlement contract on one chain, which every signature and proof binds."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.protocol.errors import VenueError

CHAIN_ID_BITS = 64
ADDRESS_BYTES = 20
WORD_BYTES = CHAIN_ID_BITS // 8 + ADDRESS_BYTES


@dataclass(frozen=True, slots=True)
class Venue:
    """Where orders, receipts and statements are valid; raises VenueError."""

    chain_id: int
    contract: int
    """Address of the settlement contract, as the circuits take it."""

    def __post_init__(self) -> None:
        if not 0 <= self.chain_id < 1 << CHAIN_ID_BITS:
            raise VenueError(f"chain id {self.chain_id} does not fit {CHAIN_ID_BITS} bits")
        if not 0 <= self.contract < 1 << 8 * ADDRESS_BYTES:
            raise VenueError(f"contract address does not fit {ADDRESS_BYTES} bytes")

    @classmethod
    def at(cls, chain_id: int, address: str) -> Venue:
        """Return the venue at a contract's address in hex; raises VenueError."""
        try:
            raw = bytes.fromhex(address.removeprefix("0x"))
        except ValueError as error:
            raise VenueError("the contract's address is not hex") from error
        if len(raw) != ADDRESS_BYTES:
            raise VenueError(f"contract address has {len(raw)} bytes, expected {ADDRESS_BYTES}")
        return cls(chain_id, int.from_bytes(raw, "big"))

    @property
    def address(self) -> str:
        """The contract's address in hex, lower case."""
        return f"0x{self.contract:0{2 * ADDRESS_BYTES}x}"

    @property
    def word(self) -> int:
        """``chainId * 2**160 + contract``, the word that an order's message signs."""
        return self.chain_id << 8 * ADDRESS_BYTES | self.contract

    def to_bytes(self) -> bytes:
        """Return the word as envelopes, receipts and the order log bind it."""
        return self.word.to_bytes(WORD_BYTES, "big")
