"""A state survives its file, and a changed file is refused."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from undertow.chain.errors import StateFileError
from undertow.chain.state_file import load, save
from undertow.crypto import native
from undertow.crypto.babyjubjub import Point
from undertow.crypto.field import R
from undertow.protocol.account import Account
from undertow.protocol.grid import COARSE, FINE
from undertow.protocol.market import Market
from undertow.protocol.safety_table import RINGS, empty_table
from undertow.protocol.state import Ledger, State, genesis
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Kappa, Lots, MicroUsd, Money, UnitPrice

TABLE = replace(
    empty_table(FINE),
    counters=tuple(tuple(range(ring, ring + 128)) for ring in range(RINGS)),
    rows=(1, 2, 3, 4, 5),
    bad=6,
    clock=7,
    used=(8, 9),
    bounds=(10, 11),
)


def _state() -> State:
    markets = list(State().markets)
    markets[3] = Market(
        skew=Lots(-7),
        pool=Money(9),
        kappa=Kappa(5),
    )
    second = Underlying(
        funding=-(1 << 110), funding_rate=-3, variance=8, price=UnitPrice(77), accrual=MicroUsd(-9)
    )
    state = State(
        markets=tuple(markets),
        underlyings=(Underlying(), second),
        time=1_000,
        ledger=Ledger(house_cash=Money(-5), insurance=Money(6), fee_pool=Money(7)),
        marks=(UnitPrice(3), UnitPrice(4)),
        salt=R - 9,
        batch_number=12,
        safety=TABLE,
    )
    for index in (5, 0, 1 << 20):
        account = Account(
            Point(index, 2),
            3,
            nonce=index,
            cash=Money(-index),
            positions=(Lots(-4),) * 16,
            cells=index % 127 << 18 | 1 << 26,
        )
        state = state.with_account(index, account)
    return state


STATE = _state()


def test_a_state_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "state"
    for state in (State(), genesis(FINE), STATE):
        save(state, path)
        again = load(path)
        assert (again.root(), again.tree.root) == (state.root(), state.tree.root)
        assert dict(again.accounts) == dict(state.accounts)
        assert (again.underlyings, again.time) == (state.underlyings, state.time)
        assert (again.markets, again.ledger, again.marks) == (
            state.markets,
            state.ledger,
            state.marks,
        )
        assert again.batch_number == state.batch_number
        assert again.safety == state.safety
        save(again, tmp_path / "again")
        assert (tmp_path / "again").read_bytes() == path.read_bytes()
    assert {entry.name for entry in tmp_path.iterdir()} == {"state", "again"}


def test_a_table_of_another_size_is_refused(tmp_path: Path) -> None:
    """A file that claims a huge one is refused before anything of it is made."""
    path = tmp_path / "state"
    save(replace(STATE, safety=empty_table(COARSE)), path)
    data = bytearray(path.read_bytes())
    at = data.index((7).to_bytes(32, "big") + (6).to_bytes(32, "big"))
    data[at + 63] = 200
    path.write_bytes(bytes(data))
    with pytest.raises(StateFileError, match="another size than any preset"):
        load(path)


def test_a_loaded_state_goes_on_as_the_old_one(tmp_path: Path) -> None:
    save(STATE, tmp_path / "state")
    loaded = load(tmp_path / "state")
    richer = replace(STATE.accounts[5], cash=Money(99))
    assert loaded.with_account(5, richer).root() == STATE.with_account(5, richer).root()
    assert loaded.root() == STATE.root()


@pytest.mark.parametrize("place", ["name", "number", "count", "root", "market", "account", "end"])
def test_a_changed_file_is_refused(tmp_path: Path, place: str) -> None:
    path = tmp_path / "state"
    save(STATE, path)
    whole = path.read_bytes()
    at = {
        "name": 0,
        "number": 23,
        "count": 31,
        "root": 63,
        "market": 64 + (4 + 3 * 4) * 32 - 1,
        "account": len(whole) - 33,
        "end": len(whole) - 1,
    }[place]
    changed = bytearray(whole)
    changed[at] ^= 1
    for content in (bytes(changed), whole[:at], whole[: at + 1] + b"\0" + whole[at + 1 :]):
        path.write_bytes(content)
        with pytest.raises(StateFileError):
            load(path)


def _signed_again(content: bytes) -> bytes:
    body = content[:-32]
    return body + hashlib.sha256(body).digest()


def test_what_hashes_right_must_also_give_the_root(tmp_path: Path) -> None:
    path = tmp_path / "state"
    save(STATE, path)
    whole = path.read_bytes()
    record = 8 + 352
    first = len(whole) - 32 - 3 * record
    swapped = (
        whole[:first]
        + whole[first + record : first + 2 * record]
        + whole[first : first + record]
        + whole[first + 2 * record :]
    )
    nonce = bytearray(whole)
    nonce[first + 8 + 5 * 32 - 1] ^= 1
    large = bytearray(whole)
    large[first + 8 : first + 8 + 32] = b"\xff" * native.WORD
    for content in (swapped, bytes(nonce), bytes(large)):
        path.write_bytes(_signed_again(content))
        with pytest.raises(StateFileError):
            load(path)
