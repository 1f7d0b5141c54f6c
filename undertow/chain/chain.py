"""One node and one signing key: blocks, contracts and transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3 import Web3
from web3.contract import Contract
from web3.middleware import AttributeDictMiddleware
from web3.types import TxReceipt

from undertow.chain.answers import Question
from undertow.chain.compiled import artifact
from undertow.chain.errors import ChainError, RevertedError, WrongAnswerError, WrongChainError
from undertow.chain.node import Node
from undertow.chain.reading import reachable
from undertow.chain.send_journal import SendJournal
from undertow.chain.sender import Sender

__all__ = ["Block", "Chain", "reachable"]


@dataclass(frozen=True, slots=True)
class Block:
    """A block, by its place and by what it is."""

    number: int
    hash: str
    time: int
    """Seconds."""


class Chain:
    """A node's connection with an account that pays and signs."""

    def __init__(self, url: str, private_key: str | None = None, sends: Path | None = None) -> None:
        """Connect; ``sends`` is the file of the journal of sends; without, it is in memory."""
        self.url = url
        self.node = Node(url)
        # No names to look up, no gas or fee filled in behind our back: attributes alone.
        self.web3 = Web3(self.node, middleware=[AttributeDictMiddleware])
        self.account: LocalAccount | None = _account(private_key) if private_key else None
        self._sends = sends

    @cached_property
    def chain_id(self) -> int:
        """The chain's id; raises ChainUnreachableError.

        Asked once and put into every transaction: a node that names another one later gets
        signatures that are worth nothing there.
        """
        return self._asked_id()

    def check_id(self) -> None:
        """Ask the node for its chain's id again; raises WrongChainError if it is another one."""
        self._compare_id(self._asked_id())

    def ask_together(self, questions: Sequence[Question]) -> list[Any]:
        """Ask several questions, and for the chain's id, in one round trip.

        Raises:
            WrongChainError: the node is another chain's by now.
            ChainUnreachableError: see `Node.ask_together`.
        """
        found, *answers = self.node.ask_together([("eth_chainId", []), *questions])
        self._compare_id(int(found, 16))
        return answers

    @cached_property
    def sender(self) -> Sender:
        """What signs and sends; raises RevertedError where there is no key."""
        return Sender(self.node, self.signer, self.chain_id, SendJournal(self._sends))

    @property
    def signer(self) -> LocalAccount:
        """The account that pays and signs; raises RevertedError where there is none."""
        if self.account is None:
            raise RevertedError("this connection has no key to sign with")
        return self.account

    @property
    def block_number(self) -> int:
        """The newest block's number; raises ChainUnreachableError."""
        return self.newest().number

    @property
    def time(self) -> int:
        """The newest block's time in seconds; raises ChainUnreachableError."""
        return self.newest().time

    def newest(self) -> Block:
        """Return the newest block; raises ChainUnreachableError."""
        found = self._block("latest")
        if found is None:
            raise WrongAnswerError("knows no newest block")
        return found

    def block(self, number: int) -> Block | None:
        """Return a block that the node knows, None if it knows none; raises ChainUnreachableError.

        A node that is behind knows none of a number that another one has told.
        """
        found = self._block(hex(number))
        if found is not None and found.number != number:
            raise WrongAnswerError(f"answers with block {found.number} for block {number}")
        return found

    def contract(self, name: str, address: str) -> Contract:
        """Return a deployed contract."""
        return self.web3.eth.contract(
            address=Web3.to_checksum_address(address), abi=artifact(name)["abi"]
        )

    def deploy(self, name: str, *arguments: Any) -> Contract:
        """Deploy a contract; raises ChainError."""
        code = artifact(name)
        factory = self.web3.eth.contract(abi=code["abi"], bytecode=code["bytecode"])
        receipt = self.send(factory.constructor(*arguments), factory)
        address = receipt.get("contractAddress")
        if address is None:
            raise WrongAnswerError("tells of a deployment without an address")
        return self.contract(name, str(address))

    def base_fee(self) -> int:
        """Return the newest block's, in wei; 0 on a chain without; raises ChainUnreachableError."""
        found = self.node.ask("eth_getBlockByNumber", ["latest", False])
        if found is None:
            raise WrongAnswerError("knows no newest block")
        return int(found.get("baseFeePerGas", "0x0"), 16)

    def send(
        self, call: Any, contract: Any = None, value: int = 0, *, once: bool = False
    ) -> TxReceipt:
        """Sign and send a call with some wei, wait for it; see `Sender.send`; raises ChainError."""
        with reachable(contract or call):
            return self.sender.send(call, value, once=once)

    def _compare_id(self, found: int) -> None:
        if found != self.chain_id:
            raise WrongChainError("the chain's id", str(self.chain_id), str(found))

    def _asked_id(self) -> int:
        with reachable():
            return int(self.web3.eth.chain_id)

    def _block(self, name: str) -> Block | None:
        found = self.node.ask("eth_getBlockByNumber", [name, False])
        if found is None:
            return None
        number, time = int(found["number"], 16), int(found["timestamp"], 16)
        return Block(number, found["hash"], time)


def _account(private_key: str) -> LocalAccount:
    try:
        return cast("LocalAccount", Account.from_key(private_key))
    except (ValueError, TypeError):
        # Without the cause: its text may hold the key.
        raise ChainError("the chain's private key is not 32 bytes of hex") from None
