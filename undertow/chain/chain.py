"""One node and one signing key: calls, transactions and the contracts' named errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, cast

import requests
from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3 import Web3
from web3.contract import Contract
from web3.exceptions import (
    ContractCustomError,
    ContractLogicError,
    TimeExhausted,
    Web3RPCError,
)
from web3.types import TxReceipt

from undertow.chain.compiled import artifact
from undertow.chain.errors import ChainError, ChainUnreachableError, RevertedError

GAS_LIMIT = 15_000_000


class Chain:
    """A node's connection with an account that pays and signs."""

    def __init__(self, url: str, private_key: str | None = None) -> None:
        self.url = url
        self.web3 = Web3(Web3.HTTPProvider(url, request_kwargs={"timeout": 30}))
        self.account: LocalAccount | None = _account(private_key) if private_key else None

    @cached_property
    def chain_id(self) -> int:
        """The chain's id; raises ChainUnreachableError.

        Asked once and put into every transaction: a node that names another one later gets
        signatures that are worth nothing there.
        """
        with reachable():
            return int(self.web3.eth.chain_id)

    @property
    def signer(self) -> LocalAccount:
        """The account that pays and signs; raises RevertedError where there is none."""
        if self.account is None:
            raise RevertedError("this connection has no key to sign with")
        return self.account

    @property
    def block_number(self) -> int:
        """The newest block's number; raises ChainUnreachableError."""
        with reachable():
            return int(self.web3.eth.block_number)

    @property
    def time(self) -> int:
        """The newest block's time in seconds; raises ChainUnreachableError."""
        with reachable():
            return int(self.web3.eth.get_block("latest")["timestamp"])

    def contract(self, name: str, address: str) -> Contract:
        """Return a deployed contract."""
        return self.web3.eth.contract(
            address=Web3.to_checksum_address(address), abi=artifact(name)["abi"]
        )

    def deploy(self, name: str, *arguments: Any) -> Contract:
        """Deploy a contract; raises RevertedError or ChainUnreachableError."""
        code = artifact(name)
        factory = self.web3.eth.contract(abi=code["abi"], bytecode=code["bytecode"])
        receipt = self.send(factory.constructor(*arguments), factory)
        return self.contract(name, str(receipt["contractAddress"]))

    def send(self, call: Any, contract: Any = None) -> TxReceipt:
        """Sign and send a call, wait for it; raises RevertedError or ChainUnreachableError."""
        account = self.signer
        target = contract or call
        with reachable(), reverts(target):
            # A dry run first: a refused transaction names its error and costs nothing.
            fields = {"from": account.address, "gas": GAS_LIMIT}
            if hasattr(call, "call") and contract is None:
                call.call(fields)
            nonce = self.web3.eth.get_transaction_count(account.address)
            built = call.build_transaction({**fields, "nonce": nonce, "chainId": self.chain_id})
            signed = account.sign_transaction(built)
            digest = self.web3.eth.send_raw_transaction(signed.raw_transaction)
            receipt = self.web3.eth.wait_for_transaction_receipt(digest, poll_latency=0.05)
        if receipt["status"] != 1:
            raise RevertedError(f"transaction {digest.hex()} was reverted")
        return receipt


def _account(private_key: str) -> LocalAccount:
    try:
        return cast("LocalAccount", Account.from_key(private_key))
    except (ValueError, TypeError):
        # Without the cause: its text may hold the key.
        raise ChainError("the chain's private key is not 32 bytes of hex") from None


@contextmanager
def reachable() -> Iterator[None]:
    """Turn a node's silence into ChainUnreachableError."""
    try:
        yield
    except (requests.RequestException, ConnectionError, OSError, TimeExhausted) as error:
        raise ChainUnreachableError(
            f"the chain's node does not answer, is it running? {error}"
        ) from error


@contextmanager
def reverts(call: Any) -> Iterator[None]:
    """Turn a refused call into RevertedError with the contract's error by name."""
    try:
        yield
    except ContractCustomError as error:
        raise RevertedError(_name(call, str(error.data or error.message))) from error
    except ContractLogicError as error:
        raise RevertedError(str(error.message)) from error
    except Web3RPCError as error:
        raise RevertedError(str(error)) from error


def _name(call: Any, data: str) -> str:
    for entry in call.contract_abi if hasattr(call, "contract_abi") else call.abi:
        if entry.get("type") == "error":
            types = ",".join(item["type"] for item in entry["inputs"])
            if data.startswith(Web3.keccak(text=f"{entry['name']}({types})")[:4].to_0x_hex()):
                return str(entry["name"])
    return data
