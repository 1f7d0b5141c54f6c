"""The root of every error that Undertow raises on purpose.

UndertowError
├── FieldError                    a file or an answer of others has another form at one place
├── undertow/crypto/errors.py     keys, signatures, trees
├── undertow/protocol/errors.py   orders, envelopes, receipts, accounts, parameters, published words
├── undertow/chain/errors.py      nodes, contracts, saved states
├── undertow/client/errors.py     key files, the matcher's answers, one's own fills
├── prover/errors.py              circuits, keys, proofs, toolchain
├── matcher/errors.py             settings, order log, divergence from the chain
└── venue/errors.py               recorded data, the bench

Not in the tree: ValueError for an argument that only our own code can get wrong, and where readable
Python refuses as the native core does, which knows no class of ours (whoever calls one of the two
turns it into an error of the tree); OSError, which is the system's; TimeoutError for what did not
happen in time.
"""

from __future__ import annotations


class UndertowError(Exception):
    """The root of the tree: its message says what was found, what was expected, what to do."""


class FieldError(UndertowError):
    """An object of a known form has another one at one place."""

    def __init__(self, where: str, found: str, expected: str) -> None:
        """Name the place, from the outermost object inwards."""
        super().__init__(f"{where}: found {found}, expected {expected}")
        self.where = where
        self.found = found
        self.expected = expected
