"""Errors of what runs on top of a venue.

UndertowError
├── MarketDataError   recorded data could not be had, is not what was pinned or cannot be read
├── BacktestError     a replay cannot be run as asked, or its books do not add up
└── BenchError        the bench cannot measure what it was asked for
"""

from __future__ import annotations

from undertow.errors import UndertowError


class MarketDataError(UndertowError):
    """Recorded data could not be had, is not what was pinned or cannot be read."""


class BacktestError(UndertowError):
    """A replay cannot be run as asked, or its books do not add up."""


class BenchError(UndertowError):
    """The bench cannot measure what it was asked for."""
