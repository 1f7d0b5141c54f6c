"""One matcher for a folder: two would close different sets from one log."""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import suppress
from pathlib import Path

from matcher.errors import InUseError, LogError

NAME = "matcher.lock"
_LONGEST = 200


class FolderLock:
    """Held until it is released or the process ends, however it ends; the file stays."""

    def __init__(self, folder: Path) -> None:
        """Take the folder.

        Raises:
            InUseError: somebody else has it; the message names the process.
            LogError: there is no such folder, or nothing can be written there.
        """
        path = folder / NAME
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise LogError(f"cannot lock {path}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._file, _LONGEST, 0).decode(errors="replace").strip()
            os.close(self._file)
            raise InUseError(folder, holder or "a process that did not give its name") from None
        # A full disk is no reason to be nameless only: the lock holds without the name.
        with suppress(OSError):
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)

    def release(self) -> None:
        """Give the folder back."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
