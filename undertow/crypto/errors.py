"""Errors of keys, signatures and trees.

UndertowError
├── KeyFormatError           a point is off the curve, outside the subgroup, or the identity
├── SignatureError           a signature does not verify
└── TreeError
    ├── TreeIndexError       no such leaf
    ├── TreeValueError       a leaf or sibling is no field element
    └── TreeSnapshotError    bytes that are no tree, or a changed one
"""

from __future__ import annotations

from undertow.errors import UndertowError


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
