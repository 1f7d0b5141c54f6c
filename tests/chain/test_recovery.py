"""From the chain and a key alone: every root, own contents, and a reading that goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chain import honest_node
from tests.chain.honest_node import HonestNode, lived, owned
from tests.chain.node import DEPLOYMENT
from undertow.chain import recovery, recovery_file
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.errors import ReorganisedError, WrongAnswerError
from undertow.chain.recovery import recover
from undertow.chain.settled import pack_batch
from undertow.engine.batch import Decoy
from undertow.engine.vesting import exit_sheet
from undertow.protocol.errors import DeltaError, LeafPathError
from undertow.protocol.leaf_path import LeafPath
from undertow.protocol.prices import Mark
from undertow.protocol.statement import BatchHouse, Touch
from undertow.protocol.units import MicroUsd
from venue.bench.memory_node import served


@contextmanager
def reading(venue: HonestNode) -> Iterator[Contracts]:
    """Read from a venue's node."""
    with served(venue.node.answer) as url:
        yield Contracts(Chain(url), DEPLOYMENT)


@pytest.fixture
def venue() -> HonestNode:
    return lived()


def ranges(venue: HonestNode) -> list[int]:
    """Return the first blocks of the logs that are asked for from now on."""
    asked: list[int] = []
    answer = venue.node.result

    def result(method: str, params: list[dict[str, str]]) -> object:
        if method == "eth_getLogs":
            asked.append(int(params[0]["fromBlock"], 16))
        return answer(method, params)

    venue.node.result = result  # type: ignore[method-assign]
    return asked


def test_the_chain_and_a_key_give_root_and_contents(venue: HonestNode) -> None:
    with reading(venue) as contracts:
        found = recover(contracts, [owned(1), owned(2)])
    state = venue.state
    assert found.public.root() == state.root()
    assert [one.account for one in found.own] == [state.accounts[1], state.accounts[2]]
    assert found.sheet(contracts.deployment.group.params) == exit_sheet(
        state, contracts.deployment.group.params
    )
    assert found.own[0].sheet == found.sheet(contracts.deployment.group.params)
    assert any(state.accounts[1].positions)


def test_a_path_leads_to_the_root_and_to_no_other_leaf(venue: HonestNode) -> None:
    with reading(venue) as contracts:
        path = recover(contracts, []).path(2)
    assert path.leaf == venue.state.accounts[2].leaf()
    assert LeafPath.from_json(json.loads(json.dumps(path.to_json()))) == path
    assert path.root() == venue.state.root()
    others = [
        replace(path, leaf=path.leaf + 1),
        replace(path, index=3),
        replace(path, sealed=path.sealed + 1),
        replace(path, marks=(path.marks[0], Mark(path.marks[1] + 1))),
        replace(path, accruals=(MicroUsd(path.accruals[0] + 1), path.accruals[1])),
        replace(path, siblings=((1, *path.siblings[0][1:]), *path.siblings[1:])),
    ]
    assert venue.state.root() not in [other.root() for other in others]


@pytest.mark.parametrize(
    "change",
    [
        {"account": 8**8},
        {"account": -1},
        {"account": "x"},
        {"leaf": hex(1 << 254)},
        {"leaf": "-0x1"},
        {"siblings": []},
        {"siblings": [["0x1"] * 6] * 8},
        {"siblings": 7},
        {"marks": [1]},
        {"marks": [1 << 40, 0]},
        {"accruals": [1 << 39, 0]},
        {"sealed": None},
    ],
)
def test_what_is_no_path_is_refused(venue: HonestNode, change: dict[str, object]) -> None:
    with reading(venue) as contracts:
        value = recover(contracts, []).path(2).to_json()
    with pytest.raises(LeafPathError):
        LeafPath.from_json({**value, **change})
    with pytest.raises(LeafPathError):
        LeafPath.from_json({name: value[name] for name in value if name not in change})


def test_a_reading_goes_on_where_the_last_one_ended(venue: HonestNode, tmp_path: Path) -> None:
    with reading(venue) as contracts:
        recover(contracts, [owned(1)], tmp_path)
        head = venue.node.head
        venue.settle(venue.trade(1, 4), Decoy(3))
        asked = ranges(venue)
        found = recover(contracts, [owned(1)], tmp_path)
    # The set's close and price stand in the settlement's block.
    assert asked == [head + 1]
    assert found.public.root() == venue.state.root()
    assert found.own[0].account == venue.state.accounts[1]
    assert len(list(tmp_path.iterdir())) == 2
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_a_long_reading_keeps_what_it_has_on_the_way(
    venue: HonestNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "SAVE_EVERY", 3)
    seen: list[object] = []

    class Stopped(Exception):
        """The machine is switched off."""

    def save(*args: object) -> None:
        save_file(*args)  # type: ignore[arg-type]
        seen.append(args)
        if len(seen) == 2:
            raise Stopped

    save_file = recovery_file.save
    monkeypatch.setattr(recovery_file, "save", save)
    with reading(venue) as contracts:
        with pytest.raises(Stopped):
            recover(contracts, [owned(1)], tmp_path)
        asked = ranges(venue)
        found = recover(contracts, [owned(1)], tmp_path)
    assert asked[0] > DEPLOYMENT.block + 5
    assert found.public.root() == venue.state.root()
    assert found.own[0].account == venue.state.accounts[1]


def _cut(data: bytes) -> bytes:
    return data[:-7]


def _changed(data: bytes) -> bytes:
    return data[:90] + bytes([data[90] ^ 1]) + data[91:]


def _nothing(data: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [_cut, _changed, _nothing])
def test_what_is_damaged_is_passed_over(
    venue: HonestNode, tmp_path: Path, damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    with reading(venue) as contracts:
        recover(contracts, [owned(1)], tmp_path)
        for path in tmp_path.iterdir():
            path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
        assert recover(contracts, [owned(1)], tmp_path).public.root() == venue.state.root()
    assert "passed over" in caplog.text


def test_a_file_of_another_truth_is_passed_over(
    venue: HonestNode, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever wrote it, with all its hashes: what follows from it is not the chain's root."""
    with reading(venue) as contracts:
        honest = recover(contracts, [owned(1)])
        tree = honest.public.tree.copy()
        tree.update(2, 5)
        forged = replace(honest, public=replace(honest.public, tree=tree))
        recovery_file.save(forged, contracts.venue, tmp_path)
        assert recover(contracts, [owned(1)], tmp_path).public.root() == venue.state.root()
        assert "passed over" in caplog.text
        venue.settle(Decoy(1))
        recovery_file.save(forged, contracts.venue, tmp_path / "again")
        found = recover(contracts, [owned(1)], tmp_path / "again")
        assert found.public.root() == venue.state.root()


def test_another_account_or_key_begins_again(venue: HonestNode, tmp_path: Path) -> None:
    with reading(venue) as contracts:
        recover(contracts, [owned(1)], tmp_path)
        asked = ranges(venue)
        assert recover(contracts, [owned(2)], tmp_path).own[0].account == venue.state.accounts[2]
        stranger = replace(owned(2), index=1)
        with pytest.raises(DeltaError):
            recover(contracts, [stranger], tmp_path)
    assert asked == [DEPLOYMENT.block] * 2


def test_after_a_reorganisation_it_begins_before_it(venue: HonestNode, tmp_path: Path) -> None:
    with reading(venue) as contracts:
        recover(contracts, [owned(1)], tmp_path)
        venue.settle(Decoy(1))
        head = venue.node.head
        recover(contracts, [owned(1)], tmp_path)
        venue.node.forked, venue.node.branch = head - 1, 1
        asked = ranges(venue)
        recover(contracts, [owned(1)], tmp_path)
    # The older of the two files is of a block that both chains have.
    assert asked == [head]


def test_a_chain_that_changes_meanwhile_is_not_believed(venue: HonestNode) -> None:
    answer = venue.node.result

    def result(method: str, params: list[dict[str, str]]) -> object:
        found = answer(method, params)
        if method == "eth_getLogs":
            venue.node.forked, venue.node.branch = venue.node.head - 1, 1
        return found

    venue.node.result = result  # type: ignore[method-assign]
    with reading(venue) as contracts, pytest.raises(ReorganisedError):
        recover(contracts, [owned(1)])


@pytest.mark.parametrize("field", ["leaf", "account"])
def test_words_that_give_another_root_are_no_state(
    venue: HonestNode, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    def lie(house: BatchHouse, touches: Sequence[Touch]) -> bytes:
        last = touches[-1]
        return pack_batch(
            house, [*touches[:-1], last._replace(**{field: getattr(last, field) + 1})]
        )

    monkeypatch.setattr(honest_node, "pack_batch", lie)
    venue.settle(Decoy(1), Decoy(2))
    monkeypatch.undo()
    venue.settle(Decoy(1), Decoy(3))
    with reading(venue) as contracts, pytest.raises(WrongAnswerError, match="another root"):
        recover(contracts, [])


def test_a_missing_settlement_is_named(venue: HonestNode) -> None:
    logs, blocks = venue.node._logs, venue.node._blocks
    del logs[-1], blocks[-1]
    with reading(venue) as contracts, pytest.raises(WrongAnswerError, match="leaves out"):
        recover(contracts, [])
