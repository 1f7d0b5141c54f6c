"""Who opens an account is told its own number, whoever opens one at the same moment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from web3.types import TxReceipt

from tests.chain.node import DEPLOYMENT
from undertow.chain import vault
from undertow.chain.anvil import Anvil
from undertow.chain.chain import Chain
from undertow.chain.contracts import Contracts
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.units import MicroUsd
from venue.local import chain_key

AMOUNT = MicroUsd(5_000_000)


class Overtaken(Chain):
    """A connection that somebody overtakes between a transaction and what is read after it."""

    other: Contracts | None = None
    number = 0

    def send(self, call: Any, contract: Any = None, value: int = 0) -> TxReceipt:
        receipt = super().send(call, contract, value)
        if self.other is not None:
            other, self.other = self.other, None
            self.number = vault.open_account(other, owner(2), AMOUNT)
        return receipt


def owner(number: int) -> Any:
    return PrivateKey.from_seed(bytes([number] * 32)).public


def test_two_traders_are_told_two_numbers() -> None:
    with Anvil(accounts=3) as anvil:
        chain, stranger = Overtaken(anvil.url, chain_key(0)), Chain(anvil.url, chain_key(1))
        token = chain.deploy("TestToken").address
        queue = chain.deploy("Vault", token, (1_000_000,) * 3, 60_000)
        chain.send(queue.functions.initialize(chain.signer.address))
        deployment = replace(DEPLOYMENT, vault=queue.address, token=token)
        mine, other = Contracts(chain, deployment), Contracts(stranger, deployment)
        for contracts in (mine, other):
            vault.mint(contracts, AMOUNT)
            vault.allow(contracts, AMOUNT)
        chain.other = other
        assert vault.open_account(mine, owner(1), AMOUNT) == 1
        assert chain.number == 2
