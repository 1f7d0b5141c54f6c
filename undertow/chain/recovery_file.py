"""What was recovered, as files in a folder: a reading that ended goes on from the newest.

Numbers are big-endian. 16 bytes of name; the length of a JSON text, 8 bytes; the text; the tree as
`undertow/crypto/merkle_snapshot.py` has it; SHA-256 of all before. Every hash of the tree is made
again on reading, and own contents have to be what their leaves hash. Whether the root is the
chain's is for the caller. The files hold own contents, so they are for their owner alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from undertow import foreign_json
from undertow.chain.errors import StateFileError
from undertow.chain.recovered import Recovered
from undertow.chain.view import Reached
from undertow.crypto.merkle import Tree
from undertow.errors import UndertowError
from undertow.protocol.account import Account
from undertow.protocol.params import MarketParams
from undertow.protocol.prices import Mark
from undertow.protocol.public_state import PublicState
from undertow.protocol.units import MicroUsd
from undertow.protocol.venue import Venue
from undertow.whole_file import whole_file

log = logging.getLogger(__name__)
_NAME = b"undertow public1"
_KEPT = 2
_SUFFIX = ".recovered"
_DIGEST = hashlib.sha256().digest_size
_LARGEST_TEXT = 1 << 24
_DAMAGED = (OSError, ValueError, LookupError, TypeError, UndertowError)


def save(recovered: Recovered, venue: Venue, folder: Path) -> None:
    """Write what was recovered, and drop what is older than the one before; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_content(recovered, venue)).encode()
    body = b"".join([_NAME, len(text).to_bytes(8, "big"), text, recovered.public.tree.to_bytes()])
    name = f"{recovered.settlements:012d}-{recovered.block_hash[2:18]}{_SUFFIX}"
    with whole_file(folder / name) as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(body)
        file.write(hashlib.sha256(body).digest())
        file.flush()
        os.fsync(file.fileno())
    for old in _paths(folder)[_KEPT:]:
        old.unlink(missing_ok=True)


def load(
    folder: Path, venue: Venue, own: Sequence[int], params: MarketParams
) -> Iterator[Recovered]:
    """Yield what has all own accounts and can be read, the newest first; the rest is named."""
    for path in _paths(folder):
        try:
            yield _read(path.read_bytes(), venue, own, params)
        except _DAMAGED as error:
            log.warning("%s is passed over: %s", path, error)


def _paths(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{_SUFFIX}"), reverse=True)


def _content(recovered: Recovered, venue: Venue) -> dict[str, Any]:
    public, reached = recovered.public, recovered.reached
    return {
        "venue": f"{venue.word:#x}",
        "block": [reached.block, recovered.block_hash],
        "settled": [reached.batches, reached.runs],
        "time": recovered.time,
        "sealed": f"{public.sealed:#x}",
        "marks": list(public.marks),
        "accruals": list(public.accruals),
        "own": {str(one.index): one.account.to_bytes().hex() for one in recovered.own},
    }


def _read(data: bytes, venue: Venue, own: Sequence[int], params: MarketParams) -> Recovered:
    body, digest = data[:-_DIGEST], data[-_DIGEST:]
    if body[: len(_NAME)] != _NAME or hashlib.sha256(body).digest() != digest:
        raise StateFileError("it is not as it was written")
    start = len(_NAME) + 8
    end = start + int.from_bytes(body[len(_NAME) : start], "big")
    content = foreign_json.read(body[start:end], _LARGEST_TEXT)
    if content["venue"] != f"{venue.word:#x}":
        raise StateFileError("it is of another venue")
    number, block_hash = content["block"]
    public = PublicState(
        tree=Tree.from_bytes(body[end:]),
        sealed=int(content["sealed"], 16),
        marks=tuple(map(Mark, content["marks"])),
        accruals=tuple(map(MicroUsd, content["accruals"])),
    )
    recovered = Recovered(
        public=public,
        time=content["time"],
        reached=Reached(number, *content["settled"]),
        block_hash=block_hash,
        own=(),
    )
    return recovered.owning([_own(content["own"], i, public.tree) for i in own], params)


def _own(kept: dict[str, str], index: int, tree: Tree) -> tuple[int, Account]:
    if str(index) not in kept:
        raise StateFileError(f"it has not followed account {index}")
    account = Account.from_bytes(bytes.fromhex(kept[str(index)]))
    if tree.get(index) not in (0, account.leaf()):
        raise StateFileError(f"its contents of account {index} are not its leaf's")
    return index, account
