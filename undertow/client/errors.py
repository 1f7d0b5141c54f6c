"""Errors of the client.

ClientError
├── KeyFileError      a key file cannot be used; the message says what to do
├── RefusedError      the matcher refused an order; `code` says why
├── FillError         the chain holds a change that no order of the trader explains
├── OtherVenueError   the matcher serves another venue, or its keys are not the operator's
└── MatcherDownError  the matcher does not answer, or answers nonsense
"""

from __future__ import annotations

from undertow.errors import UndertowError


class ClientError(UndertowError):
    """The root of the client's errors."""


class KeyFileError(ClientError):
    """A key file cannot be used; the message says what to do."""


class RefusedError(ClientError):
    """The matcher refused an order."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the reason code beside the sentence."""
        super().__init__(f"{code}: {message}")
        self.code = code


class FillError(ClientError):
    """The chain holds a change of the account that no order of its trader explains."""

    def __init__(self, batch: int, what: str) -> None:
        """Name the batch, or a request's run as batch 0."""
        super().__init__(f"batch {batch}: {what}")
        self.batch = batch


class OtherVenueError(ClientError):
    """The matcher serves another venue than is meant, or its keys are not the operator's."""


class MatcherDownError(ClientError):
    """The matcher does not answer, or answers nonsense."""
