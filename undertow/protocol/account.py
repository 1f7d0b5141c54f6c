"""An account and the leaf that stands for it in the account tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undertow.crypto import native
from undertow.crypto.babyjubjub import Point
from undertow.crypto.domains import LEAF
from undertow.crypto.field import R, from_field, to_field
from undertow.crypto.poseidon import poseidon, poseidon_many
from undertow.protocol.errors import AccountRangeError
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import Lots, Money

POSITION_BITS = 31
MAGNITUDE_BITS = POSITION_BITS - 1
PER_WORD = 6
VERSION_BITS = 32
NONCE_BITS = 32
FILLED_BITS = 30
MONEY_LIMIT = 1 << 120
"""Cash and net deposits are below this in magnitude, far from wrapping round the field."""
EMPTY_LEAF = 0
WORDS = 11
ACCOUNT_BYTES = WORDS * native.WORD

FLAT = (Lots(0),) * INSTRUMENTS


def pack_positions(positions: Sequence[Lots]) -> tuple[int, int, int]:
    """Three words of six positions, each a magnitude and a sign above it."""
    if len(positions) != INSTRUMENTS:
        raise AccountRangeError(f"an account has {INSTRUMENTS} positions")
    words = [0, 0, 0]
    for i, lots in enumerate(positions):
        if lots == 0:
            continue
        if abs(lots) >= 1 << MAGNITUDE_BITS:
            raise AccountRangeError(f"position {i} does not fit {MAGNITUDE_BITS} bits")
        coded = abs(lots) | (lots < 0) << MAGNITUDE_BITS
        words[i // PER_WORD] |= coded << POSITION_BITS * (i % PER_WORD)
    return words[0], words[1], words[2]


def unpack_positions(words: Sequence[int]) -> tuple[Lots, ...]:
    """The positions of three words; rejects spare bits and a negative zero."""
    positions: list[Lots] = []
    for i in range(INSTRUMENTS):
        coded = words[i // PER_WORD] >> POSITION_BITS * (i % PER_WORD)
        magnitude = coded & ((1 << MAGNITUDE_BITS) - 1)
        negative = coded >> MAGNITUDE_BITS & 1
        positions.append(Lots(-magnitude if negative else magnitude))
    if pack_positions(positions) != tuple(words):
        raise AccountRangeError("the words are not the packed form of any positions")
    return tuple(positions)


@dataclass(frozen=True)
class Account:
    """Raises AccountRangeError if a field does not fit its width."""

    owner: Point
    view_key: int
    version: int = 0
    nonce: int = 0
    filled: Lots = Lots(0)
    cash: Money = Money(0)
    net_deposits: Money = Money(0)
    positions: tuple[Lots, ...] = FLAT

    def __post_init__(self) -> None:
        limits = (
            ("owner.x", self.owner.x, R),
            ("owner.y", self.owner.y, R),
            ("view_key", self.view_key, R),
            ("version", self.version, 1 << VERSION_BITS),
            ("nonce", self.nonce, 1 << NONCE_BITS),
            ("filled", self.filled, 1 << FILLED_BITS),
        )
        for name, value, limit in limits:
            if not 0 <= value < limit:
                raise AccountRangeError(f"{name} is out of range")
        if abs(self.cash) >= MONEY_LIMIT or abs(self.net_deposits) >= MONEY_LIMIT:
            raise AccountRangeError("cash or net deposits are out of range")
        pack_positions(self.positions)

    def words(self) -> list[int]:
        """What the leaf hashes, in order."""
        return [
            *self.owner,
            self.view_key,
            self.version,
            self.nonce,
            self.filled,
            to_field(self.cash),
            to_field(self.net_deposits),
            *pack_positions(self.positions),
        ]

    def leaf(self) -> int:
        """The leaf's hash."""
        return poseidon(self.words(), LEAF)

    def to_bytes(self) -> bytes:
        """The words, 32 big-endian bytes each."""
        return native.words(self.words())

    @classmethod
    def from_bytes(cls, data: bytes) -> Account:
        """Reads `to_bytes`; raises AccountRangeError for anything else."""
        if len(data) != ACCOUNT_BYTES:
            raise AccountRangeError(f"an account has {ACCOUNT_BYTES} bytes")
        x, y, view_key, version, nonce, filled, cash, net_deposits, *positions = native.from_bytes(
            data
        )
        if cash >= R or net_deposits >= R:
            raise AccountRangeError("cash or net deposits are no field elements")
        return cls(
            owner=Point(x, y),
            view_key=view_key,
            version=version,
            nonce=nonce,
            filled=Lots(filled),
            cash=Money(from_field(cash)),
            net_deposits=Money(from_field(net_deposits)),
            positions=unpack_positions(positions),
        )


def leaves(accounts: Sequence[Account]) -> list[int]:
    """The accounts' leaves, hashed together."""
    return poseidon_many([account.words() for account in accounts], LEAF)
