"""The forms that a node's results must have, method by method; all else of them is dropped.

Numbers are bounded, so that nothing that is computed from them overflows; null is what a node says
of what it does not know, and is left to the reader. Every function raises ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
WORD = 32
ADDRESS = 20
NUMBER_BITS = 63
"""Of block numbers, times, indices and amounts of gas."""

Shape = Callable[[Any], Any]


def quantity(value: Any, bits: int = 256) -> str:
    """Return a number in hex without leading zeros."""
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise ValueError("no number in hex")
    number = int(value, 16)
    if number >> bits:
        raise ValueError(f"a number above {bits} bits")
    return hex(number)


def number(value: Any) -> str:
    """Return a block number, a time, an index or an amount of gas."""
    return quantity(value, NUMBER_BITS)


def data(value: Any, size: int | None = None) -> str:
    """Return bytes in lower-case hex, of one size where one is given."""
    if not isinstance(value, str) or not _DATA.fullmatch(value):
        raise ValueError("no bytes in hex")
    if size is not None and len(value) != 2 + 2 * size:
        raise ValueError(f"{len(value) // 2 - 1} bytes, expected {size}")
    return value.lower()


def block_hash(value: Any) -> str:
    """Return a hash of a block or a transaction."""
    return data(value, WORD)


def address(value: Any) -> str:
    """Return an address."""
    return data(value, ADDRESS)


def log(value: Any) -> dict[str, Any]:
    """Return one log of a mined transaction."""
    topics = _object(value).get("topics")
    if not isinstance(topics, list) or len(topics) > 4:
        raise ValueError("a log without topics")
    return {
        "address": address(value.get("address")),
        "topics": [data(topic, WORD) for topic in topics],
        "data": data(value.get("data")),
        "blockNumber": number(value.get("blockNumber")),
        "blockHash": block_hash(value.get("blockHash")),
        "transactionHash": block_hash(value.get("transactionHash")),
        "transactionIndex": number(value.get("transactionIndex")),
        "logIndex": number(value.get("logIndex")),
        "removed": value.get("removed", False) is not False,
    }


def logs(value: Any) -> list[dict[str, Any]]:
    """Return a list of logs; whether they are those that were asked for is for the reader."""
    if not isinstance(value, list):
        raise ValueError("no list of logs")
    return [log(entry) for entry in value]


def block(value: Any) -> dict[str, Any] | None:
    """Return what is read of a block."""
    if value is None:
        return None
    known = {
        "number": number(_object(value).get("number")),
        "hash": block_hash(value.get("hash")),
        "timestamp": number(value.get("timestamp")),
        "gasLimit": number(value.get("gasLimit", "0x0")),
    }
    if value.get("baseFeePerGas") is not None:
        known["baseFeePerGas"] = quantity(value["baseFeePerGas"], 128)
    return known


def receipt(value: Any) -> dict[str, Any] | None:
    """Return what is read of a receipt."""
    if value is None:
        return None
    contract = _object(value).get("contractAddress")
    return {
        "transactionHash": block_hash(value.get("transactionHash")),
        "blockNumber": number(value.get("blockNumber")),
        "blockHash": block_hash(value.get("blockHash")),
        "status": quantity(value.get("status"), 1),
        "gasUsed": number(value.get("gasUsed")),
        "contractAddress": None if contract is None else address(contract),
        "logs": logs(value.get("logs")),
    }


def transaction(value: Any) -> dict[str, Any] | None:
    """Return what is read of a transaction."""
    if value is None:
        return None
    return {"hash": block_hash(_object(value).get("hash")), "input": data(value.get("input"))}


def text(value: Any) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


SHAPES: dict[str, Shape] = {
    "eth_blockNumber": number,
    "eth_call": data,
    "eth_chainId": number,
    "eth_estimateGas": number,
    "eth_gasPrice": lambda value: quantity(value, 128),
    "eth_getBalance": quantity,
    "eth_getBlockByNumber": block,
    "eth_getCode": data,
    "eth_getLogs": logs,
    "eth_getTransactionByHash": transaction,
    "eth_getTransactionCount": number,
    "eth_getTransactionReceipt": receipt,
    "eth_maxPriorityFeePerGas": lambda value: quantity(value, 128),
    "eth_sendRawTransaction": block_hash,
    "web3_clientVersion": text,
}


def shaped(method: str, params: Sequence[Any], value: Any) -> Any:
    """Return a result in its method's form; a method that is not read here has none."""
    result = SHAPES[method](value) if method in SHAPES else value
    if method == "eth_getTransactionReceipt" and result is not None:
        asked = str(params[0]).lower()
        if result["transactionHash"] != asked:
            raise ValueError("another transaction's receipt")
    return result
