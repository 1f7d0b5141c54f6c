"""Price reports of the oracle's signers, and the poster who records a set's price with them.

A report is for one moment. Which one a block may record is the settlement's rule, so signers and
poster have nothing to choose: each signs for the moment that the rule gives now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from web3 import Web3

from undertow.chain.contracts import Contracts
from undertow.chain.deployment import Deployment
from undertow.chain.reading import reachable
from undertow.errors import UndertowError
from undertow.foreign_json import Fields
from undertow.protocol.prices import pack_prices, unpack_prices
from undertow.protocol.units import UnitPrice

NAME, VERSION = "Undertow Oracle", "1"
_FIELDS = (("time", "uint64"), ("word", "uint256"))
_TYPES = {"Report": [{"name": name, "type": kind} for name, kind in _FIELDS]}
_WORD = re.compile(r"0x[0-9a-f]{1,64}")
_SIGNATURE = re.compile(r"0x[0-9a-f]{130}")
_SIGNATURE_BYTES = 65
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of secp256k1's generator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One signer's prices at one moment."""

    time: int
    word: int
    """Of the prices."""
    signature: bytes

    def to_json(self) -> dict[str, Any]:
        """Return the form that `from_json` reads."""
        signature = "0x" + self.signature.hex()
        return {"time": self.time, "word": f"{self.word:#x}", "signature": signature}

    @classmethod
    def from_json(cls, value: object) -> Report:
        """Read a report; raises FieldError or PriceRangeError."""
        read = Fields(value, "report", ("time", "word", "signature"))
        word = int(read.text("word", _WORD, "0x and a word of hex"), 16)
        unpack_prices(word)
        return cls(
            time=read.whole("time"),
            word=word,
            signature=bytes.fromhex(read.text("signature", _SIGNATURE, "0x and 65 bytes")[2:]),
        )

    def signer(self, deployment: Deployment) -> int:
        """Return the address that signed it for a venue.

        Raises:
            UndertowError: none can have, or the signature has a form that the oracle does not take;
                the library below takes some of these.
        """
        if not _is_canonical(self.signature):
            raise UndertowError("a report's signature is not r, the lower s, and 27 or 28")
        message = _message(deployment, self.time, self.word)
        try:
            return int(Account.recover_message(message, signature=self.signature), 16)
        except Exception as error:  # the library's own, many and undocumented
            raise UndertowError(f"a report's signature is none: {error}") from error


def _is_canonical(signature: bytes) -> bool:
    """Return whether it has the one form in which the oracle takes a signature."""
    s, last = int.from_bytes(signature[32:64], "big"), signature[64:]
    return len(signature) == _SIGNATURE_BYTES and s <= _ORDER // 2 and last in (b"\x1b", b"\x1c")


def sign(deployment: Deployment, key: str, time: int, prices: Sequence[UnitPrice]) -> Report:
    """Return the report of a signer with this private key; raises PriceRangeError.

    A price is 0 for an underlying that the signer cannot price, or that is not listed.
    """
    word = pack_prices(prices)
    signed = Account.from_key(key).sign_message(_message(deployment, time, word))
    return Report(time=time, word=word, signature=bytes(signed.signature))


def _message(deployment: Deployment, time: int, word: int) -> SignableMessage:
    domain = {
        "name": NAME,
        "version": VERSION,
        "chainId": deployment.chain_id,
        "verifyingContract": deployment.oracle,
    }
    return encode_typed_data(domain, _TYPES, {"time": time, "word": word})


def admissible(
    deployment: Deployment, time: int, reports: Iterable[Report], is_signer: Callable[[int], bool]
) -> list[Report]:
    """Return what the oracle takes of some reports of a moment, one of each signer.

    A single one that it does not take would spoil the evidence, and anybody may send one. So what
    is of another moment, has bits of no price or an odd signature, or is of nobody registered is
    left out. Of a signer's several reports the one with the most prices stays, since a zero can
    only halt; of those the greatest. The order in which they came decides nothing: all posters
    show the same, and the signer has no more by it than by signing that one alone.
    """
    found: dict[int, list[Report]] = {}
    for report in reports:
        if report.time != time:
            continue
        with suppress(UndertowError):
            unpack_prices(report.word)
            found.setdefault(report.signer(deployment), []).append(report)
    return [max(found[signer], key=_rank) for signer in sorted(found) if is_signer(signer)]


def _rank(report: Report) -> tuple[int, int, bytes]:
    priced = sum(price != 0 for price in unpack_prices(report.word))
    return priced, report.word, report.signature


def evidence(deployment: Deployment, reports: Sequence[Report]) -> bytes:
    """Return what shows the oracle these reports; raises UndertowError."""
    ordered = sorted(reports, key=lambda report: report.signer(deployment))
    rows = [(report.word, report.signature) for report in ordered]
    return encode(["(uint256,bytes)[]"], [rows])


def moment(contracts: Contracts, now: int) -> tuple[int, int] | None:
    """Return the oldest set without a price, and the moment that a block of ``now`` records for it.

    A moment later than now has no prices yet. None while no set waits for a price.
    """
    waiting = contracts.view().unpriced()
    if waiting is None:
        return None
    return waiting.number, contracts.price_point(waiting.number, now)


def is_signer(contracts: Contracts, address: int) -> bool:
    """Return whether the oracle takes an address's reports; raises ChainUnreachableError."""
    call = contracts.oracle.functions.isSigner(Web3.to_checksum_address(f"{address:#042x}"))
    with reachable(call):
        return bool(call.call())


def post(contracts: Contracts, batch: int, time: int, reports: Iterable[Report]) -> list[Report]:
    """Record a set's price with all reports of its moment; return those that were shown.

    The more the better: the oracle looks at each instrument by itself, and halts the ones that too
    few reports agree on. What is not `admissible` stops nothing.

    Raises:
        UndertowError: no report is left.
        RevertedError: the contract refuses them; where they decide nothing, as Inconclusive.
    """
    deployment = contracts.deployment
    shown = admissible(deployment, time, reports, lambda address: is_signer(contracts, address))
    if not shown:
        raise UndertowError(f"no report of {time} by one of the oracle's signers")
    contracts.price(batch, evidence(deployment, shown))
    return shown
