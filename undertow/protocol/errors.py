"""Errors of orders, envelopes, receipts, accounts, prices, parameters and published words.

UndertowError
├── OrderError
│   ├── OrderRangeError      a field is out of its width
│   ├── OrderWordError       a packed order has bits it must not have
│   └── SignedOrderError     bytes that are no order with a signature
├── EnvelopeError            an envelope or its key is malformed, or it does not open
│   └── WrongKeyError        it names another key, epoch or suite than the one at hand
├── ReceiptError             a receipt does not prove what it says
├── RequestWordError         a packed request has bits it must not have
├── AccountError
│   └── AccountRangeError    a leaf's field is out of its width
├── PriceRangeError          a price or a set of prices does not fit its words
├── ParamsRangeError         a governed parameter is out of its width
├── PerpetualError           a listed market's name, number or lots are none, or none of the venue's
├── ParamsFileError          a file of parameters is missing, or has another form
├── VenueError               a chain id or a contract's address does not fit its width
├── LeafPathError            a path of a leaf is none, or something in it is out of its range
├── WidthError               a value does not fit its field, or a word has bits no field has
└── DeltaError               a published word is not an account's change under this key
"""

from __future__ import annotations

from undertow.errors import UndertowError


class OrderError(UndertowError):
    """An order is not well formed."""


class OrderRangeError(OrderError):
    """A field is out of its width, or a quote would not rest or not earn its fees."""


class OrderWordError(OrderError):
    """A packed order has bits it must not have."""


class SignedOrderError(OrderError):
    """Bytes that are no order with a signature."""


class EnvelopeError(UndertowError):
    """An envelope or its key is malformed, or it does not open."""


class WrongKeyError(EnvelopeError):
    """An envelope names another key, epoch or suite than the one at hand."""


class ReceiptError(UndertowError):
    """A receipt does not prove what it says."""


class RequestWordError(UndertowError):
    """A packed request has bits it must not have."""


class AccountError(UndertowError):
    """An account is not well formed."""


class AccountRangeError(AccountError):
    """A leaf's field is out of its width."""


class PriceRangeError(UndertowError):
    """A price or a set of prices does not fit its words."""


class ParamsRangeError(UndertowError):
    """A governed parameter is out of its width."""


class PerpetualError(UndertowError):
    """A listed market's name, number or lots are none, or none of the venue's."""


class ParamsFileError(UndertowError):
    """A file of parameters is missing, or has another form."""


class VenueError(UndertowError):
    """A chain id or a contract's address does not fit its width."""


class DeltaError(UndertowError):
    """A published word is not an account's change under this key."""


class LeafPathError(UndertowError):
    """A path of a leaf is none, or something in it is out of its range."""


class WidthError(UndertowError):
    """A value does not fit its field, or a word has bits that no field has."""
