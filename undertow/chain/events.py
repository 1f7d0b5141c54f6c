"""Events by their ABI: the topic that names one, and what a log of it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from web3 import Web3

from undertow.chain.compiled import artifact
from undertow.chain.errors import WrongAnswerError
from undertow.chain.logs import Log


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one contract; arguments of fixed size alone are indexed."""

    name: str
    topic: str
    """In hex."""
    indexed: tuple[tuple[str, str], ...]
    """Names and types."""
    plain: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, contract: str, name: str) -> Event:
        """Return a contract's event; raises BuildError."""
        (entry,) = (
            item
            for item in artifact(contract)["abi"]
            if item["type"] == "event" and item["name"] == name
        )
        inputs = entry["inputs"]
        types = ",".join(item["type"] for item in inputs)
        return cls(
            name,
            Web3.keccak(text=f"{name}({types})").to_0x_hex(),
            tuple((item["name"], item["type"]) for item in inputs if item["indexed"]),
            tuple((item["name"], item["type"]) for item in inputs if not item["indexed"]),
        )

    def read(self, log: Log) -> dict[str, Any]:
        """Return the arguments of a log by name; raises WrongAnswerError."""
        topics = log.topics[1:]
        try:
            if len(topics) != len(self.indexed):
                raise ValueError(f"{len(topics)} indexed arguments")
            found = decode([kind for _, kind in self.plain], log.data)
            words = [
                decode([kind], bytes.fromhex(topic[2:]))[0]
                for (_, kind), topic in zip(self.indexed, topics, strict=True)
            ]
        except (DecodingError, ValueError, OverflowError) as error:
            raise WrongAnswerError(f"has a log that is no {self.name}: {error}") from error
        names = [name for name, _ in (*self.plain, *self.indexed)]
        return dict(zip(names, (*found, *words), strict=True))
