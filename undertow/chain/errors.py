"""Errors of the chain side.

ChainError
├── ChainUnreachableError   the node does not answer; try again later
├── BuildError              the contracts do not compile
├── RevertedError           a transaction was refused; the message names the contract's error
└── StateFileError          a file holds no state, or not all of it as it was saved
"""

from __future__ import annotations

from undertow.errors import UndertowError


class ChainError(UndertowError):
    """The root of the chain's errors."""


class ChainUnreachableError(ChainError):
    """The node does not answer; try again later."""


class BuildError(ChainError):
    """The contracts do not compile."""


class RevertedError(ChainError):
    """A transaction was refused; the message names the contract's error."""


class StateFileError(ChainError):
    """A file holds no state, or not all of it as it was saved."""
