"""Step 2: sealed bytes -> an order that may enter a batch, or the reason why not.

Pure: keys, accounts, prices and the batch number come in with the `View`. A refusal carries a
code and nothing of the plaintext.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from matcher.owners import is_signed_by
from undertow.crypto.babyjubjub import Point
from undertow.engine.lots import lot_prices
from undertow.protocol.account import Account
from undertow.protocol.envelope import ENVELOPE_BYTES, EnvelopePrivateKey
from undertow.protocol.errors import EnvelopeError, OrderError, WrongKeyError
from undertow.protocol.params import MarketParams
from undertow.protocol.signed_order import SealedOrder, SignedOrder, open_order
from undertow.protocol.state import State
from undertow.protocol.units import PRICE_WIDTH
from undertow.protocol.venue import Venue

LARGEST_PRICE = (1 << PRICE_WIDTH) - 1


class Code(StrEnum):
    """Why an envelope was refused."""

    OVERSIZED = "OVERSIZED"
    WRONG_KEY_ID = "WRONG_KEY_ID"
    BAD_CIPHERTEXT = "BAD_CIPHERTEXT"
    MALFORMED_ORDER = "MALFORMED_ORDER"
    UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    STALE_NONCE = "STALE_NONCE"
    EXPIRED = "EXPIRED"
    PRICE_OUT_OF_RANGE = "PRICE_OUT_OF_RANGE"


MESSAGES = {
    Code.OVERSIZED: f"an envelope has {ENVELOPE_BYTES} bytes; this body has more",
    Code.WRONG_KEY_ID: "the envelope names another key or epoch; fetch /status and seal again",
    Code.BAD_CIPHERTEXT: "the envelope does not open",
    Code.MALFORMED_ORDER: "the plaintext is not a signed order",
    Code.UNKNOWN_ACCOUNT: "no such account",
    Code.BAD_SIGNATURE: "the signature is not by the account's owner",
    Code.STALE_NONCE: "the account has used a higher nonce",
    Code.EXPIRED: "the order expires before the next set is likely to have its prices",
    Code.PRICE_OUT_OF_RANGE: "the instrument is not traded at this limit price",
}


@dataclass(frozen=True, slots=True)
class Owner:
    """What intake must know of one account."""

    public_key: Point
    nonce: int


class Owners(Mapping[int, Owner]):
    """The owners of accounts, looked up as they are asked for."""

    def __init__(self, accounts: Mapping[int, Account]) -> None:
        """Show the owners of `accounts`, which does not change."""
        self._accounts = accounts

    def __getitem__(self, index: int) -> Owner:
        account = self._accounts[index]
        return Owner(account.owner, account.nonce)

    def __iter__(self) -> Iterator[int]:
        return iter(self._accounts)

    def __len__(self) -> int:
        return len(self._accounts)


@dataclass(frozen=True, slots=True)
class View:
    """The committed state that intake decides against; replaced after each batch."""

    batch_number: int
    """The batch that is open for orders."""
    price_time: int
    """The moment that its prices are likely of."""
    owners: Mapping[int, Owner]
    """By account index."""
    price_range: Mapping[int, tuple[int, int]]
    """Lowest and highest limit price by instrument, micro-USD per lot, both admitted."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The envelope does not enter the log."""

    code: Code

    @property
    def message(self) -> str:
        """Return the sentence for the sender."""
        return MESSAGES[self.code]


def decide(
    ciphertext: bytes, key: EnvelopePrivateKey, venue: Venue, view: View
) -> SealedOrder | Refused:
    """Return the order in `ciphertext` if it may enter the log, else the first reason why not.

    Margin and fill limits depend on the batch and are judged there, not here.
    """
    sealed = _opened(ciphertext, key, venue)
    if isinstance(sealed, Refused):
        return sealed
    code = _fault(sealed.signed, venue, view)
    return sealed if code is None else Refused(code)


def _opened(ciphertext: bytes, key: EnvelopePrivateKey, venue: Venue) -> SealedOrder | Refused:
    # 1. The envelope opens with the current key.
    if len(ciphertext) > ENVELOPE_BYTES:
        return Refused(Code.OVERSIZED)
    try:
        return open_order(ciphertext, key, venue)
    except WrongKeyError:
        return Refused(Code.WRONG_KEY_ID)
    except EnvelopeError:
        return Refused(Code.BAD_CIPHERTEXT)
    # 2. It holds one signed order, every field within its width, and a salt.
    except OrderError:
        return Refused(Code.MALFORMED_ORDER)


def _fault(signed: SignedOrder, venue: Venue, view: View) -> Code | None:
    order = signed.order
    # 3. The account's owner signed it for this venue.
    owner = view.owners.get(order.account)
    if owner is None:
        return Code.UNKNOWN_ACCOUNT
    if not is_signed_by(owner.public_key, signed, venue):
        return Code.BAD_SIGNATURE
    # 4. It can still trade. An equal nonce goes on with a partly filled order.
    if order.nonce < owner.nonce:
        return Code.STALE_NONCE
    if order.expiry < view.price_time:
        return Code.EXPIRED
    low, high = view.price_range.get(order.instrument, (1, 0))
    within = low <= order.limit_price and order.ask_limit <= high
    return None if within else Code.PRICE_OUT_OF_RANGE


def view_of(state: State, batch_number: int, price_time: int, params: MarketParams) -> View:
    """Return what intake decides against while a batch with such prices is open for orders.

    A limit is within twice and half the mark; before the first mark any price will do.
    """
    ranges, marks = {}, lot_prices(state.marks, params)
    for instrument, market in enumerate(params.markets):
        if market is not None:
            mark = marks[instrument]
            highest = 2 * mark if mark else LARGEST_PRICE
            ranges[instrument] = (max(mark // 2, 1), min(highest, LARGEST_PRICE))
    return View(batch_number, price_time, Owners(state.accounts), ranges)
