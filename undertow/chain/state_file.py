"""A state in one file: written whole or not at all, and read with every hash made again.

Numbers are big-endian. 16 bytes of name; batch number and number of accounts, 8 bytes each; the
state root; the ledger's 6 words, 3 words for each market, 5 for each underlying, one mark for each
underlying, the time of the marks, since when no batch was clean, the salt of the sealed half, the
bits of the safety table's steps and cells; its words; then for each account in ascending order its
index, 8 bytes, and its words; SHA-256 of all before. Words have 32 bytes.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from undertow.chain.errors import StateFileError
from undertow.crypto import native
from undertow.crypto.domains import LEAF
from undertow.crypto.field import from_field, to_field
from undertow.crypto.merkle import ARITY, DEPTH, Tree
from undertow.crypto.poseidon import poseidon_words
from undertow.errors import UndertowError
from undertow.protocol.account import ACCOUNT_BYTES, WORDS, Account
from undertow.protocol.accounts import Accounts
from undertow.protocol.grid import GRIDS, Grid
from undertow.protocol.market import Market
from undertow.protocol.prices import Mark, marks_of, split_marks
from undertow.protocol.safety_table import SafetyTable, empty_table
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS
from undertow.protocol.state import Ledger, State
from undertow.protocol.underlying import Underlying

_NAME = b"undertow state 7"
_HEAD = struct.Struct(">16sQQ32s")
_RECORD = struct.Struct(f">Q{ACCOUNT_BYTES}s")
_LEDGER = [field.name for field in fields(Ledger)]
_MARKET = [field.name for field in fields(Market)]
_UNDERLYING = [field.name for field in fields(Underlying)]
_HOUSE_BYTES = native.WORD * (
    len(_LEDGER) + len(_MARKET) * INSTRUMENTS + (len(_UNDERLYING) + 1) * UNDERLYINGS + 5
)
_Row = TypeVar("_Row", Ledger, Market, Underlying)
_AT_ONCE = 8192
"""Accounts that are read and hashed together."""


def save(state: State, path: Path) -> None:
    """Write a state; a file that stood there is replaced when the new one is durable.

    Raises:
        OSError: the file cannot be written.
    """
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("wb") as file:
        digest = hashlib.sha256()
        for part in _parts(state):
            digest.update(part)
            file.write(part)
        file.write(digest.digest())
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def load(path: Path) -> State:
    """Read a state; whether its root is the chain's is for the caller.

    Accounts stay packed until they are asked for.

    Raises:
        OSError: the file cannot be read.
        StateFileError: it holds no state, or not all of it as it was saved.
    """
    with path.open("rb") as file:
        try:
            return _read(_Reader(file))
        except (ValueError, UndertowError) as error:
            raise StateFileError(f"{path}: {error}") from error


def _parts(state: State) -> Iterator[bytes]:
    root = state.root().to_bytes(native.WORD, "big")
    yield _HEAD.pack(_NAME, state.batch_number, len(state.accounts), root)
    yield _signed([getattr(state.ledger, name) for name in _LEDGER])
    for market in state.markets:
        yield _signed([getattr(market, name) for name in _MARKET])
    for underlying in state.underlyings:
        yield _signed([getattr(underlying, name) for name in _UNDERLYING])
    yield _signed(marks_of(state.marks, state.halted))
    grid = state.safety.grid
    yield native.words(
        [state.time, state.unclean_since, state.salt, grid.step_bits, grid.cell_bits]
    )
    yield native.words(state.safety.words())
    for index in sorted(state.accounts):
        yield _RECORD.pack(index, state.accounts.packed(index))


class _Reader:
    """A file whose bytes are hashed as they are read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def take(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) != size:
            raise ValueError("it ends early")
        self.digest.update(data)
        return data

    def close(self) -> None:
        if self._file.read() != self.digest.digest():
            raise ValueError("it is not as it was written")


def _read(reader: _Reader) -> State:
    name, batch_number, count, root = _HEAD.unpack(reader.take(_HEAD.size))
    if name != _NAME:
        raise ValueError("not a state")
    if count > ARITY**DEPTH:
        raise ValueError("more accounts than a tree holds")
    words = native.from_bytes(reader.take(_HOUSE_BYTES))
    numbers = iter([from_field(word) for word in words])
    ledger = _row(Ledger, _LEDGER, numbers)
    markets = tuple(_row(Market, _MARKET, numbers) for _ in range(INSTRUMENTS))
    underlyings = tuple(_row(Underlying, _UNDERLYING, numbers) for _ in range(UNDERLYINGS))
    *marks, time, unclean_since, salt, step_bits, cell_bits = numbers
    prices, halted = split_marks([Mark(mark) for mark in marks])
    safety = _table(reader, Grid(step_bits, cell_bits))
    accounts, tree = _accounts(reader, count)
    reader.close()
    state = State(
        accounts=accounts,
        tree=tree,
        markets=markets,
        underlyings=underlyings,
        time=time,
        ledger=ledger,
        marks=prices,
        halted=halted,
        salt=to_field(salt),
        batch_number=batch_number,
        safety=safety,
        unclean_since=unclean_since,
    )
    if state.root() != int.from_bytes(root, "big"):
        raise ValueError("it gives another root")
    return state


def _table(reader: _Reader, grid: Grid) -> SafetyTable:
    if grid not in GRIDS:
        raise ValueError("its safety table has another size than any preset's")
    size = native.WORD * len(empty_table(grid).words())
    return SafetyTable.from_words(grid, native.from_bytes(reader.take(size)))


def _accounts(reader: _Reader, count: int) -> tuple[Accounts, Tree]:
    accounts: dict[int, Account | bytes] = {}
    tree = Tree()
    last = -1
    for start in range(0, count, _AT_ONCE):
        size = min(_AT_ONCE, count - start)
        records = dict(_RECORD.iter_unpack(reader.take(size * _RECORD.size)))
        indices = list(records)
        if len(indices) != size or indices != sorted(indices) or indices[0] <= last:
            raise ValueError("its accounts are not in ascending order")
        last = indices[-1]
        hashes = poseidon_words(b"".join(records.values()), WORDS, LEAF)
        tree.update_many(zip(indices, native.from_bytes(hashes), strict=True))
        accounts |= records
    return Accounts(accounts), tree


def _signed(numbers: Sequence[int]) -> bytes:
    return native.words(to_field(number) for number in numbers)


def _row(noun: type[_Row], names: Sequence[str], numbers: Iterator[int]) -> _Row:
    row: dict[str, Any] = {name: next(numbers) for name in names}
    return noun(**row)
