"""Requests as traders send them: whose account they are for, and what they pay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from web3.types import TxParams, TxReceipt, Wei

from tests.chain.node import DEPLOYMENT
from undertow.chain import mined, sender, vault
from undertow.chain.anvil import Anvil
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.chain.errors import ChainUnreachableError, RevertedError, WrongAnswerError
from undertow.chain.fees import GWEI, LARGEST_FEE
from undertow.chain.reading import reachable
from undertow.chain.receipts import formatted
from undertow.chain.withdrawals import ahead_of
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.units import MicroUsd
from venue.local import chain_key

AMOUNT = MicroUsd(5_000_000)
DATA_FEE = 7_000 * GWEI
MINIMA = (1_000_000,) * 3


class Overtaken(Chain):
    """A connection that somebody overtakes between a transaction and what is read after it."""

    other: Contracts | None = None
    number = 0

    def send(
        self, call: Any, contract: Any = None, value: int = 0, *, once: bool = False
    ) -> TxReceipt:
        receipt = super().send(call, contract, value, once=once)
        if self.other is not None:
            other, self.other = self.other, None
            self.number = vault.open_account(other, owner(2), AMOUNT)
        return receipt


class Boastful(Chain):
    """A connection to a node that names a huge base fee."""

    def base_fee(self) -> int:
        return LARGEST_FEE


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    with Anvil(accounts=3) as running:
        yield running


def two_traders(chain: Chain, stranger: Chain) -> tuple[Contracts, Contracts]:
    """Return a vault as two connections have it; the first one's account settles for it."""
    token = chain.deploy("TestToken").address
    queue = chain.deploy("Vault", token, MINIMA, 60_000, DATA_FEE)
    chain.send(queue.functions.initialize(chain.signer.address))
    terms = replace(DEPLOYMENT.terms, request_fee_wei=DATA_FEE)
    deployment = replace(DEPLOYMENT, vault=queue.address, token=token, block=0, terms=terms)
    both = Contracts(chain, deployment), Contracts(stranger, deployment)
    for contracts in both:
        vault.mint(contracts, MicroUsd(4 * AMOUNT))
        vault.allow(contracts, MicroUsd(4 * AMOUNT))
    return both


def owner(number: int) -> Any:
    return PrivateKey.from_seed(bytes([number] * 32)).public


def waiting(contracts: Contracts) -> int:
    return int(contracts.vault.functions.queueLength().call())


def test_two_traders_are_told_two_numbers(anvil: Anvil) -> None:
    chain = Overtaken(anvil.url, chain_key(0))
    mine, other = two_traders(chain, Chain(anvil.url, chain_key(1)))
    chain.other = other
    assert vault.open_account(mine, owner(1), AMOUNT) == 1
    assert chain.number == 2


def test_a_deposit_after_a_reorganisation_is_nobody_elses(anvil: Anvil) -> None:
    mine, other = two_traders(Chain(anvil.url, chain_key(0)), Chain(anvil.url, chain_key(1)))
    before = mine.chain.node.ask("evm_snapshot", [])
    assert vault.open_account(mine, owner(1), AMOUNT) == 1
    mine.chain.node.ask("evm_revert", [before])
    # On this branch the same number is somebody else's.
    assert vault.open_account(other, owner(2), AMOUNT) == 1
    with pytest.raises(RevertedError, match="NotAccountAddress"):
        vault.deposit(mine, 1, AMOUNT)
    assert waiting(mine) == 1
    # Whoever means the other one says so.
    vault.deposit(mine, 1, AMOUNT, other.chain.signer.address)
    vault.deposit(other, 1, AMOUNT)
    assert waiting(mine) == 3


def test_an_account_has_one_withdrawal_waiting(anvil: Anvil) -> None:
    mine, other = two_traders(Chain(anvil.url, chain_key(0)), Chain(anvil.url, chain_key(1)))
    for contracts in (mine, other):
        vault.open_account(contracts, owner(1), AMOUNT)
    vault.withdraw(mine, 1, AMOUNT)
    with pytest.raises(RevertedError, match="WithdrawalPending"):
        vault.withdraw(mine, 1, AMOUNT)
    vault.withdraw(other, 2, AMOUNT)
    assert [ahead_of(mine, account) for account in (1, 2, 3)] == [2, 3, None]
    served(mine, 3)
    assert [ahead_of(mine, account) for account in (1, 2)] == [None, 0]
    vault.withdraw(mine, 1, AMOUNT)
    assert waiting(mine) == 2
    assert ahead_of(mine, 1) == 1


def served(contracts: Contracts, count: int) -> None:
    """The oldest requests leave the queue."""
    chain, queue = contracts.chain, contracts.queue
    queue.read(chain.newest(), int(contracts.vault.functions.queueEnd().call()))
    entries = [entry.words() for entry in queue.entries[:count]]
    paths = [queue.peaks.path(number) for number in range(count)]
    call = contracts.vault.functions.take(entries, paths, chain.signer.address)
    chain.send(call, contracts.vault)


def test_a_request_pays_for_gas_and_for_data(anvil: Anvil) -> None:
    mine, _ = two_traders(Chain(anvil.url, chain_key(0)), Chain(anvil.url, chain_key(1)))
    vault.open_account(mine, owner(1), AMOUNT)
    mine.queue.read(mine.chain.newest(), 1)
    (entry,) = mine.queue.entries
    assert entry.fee > DATA_FEE + 60_000
    for method, values in (("anvil_setNextBlockBaseFeePerGas", ["0x0"]), ("evm_mine", [])):
        mine.chain.node.ask(method, values)
    least = mine.vault.functions.deposit(1, mine.chain.signer.address, AMOUNT)
    fees: list[TxParams] = [
        {"from": mine.chain.signer.address, "gasPrice": Wei(0), "value": Wei(value)}
        for value in (DATA_FEE, DATA_FEE - 1)
    ]
    least.call(fees[0])
    with pytest.raises(RevertedError, match="WrongFee"), reachable(least):
        least.call(fees[1])


def test_a_base_fee_that_a_node_makes_up_is_not_paid(anvil: Anvil) -> None:
    mine, _ = two_traders(Chain(anvil.url, chain_key(0)), Chain(anvil.url, chain_key(1)))
    liar = Contracts(Boastful(anvil.url, chain_key(0)), mine.deployment)
    with pytest.raises(ChainUnreachableError, match="above the bound of 2000"):
        vault.open_account(liar, owner(1), AMOUNT)
    assert waiting(mine) == 0


def test_a_deposit_given_again_after_it_was_mined_is_one_deposit(
    anvil: Anvil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command gave up before a block took its request; the base fee is another by then."""
    chain = Chain(anvil.url, chain_key(0), tmp_path / "sends.sqlite")
    mine, _ = two_traders(chain, Chain(anvil.url, chain_key(1)))
    chain.node.ask("evm_setAutomine", [False])
    monkeypatch.setattr(sender, "PATIENCE_SECONDS", 1)
    with pytest.raises(ChainUnreachableError, match="not known to be mined"):
        vault.open_account(mine, owner(1), AMOUNT)
    for method, values in (("evm_mine", []), ("evm_setAutomine", [True]), ("evm_mine", [])):
        chain.node.ask(method, values)
    assert waiting(mine) == 1
    again = Contracts(Chain(anvil.url, chain_key(0), tmp_path / "sends.sqlite"), mine.deployment)
    vault.allow(again, AMOUNT)
    assert vault.open_account(again, owner(1), AMOUNT) == 1
    assert waiting(mine) == 1
    assert vault.open_account(again, owner(1), AMOUNT) == 2


def test_what_the_vault_may_take_is_not_allowed_again(anvil: Anvil) -> None:
    """An approval would take the place of a request that waits."""
    mine, _ = two_traders(Chain(anvil.url, chain_key(0)), Chain(anvil.url, chain_key(1)))
    block = mine.chain.newest()
    vault.allow(mine, MicroUsd(4 * AMOUNT))
    assert mine.chain.newest() == block
    vault.allow(mine, MicroUsd(5 * AMOUNT))
    assert mine.chain.newest().number == block.number + 1


def test_an_opening_whose_event_a_node_hides_is_not_sent_again(
    anvil: Anvil, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, _ = two_traders(Chain(anvil.url, chain_key(0)), Chain(anvil.url, chain_key(1)))
    with monkeypatch.context() as patch:
        patch.setattr(mined, "formatted", lambda receipt: formatted({**receipt, "logs": []}))
        for _ in range(2):
            with pytest.raises(WrongAnswerError, match="without the vault's event"):
                vault.open_account(mine, owner(1), AMOUNT)
    assert vault.open_account(mine, owner(1), AMOUNT) == 1
    assert waiting(mine) == 1
