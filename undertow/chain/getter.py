"""Getters of contracts by their ABI, and what they say in one block, together or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.abi import (
    function_abi_to_4byte_selector,
    get_abi_input_types,
    get_abi_output_types,
)
from web3.contract import Contract

from undertow.chain.answers import Question
from undertow.chain.chain import Block, Chain
from undertow.chain.compiled import artifact
from undertow.chain.errors import NoContractError, WrongAnswerError
from undertow.chain.reading import decoded, reachable


@dataclass(frozen=True, slots=True)
class Getter:
    """One getter of one contract."""

    name: str
    selector: bytes
    given: tuple[str, ...]
    """The arguments' types."""
    said: tuple[str, ...]
    """The types of what it returns."""

    @classmethod
    def of(cls, contract: str, name: str) -> Getter:
        """Return a contract's getter; raises BuildError."""
        return _getter(contract, name)


@dataclass(frozen=True, slots=True)
class Call:
    """A getter of the contract at an address, with its arguments."""

    address: str
    getter: Getter
    given: tuple[int, ...] = ()

    def question(self, block: str | dict[str, Any]) -> Question:
        """Return what asks a node for it in a block; raises WrongAnswerError.

        Arguments are numbers that a node told: one that the getter has no room for is a lie.
        """
        try:
            data = self.getter.selector + encode(self.getter.given, self.given)
        except EncodingError as error:
            raise WrongAnswerError(f"has numbers beyond those of {self.getter.name}") from error
        return "eth_call", [{"to": self.address, "data": f"0x{data.hex()}"}, block]

    def read(self, data: str) -> Any:
        """Return what an answer says, without a tuple around one value; raises WrongAnswerError."""
        if data == "0x":
            raise NoContractError(f"knows no contract that has {self.getter.name}")
        try:
            found = decode(self.getter.said, bytes.fromhex(data[2:]))
        except (DecodingError, ValueError, OverflowError) as error:
            raise WrongAnswerError(f"gives no {self.getter.name}: {error}") from error
        return found[0] if len(found) == 1 else found


def say_together(chain: Chain, calls: Sequence[Call], block: Block) -> dict[Call, Any]:
    """Return what getters say in a block, by its hash and in one round trip.

    What a contract refuses is left out.

    Raises:
        WrongChainError: the node is another chain's by now.
        ChainUnreachableError: the node gives no such answer, or it is to be asked one by one.
    """
    # A block of another branch has another hash, and a node that lacks it says so (EIP-1898).
    pinned = {"blockHash": block.hash, "requireCanonical": True}
    answers = chain.ask_together([call.question(pinned) for call in calls])
    return {
        call: call.read(answer)
        for call, answer in zip(calls, answers, strict=True)
        if isinstance(answer, str)
    }


def say_alone(chain: Chain, calls: Sequence[Call], block: Block) -> dict[Call, Any]:
    """Return what getters say at a block's number, one after the other; raises ChainError."""
    said = {}
    for call in calls:
        with reachable():
            said[call] = call.read(chain.node.ask(*call.question(hex(block.number))))
    return said


def word_at(contract: Contract, name: str, block: Block) -> int:
    """Return a getter's number at a block; raises ChainUnreachableError."""
    return decoded(lambda: int(call_at(contract.functions[name](), block)))


def call_at(call: Any, block: Block) -> Any:
    """Return what a getter says at a block; raises ChainUnreachableError."""
    with reachable(call):
        return call.call(block_identifier=block.number)


@cache
def _getter(contract: str, name: str) -> Getter:
    (entry,) = (
        item
        for item in artifact(contract)["abi"]
        if item["type"] == "function" and item["name"] == name
    )
    selector = function_abi_to_4byte_selector(entry)
    given, said = get_abi_input_types(entry), get_abi_output_types(entry)
    return Getter(name, selector, tuple(given), tuple(said))
