"""Errors of what runs on top of a venue.

UndertowError
├── MarketDataError   the recorded order flow could not be had, or is not what was pinned
└── BenchError        the bench cannot measure what it was asked for
"""

from __future__ import annotations

from undertow.errors import UndertowError


class MarketDataError(UndertowError):
    """The recorded order flow could not be had, or is not what was pinned."""


class BenchError(UndertowError):
    """The bench cannot measure what it was asked for."""
