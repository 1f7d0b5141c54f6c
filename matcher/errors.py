"""Exception tree of the matcher.

MatcherError
├── LogError          the order log cannot be used
│   ├── BrokenChainError   a record was altered, removed or reordered
│   └── InUseError         another matcher works with it
├── JournalError      the journal cannot be read or written, or is damaged
├── SettingsError     a setting is missing or malformed
└── DivergedError     the chain holds another state than the log and the journal give
"""

from __future__ import annotations

from pathlib import Path

from undertow.errors import UndertowError


class MatcherError(UndertowError):
    """The root of the matcher's errors."""


class LogError(MatcherError):
    """The order log cannot be opened or written."""


class BrokenChainError(LogError):
    """The record at `sequence` does not follow from the one before it."""

    def __init__(self, sequence: int) -> None:
        """Name the first record that does not hold."""
        super().__init__(f"order log is broken at sequence {sequence}")
        self.sequence = sequence


class InUseError(LogError):
    """Another process works with the same files."""

    def __init__(self, folder: Path, holder: str) -> None:
        """Name the folder, and the process as it described itself."""
        super().__init__(f"{folder} is in use by {holder}; stop that matcher first")
        self.folder = folder
        self.holder = holder


class JournalError(MatcherError):
    """The journal cannot be read or written, or is damaged; the message names the file."""


class SettingsError(MatcherError):
    """A setting is missing or malformed."""


class DivergedError(MatcherError):
    """The chain holds another state than the log and the journal give."""
