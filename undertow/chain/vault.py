"""Money in and out: requests into the vault's queue, and what was paid out of it.

The queue is served by proofs: each of these returns once the request waits, not once it counts.
Each pays a fee in the chain's own coin, which is the operator's.
"""

from __future__ import annotations

from typing import Any

from web3.logs import DISCARD
from web3.types import TxReceipt

from undertow.chain.contracts import Contracts
from undertow.chain.errors import ChainUnreachableError, WrongAnswerError
from undertow.chain.fees import GWEI, LARGEST_FEE
from undertow.chain.reading import decoded, reachable
from undertow.chain.terms import SMALL_FACTOR
from undertow.crypto.babyjubjub import Point
from undertow.protocol.request import Request, opening_key
from undertow.protocol.units import MicroUsd

FEE_MARGIN = 2
"""The base fee may rise so much until the request is in a block; all of it is paid."""


def request_fee(contracts: Contracts, factor: int = 1) -> int:
    """Return what to give with a request, in wei, whose least fee is so many times the usual.

    Raises:
        ChainUnreachableError: the node names a base fee that would make it more than we pay.
    """
    terms, price = contracts.terms, FEE_MARGIN * contracts.chain.base_fee()
    if price > LARGEST_FEE:
        raise ChainUnreachableError(
            f"a request's fee at {price // GWEI} gwei is above the bound of {LARGEST_FEE // GWEI}"
        )
    return factor * (price * terms.request_fee_gas + terms.request_fee_wei)


def mint(contracts: Contracts, amount: MicroUsd) -> None:
    """Make test tokens for the sender; raises ChainError."""
    units = amount * _unit(contracts)
    contracts.chain.send(contracts.token.functions.mint(contracts.chain.signer.address, units))


def allow(contracts: Contracts, amount: MicroUsd) -> None:
    """Let the vault take an amount of the sender's tokens, if it may not; raises ChainError."""
    units, spender = amount * _unit(contracts), contracts.deployment.vault
    with reachable():
        owner = contracts.chain.signer.address
        allowed = int(contracts.token.functions.allowance(owner, spender).call())
    if allowed < units:
        contracts.chain.send(contracts.token.functions.approve(spender, units))


def open_account(contracts: Contracts, owner: Point, amount: MicroUsd) -> int:
    """Open an account with a first deposit; return its number.

    Raises:
        ChainError: the vault refuses, or the node does not answer.
    """
    point = opening_key(owner)
    call = contracts.vault.functions.open(point.x, point.y, amount)
    receipt = _asked(contracts, call)
    # The vault's count may be another's by now who opened one meanwhile.
    with reachable():
        found = contracts.vault.events.RequestQueued().process_receipt(receipt, errors=DISCARD)
    own = [e for e in found if e["address"] == contracts.vault.address]
    if len(own) != 1:
        raise WrongAnswerError("tells of an opening without the vault's event")
    number = decoded(lambda: Request.from_word(int(own[0]["args"]["word"])).account)
    contracts.chain.sender.tell(call)
    return number


def deposit(contracts: Contracts, account: int, amount: MicroUsd, owner: str | None = None) -> None:
    """Add to an account that an address opened, the sender if none is named.

    A reorganisation may give the account's number to somebody else.

    Raises:
        ChainError: another address opened it, the vault refuses, or the node does not answer.
    """
    opener = owner or contracts.chain.signer.address
    _ask(contracts, contracts.vault.functions.deposit(account, opener, amount))


def deposit_to_house(contracts: Contracts, amount: MicroUsd) -> None:
    """Give to the house, for good; raises ChainError."""
    _ask(contracts, contracts.vault.functions.houseDeposit(amount))


def withdraw(contracts: Contracts, account: int, amount: MicroUsd) -> None:
    """Ask for an amount of the sender's account, all or nothing; raises ChainError.

    A small one costs more: see the vault's minimum. One of an account waits at a time.
    """
    is_small = amount < contracts.terms.minimum_withdrawal
    call = contracts.vault.functions.withdraw(account, amount)
    _ask(contracts, call, SMALL_FACTOR if is_small else 1)


def collect(contracts: Contracts) -> MicroUsd:
    """Take what withdrawals of the sender were granted; return how much; raises ChainError."""
    owner = contracts.chain.signer.address
    with reachable():
        granted = MicroUsd(int(contracts.vault.functions.claims(owner).call()))
    if granted:
        contracts.chain.send(contracts.vault.functions.claim(owner))
    return granted


def _ask(contracts: Contracts, call: Any, factor: int = 1) -> None:
    _asked(contracts, call, factor)
    contracts.chain.sender.tell(call)


def _asked(contracts: Contracts, call: Any, factor: int = 1) -> TxReceipt:
    fee = request_fee(contracts, factor)
    return contracts.chain.send(call, (contracts.vault, contracts.token), fee, once=True)


def _unit(contracts: Contracts) -> int:
    with reachable():
        return int(contracts.vault.functions.UNIT().call())
