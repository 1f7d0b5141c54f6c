"""The root of every error that Undertow raises on purpose.

UndertowError
├── crypto/errors.py     keys, signatures, trees
├── protocol/errors.py   orders, accounts, prices, parameters, published words
├── chain/errors.py      nodes, contracts, saved states
├── client/errors.py     the matcher's answers and one's own fills
├── prover/errors.py     circuits, keys, proofs, toolchain
└── matcher/errors.py    settings, order log, divergence from the chain
"""

from __future__ import annotations


class UndertowError(Exception):
    """The root of the tree: its message says what was found, what was expected, what to do."""
