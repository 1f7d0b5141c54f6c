"""An order: what a trader signs, packed in one word, low bits first as the fields stand."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.crypto.domains import ORDER
from undertow.crypto.field import R
from undertow.crypto.poseidon import poseidon
from undertow.protocol.errors import OrderRangeError, OrderWordError
from undertow.protocol.units import Lots, Price

WIDTHS = (
    ("account", 24),
    ("instrument", 4),
    ("is_sell", 1),
    ("size", 30),
    ("limit_price", 36),
    ("nonce", 32),
    ("expiry_batch", 32),
    ("reduce_only", 1),
    ("immediate_or_cancel", 1),
    ("fee_cap", 20),
)
WORD_BITS = sum(bits for _, bits in WIDTHS)


@dataclass(frozen=True)
class Order:
    """Raises OrderRangeError if a field does not fit its width."""

    account: int
    instrument: int
    is_sell: bool
    size: Lots
    limit_price: Price
    nonce: int
    expiry_batch: int
    reduce_only: bool = False
    immediate_or_cancel: bool = False
    fee_cap: int = 0
    """In 2^-20 of the notional."""

    def __post_init__(self) -> None:
        for name, bits in WIDTHS:
            value = getattr(self, name)
            if not isinstance(value, int) or not 0 <= value < 1 << bits:
                raise OrderRangeError(f"{name} does not fit {bits} bits")

    def pack(self) -> int:
        """The order's word."""
        word = 0
        offset = 0
        for name, bits in WIDTHS:
            word |= int(getattr(self, name)) << offset
            offset += bits
        return word

    @classmethod
    def unpack(cls, word: int) -> Order:
        """The order of a word; raises OrderWordError if the word is too long."""
        if not 0 <= word < 1 << WORD_BITS:
            raise OrderWordError(f"an order's word has {WORD_BITS} bits")
        fields: dict[str, int] = {}
        for name, bits in WIDTHS:
            fields[name] = word & ((1 << bits) - 1)
            word >>= bits
        return cls(
            account=fields["account"],
            instrument=fields["instrument"],
            is_sell=bool(fields["is_sell"]),
            size=Lots(fields["size"]),
            limit_price=Price(fields["limit_price"]),
            nonce=fields["nonce"],
            expiry_batch=fields["expiry_batch"],
            reduce_only=bool(fields["reduce_only"]),
            immediate_or_cancel=bool(fields["immediate_or_cancel"]),
            fee_cap=fields["fee_cap"],
        )

    def message(self, venue: int) -> int:
        """What the trader signs, given the venue's word."""
        if not 0 <= venue < R:
            raise OrderRangeError("the venue's word is no field element")
        return poseidon([venue, self.pack()], ORDER)
