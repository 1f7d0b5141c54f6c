"""Price reports of the oracle's signers, and the poster who records a set's price with them.

A report is for one moment. Which one a block may record is the settlement's rule, so signers and
poster have nothing to choose: each signs for the moment that the rule gives now.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data

from undertow.chain.contracts import Contracts
from undertow.chain.deployment import Deployment
from undertow.errors import UndertowError
from undertow.foreign_json import Fields
from undertow.protocol.prices import pack_prices, unpack_prices
from undertow.protocol.units import Price

NAME, VERSION = "Undertow Oracle", "1"
_WORDS = ("word0", "word1", "word2")
_FIELDS = [("time", "uint64"), *((word, "uint256") for word in _WORDS)]
_TYPES = {"Report": [{"name": name, "type": kind} for name, kind in _FIELDS]}
_WORD = re.compile(r"0x[0-9a-f]{1,64}")
_SIGNATURE = re.compile(r"0x[0-9a-f]{130}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One signer's prices at one moment."""

    time: int
    words: tuple[int, ...]
    signature: bytes

    def to_json(self) -> dict[str, Any]:
        """Return the form that `from_json` reads."""
        words = {name: f"{word:#x}" for name, word in zip(_WORDS, self.words, strict=True)}
        return {"time": self.time, **words, "signature": "0x" + self.signature.hex()}

    @classmethod
    def from_json(cls, value: object) -> Report:
        """Read a report; raises FieldError or PriceRangeError."""
        read = Fields(value, "report", ("time", *_WORDS, "signature"))
        words = tuple(int(read.text(name, _WORD, "0x and a word of hex"), 16) for name in _WORDS)
        unpack_prices(words)
        return cls(
            time=read.whole("time"),
            words=words,
            signature=bytes.fromhex(read.text("signature", _SIGNATURE, "0x and 65 bytes")[2:]),
        )

    def signer(self, deployment: Deployment) -> int:
        """Return the address that signed it for a venue; raises UndertowError if none can have."""
        message = _message(deployment, self.time, self.words)
        try:
            return int(Account.recover_message(message, signature=self.signature), 16)
        except Exception as error:  # the library's own, many and undocumented
            raise UndertowError(f"a report's signature is none: {error}") from error


def sign(deployment: Deployment, key: str, time: int, prices: Sequence[Price]) -> Report:
    """Return the report of a signer with this private key; raises PriceRangeError.

    A price is 0 for an instrument that the signer cannot price, or that is not listed.
    """
    words = tuple(pack_prices(prices))
    signed = Account.from_key(key).sign_message(_message(deployment, time, words))
    return Report(time=time, words=words, signature=bytes(signed.signature))


def _message(deployment: Deployment, time: int, words: Sequence[int]) -> SignableMessage:
    domain = {
        "name": NAME,
        "version": VERSION,
        "chainId": deployment.chain_id,
        "verifyingContract": deployment.oracle,
    }
    return encode_typed_data(
        domain, _TYPES, {"time": time, **dict(zip(_WORDS, words, strict=True))}
    )


def evidence(deployment: Deployment, reports: Sequence[Report]) -> bytes:
    """Return what shows the oracle these reports; raises UndertowError."""
    ordered = sorted(reports, key=lambda report: report.signer(deployment))
    rows = [(report.words, report.signature) for report in ordered]
    return encode(["(uint256[3],bytes)[]"], [rows])


def moment(contracts: Contracts, now: int) -> tuple[int, int] | None:
    """Return the oldest set without a price, and the moment that a block of ``now`` records for it.

    A moment later than now has no prices yet. None while no set waits for a price.
    """
    waiting = contracts.view().unpriced()
    if waiting is None:
        return None
    return waiting.number, contracts.price_point(waiting.number, now)


def post(contracts: Contracts, batch: int, reports: Sequence[Report]) -> None:
    """Record a set's price with all reports of its moment.

    The more the better: the oracle looks at each instrument by itself, and halts the ones that too
    few reports agree on.

    Raises:
        UndertowError: the reports are of several moments, or of none.
        RevertedError: the contract refuses them; where they decide nothing, as Inconclusive.
    """
    if len({report.time for report in reports}) != 1:
        raise UndertowError("reports of one moment make a price, these are of several or none")
    contracts.price(batch, evidence(contracts.deployment, reports))
