"""Money in and out: requests into the vault's queue, and what was paid out of it.

The queue is served by proofs: each of these returns once the request waits, not once it counts.
"""

from __future__ import annotations

from web3.logs import DISCARD

from undertow.chain.contracts import Contracts
from undertow.chain.errors import WrongAnswerError
from undertow.chain.reading import decoded, reachable
from undertow.crypto.babyjubjub import Point
from undertow.protocol.request import Request, opening_key
from undertow.protocol.units import MicroUsd


def mint(contracts: Contracts, amount: MicroUsd) -> None:
    """Make test tokens for the sender; raises ChainError."""
    functions = contracts.token.functions
    contracts.chain.send(functions.mint(contracts.chain.signer.address, amount))


def allow(contracts: Contracts, amount: MicroUsd) -> None:
    """Let the vault take an amount of the sender's tokens; raises ChainError."""
    contracts.chain.send(contracts.token.functions.approve(contracts.deployment.vault, amount))


def open_account(contracts: Contracts, owner: Point, amount: MicroUsd) -> int:
    """Open an account with a first deposit; return its number.

    Raises:
        ChainError: the vault refuses, or the node does not answer.
    """
    point = opening_key(owner)
    receipt = contracts.chain.send(contracts.vault.functions.open(point.x, point.y, amount))
    # The vault's count may be another's by now who opened one meanwhile.
    with reachable():
        found = contracts.vault.events.RequestQueued().process_receipt(receipt, errors=DISCARD)
    own = [e for e in found if e["address"] == contracts.vault.address]
    if len(own) != 1:
        raise WrongAnswerError("tells of an opening without the vault's event")
    return decoded(lambda: Request.from_word(int(own[0]["args"]["word"])).account)


def deposit(contracts: Contracts, account: int, amount: MicroUsd) -> None:
    """Add to anybody's account; raises ChainError."""
    contracts.chain.send(contracts.vault.functions.deposit(account, amount))


def deposit_to_house(contracts: Contracts, amount: MicroUsd) -> None:
    """Give to the house, for good; raises ChainError."""
    contracts.chain.send(contracts.vault.functions.houseDeposit(amount))


def withdraw(contracts: Contracts, account: int, amount: MicroUsd) -> None:
    """Ask for an amount of the sender's account, all or nothing; raises ChainError."""
    contracts.chain.send(contracts.vault.functions.withdraw(account, amount))


def collect(contracts: Contracts) -> MicroUsd:
    """Take what withdrawals of the sender were granted; return how much; raises ChainError."""
    owner = contracts.chain.signer.address
    with reachable():
        granted = MicroUsd(int(contracts.vault.functions.claims(owner).call()))
    if granted:
        contracts.chain.send(contracts.vault.functions.claim())
    return granted
