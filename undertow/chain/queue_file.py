"""The queue as a file: what was read of it, so that a restart reads only what came since.

Whatever is damaged is named and passed over: all of it can be read again from the chain.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_abi.exceptions import EncodingError

from undertow import foreign_json
from undertow.chain.chain import Block
from undertow.chain.queue_entry import Entry
from undertow.crypto.babyjubjub import Point
from undertow.errors import UndertowError
from undertow.protocol.request import Request
from undertow.whole_file import whole_file

log = logging.getLogger(__name__)
FORMAT = "undertow queue 1"
LARGEST_FILE = 1 << 30
"""Bytes: some millions of requests."""


_DAMAGED = (OSError, ValueError, LookupError, TypeError, UndertowError, EncodingError)


@dataclass(frozen=True, slots=True)
class QueueFile:
    """One vault's queue up to a block."""

    path: Path
    vault: str
    """Address, lower case."""

    def save(self, block: Block, entries: Sequence[Entry]) -> None:
        """Write all entries up to a block; a disk that does not let us is named, no more."""
        content = {
            "format": FORMAT,
            "vault": self.vault,
            "block": [block.number, block.hash, block.time],
            "entries": [_words(entry) for entry in entries],
        }
        whole = {"content": content, "digest": _digest(content)}
        try:
            with whole_file(self.path) as file:
                file.write(json.dumps(whole).encode())
        except OSError as error:
            log.warning("the queue is not written to %s: %s", self.path, error)

    def load(self) -> tuple[Block, list[Entry]] | None:
        """Return what was written, None where there is nothing that can be used."""
        try:
            with self.path.open("rb") as file:
                return self._read(file.read(LARGEST_FILE + 1))
        except FileNotFoundError:
            return None
        except _DAMAGED as error:
            log.warning("the queue in %s is passed over: %s", self.path, error)
            return None

    def drop(self) -> bool:
        """Forget what was written, since the chain says otherwise; return whether that worked."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s is wrong and cannot be removed: %s", self.path, error)
            return False
        return True

    def _read(self, data: bytes) -> tuple[Block, list[Entry]]:
        whole = foreign_json.read(data, LARGEST_FILE)
        content = whole["content"]
        if whole["digest"] != _digest(content):
            raise ValueError("it is not as it was written")
        if (content["format"], content["vault"]) != (FORMAT, self.vault):
            raise ValueError("it is of another form or vault")
        return Block(*content["block"]), [_entry(words) for words in content["entries"]]


def _words(entry: Entry) -> list[Any]:
    word, x, y, time, fee, payer = entry.words()
    return [f"{word:#x}", f"{x:#x}", f"{y:#x}", time, fee, payer]


def _entry(words: Sequence[Any]) -> Entry:
    word, x, y, time, fee, payer = words
    request = Request.from_word(int(word, 16), Point(int(x, 16), int(y, 16)))
    entry = Entry(request=request, time=time, fee=fee, payer=payer)
    entry.leaf()  # refuses what has no form on the chain
    return entry


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
