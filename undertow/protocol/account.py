"""An account and the leaf that stands for it in the account tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from undertow.crypto import native
from undertow.crypto.babyjubjub import Point
from undertow.crypto.domains import LEAF
from undertow.crypto.poseidon import poseidon_many
from undertow.protocol.cells import CELLS_WORD
from undertow.protocol.errors import AccountRangeError, WidthError
from undertow.protocol.fields import Field, Sign, behind, element, grouped
from undertow.protocol.grouped import Grouped
from undertow.protocol.packing import Words
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import (
    LOTS_WIDTH,
    MONEY_WIDTH,
    NONCE_WIDTH,
    SIZE_WIDTH,
    TIME_WIDTH,
    Lots,
    Money,
)

MAGNITUDE_BITS = LOTS_WIDTH
FLAT = (Lots(0),) * INSTRUMENTS
POSITIONS = Grouped(
    "Position",
    "Positions of an account, lots; the highest bit is the sign",
    width=LOTS_WIDTH + 1,
    per_word=6,
    count=INSTRUMENTS,
    signed=True,
)
SKEWS = Grouped(
    "Skew",
    "Skews of the markets, lots; half the range is added",
    width=LOTS_WIDTH + 1,
    per_word=6,
    count=INSTRUMENTS,
    offset=True,
)
"""As positions, but so that words add up as skews do: none of them reaches half the range, since
all positions together do not (undertow/engine/interest.py)."""


def pack_positions(positions: Sequence[Lots]) -> tuple[int, ...]:
    """Return the words of one position per instrument; raises AccountRangeError."""
    try:
        return POSITIONS.pack(positions)
    except WidthError as error:
        raise AccountRangeError(str(error)) from error


def unpack_positions(words: Sequence[int]) -> tuple[Lots, ...]:
    """Return the positions of words; raises AccountRangeError for spare bits or a negative zero."""
    try:
        return tuple(map(Lots, POSITIONS.unpack(words)))
    except WidthError as error:
        raise AccountRangeError(str(error)) from error


@dataclass(frozen=True)
class Account:
    """An account; its leaf is the hash of these words.

    Raises AccountRangeError if a field does not fit its width.
    """

    owner: Annotated[Point, element("key that signs its orders", count=2)]
    view_key: Annotated[int, element("shared with the operator; encrypts its deltas")]
    version: Annotated[int, Field(32, "changes so far")] = 0
    nonce: Annotated[int, Field(NONCE_WIDTH, "of the last order that was eligible")] = 0
    filled: Annotated[Lots, Field(SIZE_WIDTH, "lots, net, under that nonce", Sign.WRAPS)] = Lots(0)
    cash: Annotated[Money, Field(MONEY_WIDTH, "2^-16 micro-USD", Sign.WRAPS)] = Money(0)
    settled: Annotated[Money, Field(MONEY_WIDTH, "2^-16 micro-USD", Sign.WRAPS)] = Money(0)
    """What may leave: deposits and vested profit, less losses (undertow/engine/vesting.py)."""
    pending: Annotated[Money, Field(MONEY_WIDTH, "2^-16 micro-USD: equity above that")] = Money(0)
    since: Annotated[int, Field(TIME_WIDTH, "seconds, of the marks that both are of")] = 0
    positions: Annotated[
        tuple[Lots, ...], grouped(POSITIONS, "lots; behind the last one the cells")
    ] = FLAT
    cells: Annotated[int, behind(POSITIONS, CELLS_WORD.width, "Cells, packed")] = 0
    """Where the account's certificate is counted; none where it is flat, and of a new account."""

    def __post_init__(self) -> None:
        try:
            ACCOUNT_WORDS.check(self)
        except WidthError as error:
            raise AccountRangeError(str(error)) from error

    def words(self) -> list[int]:
        """What the leaf hashes, in order."""
        return ACCOUNT_WORDS.words(self)

    def leaf(self) -> int:
        """The leaf's hash."""
        return ACCOUNT_WORDS.hash(self)

    def to_bytes(self) -> bytes:
        """The words, 32 big-endian bytes each."""
        return native.words(self.words())

    @classmethod
    def from_bytes(cls, data: bytes) -> Account:
        """Reads `to_bytes`; raises AccountRangeError for anything else."""
        if len(data) != ACCOUNT_BYTES:
            raise AccountRangeError(f"an account has {ACCOUNT_BYTES} bytes")
        try:
            values = ACCOUNT_WORDS.values(native.from_bytes(data))
        except (ValueError, WidthError) as error:
            raise AccountRangeError(str(error)) from error
        return cls(**{**values, "owner": Point(*values["owner"])})


ACCOUNT_WORDS = Words(Account, "Account", LEAF, "Leaf")
WORDS = ACCOUNT_WORDS.size
ACCOUNT_BYTES = WORDS * native.WORD


def gross_lots(account: Account) -> Lots:
    """Return an account's part of the open interest: lots of all positions, nothing netted."""
    return Lots(sum(map(abs, account.positions)))


def leaves(accounts: Sequence[Account]) -> list[int]:
    """The accounts' leaves, hashed together."""
    return poseidon_many([account.words() for account in accounts], LEAF)
