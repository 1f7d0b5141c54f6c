"""What the native core does for each order, measured on one core."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from undertow.chain import state_file
from undertow.crypto import native
from undertow.crypto.babyjubjub import Point
from undertow.crypto.domains import LEAF
from undertow.crypto.eddsa import PrivateKey, Signature, verify_many
from undertow.crypto.field import R
from undertow.crypto.merkle import ARITY, Tree
from undertow.crypto.poseidon import poseidon, poseidon_words
from undertow.protocol.account import WORDS, Account
from undertow.protocol.accounts import Accounts
from undertow.protocol.state import State
from undertow.protocol.units import Money
from venue.bench.memory import peak_bytes

ACCOUNTS = 1_000_000
HASHES = 20_000
SIGNATURES = 500
UPDATES = 4_000
BATCH = 16
"""Leaves that an update of the tree sets, as many as a batch touches."""
REPEATS = 5


def measure(accounts: int) -> dict[str, float]:
    """Return the figures by name: rates per second of processor time, best of five.

    Hashes have two inputs; signatures are by different keys, each key checked; an update is one
    leaf of a tree that holds 8**5, set with 15 others; loading reads a file of accounts and hashes
    all of them, in a process of its own.
    """
    seconds, mebibytes = _loading(accounts)
    return {
        "poseidon_per_s": round(HASHES / _best(_singly())),
        "poseidon_batch_per_s": round(HASHES / _best(_together())),
        "eddsa_verify_per_s": round(SIGNATURES / _best(_signatures())),
        "merkle_updates_per_s": round(UPDATES / _best(_updates())),
        "accounts_loaded": accounts,
        "accounts_load_s": round(seconds, 2),
        "accounts_load_mib": round(mebibytes),
    }


def _best(run: Callable[[], object]) -> float:
    run()
    spent = []
    for _ in range(REPEATS):
        started = time.process_time()
        run()
        spent.append(time.process_time() - started)
    return min(spent)


def _singly() -> Callable[[], object]:
    draw = random.Random(1)
    pairs = [(draw.randrange(R), draw.randrange(R)) for _ in range(HASHES)]
    return lambda: [poseidon(pair) for pair in pairs]


def _together() -> Callable[[], object]:
    draw = random.Random(2)
    packed = native.words(draw.randrange(R) for _ in range(2 * HASHES))
    return lambda: poseidon_words(packed, 2)


def _signatures() -> Callable[[], object]:
    signed: list[tuple[Point, int, Signature]] = []
    for number in range(SIGNATURES):
        key = PrivateKey.from_seed(number.to_bytes(32, "big"))
        signed.append((key.public, number, key.sign(number)))

    def run() -> None:
        if not all(verify_many(signed)):
            raise AssertionError("a signature of our own does not verify")

    return run


def _updates() -> Callable[[], object]:
    draw = random.Random(3)
    tree = Tree()
    tree.update_many((index, draw.randrange(1, R)) for index in range(ARITY**5))
    batches = [
        [(draw.randrange(ARITY**5), draw.randrange(R)) for _ in range(BATCH)]
        for _ in range(UPDATES // BATCH)
    ]

    def run() -> None:
        snapshot = tree
        for batch in batches:
            snapshot = snapshot.copy()
            snapshot.update_many(batch)

    return run


def _loading(count: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="undertow-") as folder:
        path = Path(folder) / "state"
        context = get_context("spawn")
        with context.Pool(1) as pool:
            pool.apply(_write, (path, count))
        with context.Pool(1) as pool:
            return pool.apply(_load, (path, count))


def _write(path: Path, count: int) -> None:
    tree = Tree()
    packed: dict[int, Account | bytes] = {}
    for start in range(1, count + 1, HASHES):
        numbers = range(start, min(start + HASHES, count + 1))
        records = [_account(number).to_bytes() for number in numbers]
        hashes = poseidon_words(b"".join(records), WORDS, LEAF)
        tree.update_many(zip(numbers, native.from_bytes(hashes), strict=True))
        packed.update(zip(numbers, records, strict=True))
    state_file.save(State(accounts=Accounts(packed), tree=tree), path)


def _account(number: int) -> Account:
    money = Money(number << 32)
    return Account(Point(number, number + 1), number + 2, 1, 3, cash=money, settled=money)


def _load(path: Path, count: int) -> tuple[float, float]:
    """Return seconds of processor time and the process's largest size in MiB."""
    started = time.process_time()
    state: Any = state_file.load(path)
    spent = time.process_time() - started
    if len(state.accounts) != count:
        raise AssertionError("not every account was loaded")
    return spent, peak_bytes() / (1 << 20)
