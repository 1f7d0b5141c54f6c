"""Errors of the client.

ClientError
├── RefusedError      the matcher refused an order; `code` says why
└── MatcherDownError  the matcher does not answer, or answers nonsense
"""

from __future__ import annotations

from undertow.protocol.errors import UndertowError


class ClientError(UndertowError):
    """The root of the client's errors."""


class RefusedError(ClientError):
    """The matcher refused an order."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the reason code beside the sentence."""
        super().__init__(f"{code}: {message}")
        self.code = code


class MatcherDownError(ClientError):
    """The matcher does not answer, or answers nonsense."""
