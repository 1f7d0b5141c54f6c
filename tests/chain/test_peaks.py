"""Paths into the queue: the model's, and the contract's answer to them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chain.node import DEPLOYMENT
from undertow.chain import vault
from undertow.chain.anvil import Anvil
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.errors import RevertedError
from undertow.chain.getter import word_at
from undertow.chain.peaks import Peaks, highest_level, kept_index
from undertow.chain.reading import reachable
from undertow.protocol.units import MicroUsd
from venue.local import chain_key

AMOUNT = MicroUsd(1_000_000)


class Kept:
    """The contract's rule, written once more: a push merges upwards and stores where it ends."""

    def __init__(self) -> None:
        self.kept: dict[int, str] = {}
        self.count = 0

    def push(self, leaf: str) -> None:
        node, level = leaf, 0
        while self.count >> level & 1:
            node, level = f"({self.kept[level]}{node})", level + 1
        self.kept[level], self.count = node, self.count + 1

    def holds(self, number: int, leaf: str, path: list[bytes]) -> bool:
        level = len(path)
        if number >> level != kept_index(level, self.count):
            return False
        node = leaf
        for i, sibling in enumerate(path):
            pair = (node, sibling.decode())
            node = "({}{})".format(*(pair[::-1] if number >> i & 1 else pair))
        return node == self.kept[level]


def joined(pair: bytes) -> bytes:
    return b"(" + pair + b")"


@given(st.integers(1, 70), st.data())
def test_a_path_shows_its_entry_and_outlives_as_many_as_its_node_covers(
    count: int, data: st.DataObject
) -> None:
    peaks, kept = Peaks(joined), Kept()
    for number in range(count):
        peaks.push(f"{number}.".encode())
        kept.push(f"{number}.")
    number = data.draw(st.integers(0, count - 1))
    path = peaks.path(number)
    for later in range(1 << len(path)):
        assert kept.holds(number, f"{number}.", path)
        assert not kept.holds(number, "x.", path)
        kept.push(f"{count + later}.")
    assert highest_level(number, count) == len(path)


def test_an_entry_that_is_not_there_has_no_path() -> None:
    with pytest.raises(LookupError):
        Peaks().path(0)
    with pytest.raises(LookupError):
        highest_level(5, 5)


def test_the_contract_takes_every_path() -> None:
    with Anvil(accounts=2) as anvil:
        chain = Chain(anvil.url, chain_key(0))
        me, token = chain.signer.address, chain.deploy("TestToken").address
        queue = chain.deploy("Vault", token, (1_000_000,) * 3, 60_000, 0)
        chain.send(queue.functions.initialize(me))
        contracts = Contracts(chain, replace(DEPLOYMENT, vault=queue.address, token=token, block=0))
        vault.mint(contracts, MicroUsd(40 * AMOUNT))
        vault.allow(contracts, MicroUsd(40 * AMOUNT))
        for count in range(1, 20):
            vault.deposit_to_house(contracts, AMOUNT)
            block = chain.newest()
            contracts.queue.read(block, word_at(queue, "queueEnd", block))
            entries = [entry.words() for entry in contracts.queue.entries]
            paths = [contracts.queue.peaks.path(number) for number in range(count)]
            queue.functions.take(entries, paths, me).call({"from": me})
            if count > 2:
                wrong = [paths[0], *paths[:1], *paths[2:]]
                call = queue.functions.take(entries, wrong, me)
                with pytest.raises(RevertedError, match="NotInQueue"), reachable(call):
                    call.call({"from": me})
        assert all(entry.fee > 0 and entry.payer == me for entry in contracts.queue.entries)
