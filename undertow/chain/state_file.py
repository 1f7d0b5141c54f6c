"""A state in one file: written whole or not at all, and read with every hash made again.

Numbers are big-endian. 16 bytes of name; batch number and number of accounts, 8 bytes each; the
state root; the ledger's 4 words, 8 words for each market, one mark for each; then for each account
in ascending order its index, 8 bytes, and its 11 words; SHA-256 of all before. Words have 32 bytes.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from undertow.chain.errors import StateFileError
from undertow.crypto import native
from undertow.crypto.domains import LEAF
from undertow.crypto.field import from_field, to_field
from undertow.crypto.merkle import ARITY, DEPTH, Tree
from undertow.crypto.poseidon import poseidon_words
from undertow.errors import UndertowError
from undertow.protocol.account import ACCOUNT_BYTES, WORDS, Account
from undertow.protocol.accounts import Accounts
from undertow.protocol.market import Market
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.state import Ledger, State
from undertow.protocol.units import Kappa, Lots, Money, Price

_NAME = b"undertow state 1"
_HEAD = struct.Struct(">16sQQ32s")
_RECORD = struct.Struct(f">Q{ACCOUNT_BYTES}s")
_LEDGER_WORDS = 4
_MARKET_WORDS = 8
_VENUE_BYTES = native.WORD * (_LEDGER_WORDS + (_MARKET_WORDS + 1) * INSTRUMENTS)
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
    ledger = state.ledger
    yield _signed([ledger.house_cash, ledger.insurance, ledger.fee_pool, ledger.sum_cash])
    for market in state.markets:
        yield _signed(_market_words(market))
    yield _signed(state.marks)
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
    numbers = [from_field(word) for word in native.from_bytes(reader.take(_VENUE_BYTES))]
    house, insurance, fees, cash, *rest = (Money(number) for number in numbers)
    rows = [rest[i * _MARKET_WORDS :][:_MARKET_WORDS] for i in range(INSTRUMENTS)]
    accounts, tree = _accounts(reader, count)
    reader.close()
    state = State(
        accounts=accounts,
        tree=tree,
        markets=tuple(_market(row) for row in rows),
        ledger=Ledger(house_cash=house, insurance=insurance, fee_pool=fees, sum_cash=cash),
        marks=tuple(Price(mark) for mark in rest[_MARKET_WORDS * INSTRUMENTS :]),
        batch_number=batch_number,
    )
    if state.root() != int.from_bytes(root, "big"):
        raise ValueError("it gives another root")
    return state


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


def _market_words(market: Market) -> list[int]:
    return [
        market.skew,
        market.pool,
        market.kappa,
        market.funding,
        market.funding_rate,
        market.variance,
        market.price,
        market.time,
    ]


def _market(row: Sequence[int]) -> Market:
    skew, pool, kappa, index, rate, variance, price, time = row
    return Market(
        skew=Lots(skew),
        pool=Money(pool),
        kappa=Kappa(kappa),
        funding=Money(index),
        funding_rate=rate,
        variance=variance,
        price=Price(price),
        time=time,
    )
