"""Every error a caller of the protocol may catch.

UndertowError
├── OrderError
│   ├── OrderRangeError      a field is out of its width
│   └── OrderWordError       a packed order has bits it must not have
├── AccountError
│   └── AccountRangeError    a leaf's field is out of its width
├── PriceRangeError          a price or a set of prices does not fit its words
├── ParamsRangeError         a governed parameter is out of its width
├── DeltaError               a published word is not an account's change under this key
├── KeyFormatError           a point is off the curve, outside the subgroup, or the identity
├── SignatureError           a signature does not verify
└── TreeError
    ├── TreeIndexError       no such leaf
    ├── TreeValueError       a leaf or sibling is no field element
    └── TreeSnapshotError    bytes that are no tree, or a changed one
"""

from __future__ import annotations


class UndertowError(Exception):
    """The root of the tree."""


class OrderError(UndertowError):
    """An order is not well formed."""


class OrderRangeError(OrderError):
    """A field is out of its width."""


class OrderWordError(OrderError):
    """A packed order has bits it must not have."""


class AccountError(UndertowError):
    """An account is not well formed."""


class AccountRangeError(AccountError):
    """A leaf's field is out of its width."""


class PriceRangeError(UndertowError):
    """A price or a set of prices does not fit its words."""


class ParamsRangeError(UndertowError):
    """A governed parameter is out of its width."""


class DeltaError(UndertowError):
    """A published word is not an account's change under this key."""


class KeyFormatError(UndertowError):
    """A point is off the curve, outside the subgroup, or the identity."""


class SignatureError(UndertowError):
    """A signature does not verify."""


class TreeError(UndertowError):
    """A tree was asked for something it cannot hold."""


class TreeIndexError(TreeError):
    """No such leaf."""


class TreeValueError(TreeError):
    """A leaf or sibling is no field element."""


class TreeSnapshotError(TreeError):
    """The bytes are no tree, or a leaf or node was changed."""
