"""What keeps the loop from its work: every error has a name, a pause and an alarm; few end it.

| Trouble | Ends by |
|---|---|
| `CHAIN_UNREACHABLE` | the node answers again |
| `CHAIN_MOVED` | reading the chain again |
| `PROVER` | the next try, which may be another prover's |
| `DISK` | room on the disk, or writing allowed |
| `JOURNAL`, `LOG` | the file is well again, or restored from a copy |
| `DIVERGED` | another answer of the node, or the missing record; nothing is sent meanwhile |
| `UNEXPECTED` | perhaps by itself; it is a fault of ours, so it is logged whole |

What says that the loop works for another chain, or with other keys than the venue's, ends it: no
time mends that.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
from dataclasses import dataclass

from matcher.errors import DivergedError, JournalError, LogError, SettingsError
from matcher.phase import Phase
from prover.errors import ProverError
from undertow.chain.errors import (
    ChainError,
    ChainUnreachableError,
    DeploymentError,
    MismatchError,
    RevertedError,
)
from undertow.client.errors import KeyFileError
from undertow.printable import printable
from undertow.protocol.errors import EnvelopeError, OrderError, WrongKeyError

log = logging.getLogger(__name__)
BACKOFF_SECONDS = (0.5, 1, 2, 4, 8, 15)
PATIENCE_SECONDS = 60
"""After so much trouble of any kind the venue does not do its work."""
FINAL = (MismatchError, DeploymentError, WrongKeyError, KeyFileError, SettingsError)
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO}
_DISK_CODES = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR}


_GRAVE = {Phase.DISK, Phase.JOURNAL, Phase.LOG, Phase.DIVERGED}
"""`/health` is false at once."""


def backoff(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row."""
    return BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS)) - 1]


def name_of(error: Exception) -> Phase:
    """Return which trouble an error is."""
    if _is_of_the_disk(error):
        return Phase.DISK
    kinds: tuple[tuple[type[Exception], Phase], ...] = (
        (ChainUnreachableError, Phase.CHAIN_UNREACHABLE),
        (RevertedError, Phase.CHAIN_MOVED),
        (ChainError, Phase.CHAIN_UNREACHABLE),
        (ProverError, Phase.PROVER),
        (JournalError, Phase.JOURNAL),
        (LogError, Phase.LOG),
        (EnvelopeError, Phase.LOG),
        (OrderError, Phase.LOG),
        (DivergedError, Phase.DIVERGED),
    )
    return next((name for kind, name in kinds if isinstance(error, kind)), Phase.UNEXPECTED)


def _is_of_the_disk(error: BaseException | None) -> bool:
    """Return whether an error, or what it was raised from, is the disk's."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _DISK:
            return True
        if isinstance(error, sqlite3.Error):
            # The lowest byte is the primary code.
            return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DISK_CODES
        error = error.__cause__
    return False


@dataclass(slots=True)
class Troubles:
    """The present trouble, if any, and for how long it has been there."""

    name: Phase | None = None
    failures: int = 0
    since: float = 0.0

    def meet(self, error: Exception, now: float) -> float:
        """Take in an error; return the seconds to wait before the next try.

        Raises:
            Exception: the error itself, where no time mends it.
        """
        if isinstance(error, FINAL):
            raise error
        name = name_of(error)
        if self.name is None:
            self.since = now
        self.failures = self.failures + 1 if name is self.name else 1
        self.name = name
        _tell(name, error, self.failures)
        return backoff(self.failures)

    def end(self) -> None:
        """The loop did a piece of work, or found that there is none."""
        if self.name is not None:
            log.warning("ended: %s", self.name)
        self.name, self.failures = None, 0

    @property
    def keeps_state(self) -> bool:
        """Whether what was executed ahead of the chain is as good as before."""
        return self.name in (Phase.PROVER, Phase.CHAIN_UNREACHABLE)

    def is_grave(self, now: float) -> bool:
        """Return whether the venue does not do its work."""
        if self.name is None:
            return False
        return self.name in _GRAVE or now - self.since > PATIENCE_SECONDS


def _tell(name: Phase, error: Exception, failures: int) -> None:
    """Log the first of a row and each time that their number doubles."""
    if failures & (failures - 1):
        return
    grave = name in _GRAVE or name is Phase.UNEXPECTED
    log.log(
        logging.ERROR if grave else logging.WARNING,
        "%s (failure %d): %s",
        name,
        failures,
        printable(error),
        exc_info=name is Phase.UNEXPECTED,
    )
