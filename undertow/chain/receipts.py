"""Receipts as web3 reads events from them."""

from __future__ import annotations

from typing import Any, cast

from hexbytes import HexBytes
from web3 import Web3
from web3.types import TxReceipt

_NUMBERS = ("blockNumber", "transactionIndex", "logIndex")


def formatted(receipt: dict[str, Any]) -> TxReceipt:
    """Return a receipt with the types that web3 reads events from."""
    logs = [
        {
            **log,
            "address": Web3.to_checksum_address(log["address"]),
            "topics": [HexBytes(topic) for topic in log["topics"]],
            **{name: HexBytes(log[name]) for name in ("data", "blockHash", "transactionHash")},
            **{
                name: int(log[name], 16) for name in ("blockNumber", "transactionIndex", "logIndex")
            },
        }
        for log in receipt["logs"]
    ]
    address = receipt["contractAddress"]
    return cast(
        "TxReceipt",
        {
            "transactionHash": HexBytes(receipt["transactionHash"]),
            "blockNumber": int(receipt["blockNumber"], 16),
            "blockHash": HexBytes(receipt["blockHash"]),
            "status": int(receipt["status"], 16),
            "gasUsed": int(receipt["gasUsed"], 16),
            "contractAddress": None if address is None else Web3.to_checksum_address(address),
            "logs": logs,
        },
    )
