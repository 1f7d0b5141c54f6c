"""One account's transactions: one at a time, each written down before a node sees it.

1. The nonce is the chain's count of what was mined; what was signed with it before still may be.
2. An attempt of the same call goes on; one of another call is replaced.
3. While nothing is mined, the fee rises, up to a bound.
4. What a node refused may still be mined: its number is never another's, and it is looked for.
5. A receipt counts while its block is the chain's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from eth_account.signers.local import LocalAccount
from hexbytes import HexBytes
from web3 import Web3
from web3.types import TxReceipt

from undertow.chain.errors import (
    AlreadyKnownError,
    ChainUnreachableError,
    NonceTooLowError,
    RefusedSendError,
    UnderpricedError,
    WrongAnswerError,
)
from undertow.chain.fees import Fee, asked_fee, gas_limit, may_rise
from undertow.chain.mined import Mined, MinedReader
from undertow.chain.node import Node
from undertow.chain.send_journal import Attempt, SendJournal

POLL_SECONDS = 0.05
LONGEST_POLL_SECONDS = 2.0
RAISE_SECONDS = 45
"""Without a block that takes the transaction, after which its fee rises."""
PATIENCE_SECONDS = 120
"""After which the caller reads the chain again; the transaction stays in the journal."""
UNKNOWN_SECONDS = 15
"""How long a nonce may be gone without a receipt of ours: the node is behind, or our key shared."""
NONCES = 8
"""Other transactions of the account that may come between before we give up for now."""
RAISES = 40
"""Of a fee in a row: from a thousandth of a gwei to the bound and beyond."""


class Sender:
    """Sends for one account; threads take turns."""

    def __init__(
        self,
        node: Node,
        account: LocalAccount,
        chain_id: int,
        journal: SendJournal,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._node, self._account, self._chain_id = node, account, chain_id
        self._journal = journal
        self._monotonic, self._sleep = monotonic, sleep
        self._name = f"{chain_id}:{account.address}"
        self._blocks = MinedReader(node, account.address, journal, self._name)
        self._turn = threading.Lock()

    def send(self, call: Any, value: int = 0, *, once: bool = False) -> TxReceipt:
        """Send a call with some wei and wait until it is mined.

        With ``once``, a call that was mined after its caller gave up is not sent again: whoever
        says the same next, with as many wei or others, gets its receipt. The caller has heard of
        it once `tell` was called.

        Raises:
            RevertedError: the contract refuses, before or in a block.
            RefusedSendError: the node does not take it.
            ChainUnreachableError: nothing was mined for now; the same call goes on where it is.
        """
        with self._turn:
            built = self._built(call, value)
            key = _key(built)
            for _ in range(NONCES):
                # The count first: what is mined after it is met at its nonce.
                nonce = self._blocks.count()
                earlier = self._blocks.untold(key, nonce) if once else None
                mined = earlier or self._at_nonce(nonce, key, built)
                if mined is not None:
                    if mined.is_reverted or not once:
                        self._journal.tell(self._name, key)
                    return mined.told()
        raise ChainUnreachableError("other transactions of this account come between")

    def tell(self, call: Any) -> None:
        """Keep that a caller could read the receipt of a call that is sent once."""
        self._journal.tell(self._name, _key(self._built(call, 0)))

    def _built(self, call: Any, value: int) -> dict[str, Any]:
        """Return where a call goes and what it says."""
        filled = {"gas": 1, "gasPrice": 1, "nonce": 0, "chainId": self._chain_id, "value": value}
        built = call.build_transaction(filled)
        to = {"to": built["to"]} if built.get("to") else {}
        return {**to, "data": built["data"], "value": value}

    def _at_nonce(self, nonce: int, key: str, built: dict[str, Any]) -> Mined | None:
        """Return the call as mined, None once a transaction of another call has the nonce."""
        if self._blocks.at(nonce) is not None:
            # An earlier call that said the same is not this one.
            raise WrongAnswerError("counts fewer transactions of this account than were mined")
        waiting = None
        with suppress(NonceTooLowError):  # Then something was mined with it: the receipts say what.
            waiting = self._hand_over(nonce, key, built)
        started = raised = self._monotonic()
        gone_since, pause = None, POLL_SECONDS
        while (now := self._monotonic()) - started < PATIENCE_SECONDS:
            # The count first: a receipt that is there by then is not missed below.
            gone = self._blocks.count() > nonce
            mined = self._blocks.at(nonce)
            if mined is not None:
                return mined if mined.call == key else None
            gone_since = (gone_since or now) if gone else None
            if gone_since is not None and now - gone_since > UNKNOWN_SECONDS:
                break
            if not gone and now - raised > RAISE_SECONDS:
                raised = now
                with suppress(RefusedSendError):  # What waits goes on waiting.
                    waiting = self._replace(nonce, key, built, waiting)
            self._sleep(pause)
            pause = min(2 * pause, LONGEST_POLL_SECONDS)
        raise ChainUnreachableError(
            f"transaction {nonce} of this account is not known to be mined, or by whom; it is "
            "not sent again with another number"
        )

    def _hand_over(self, nonce: int, key: str, built: dict[str, Any]) -> Attempt:
        """Let the call's own attempt go on, replace another's, or begin; return what waits."""
        known = self._journal.attempts(self._name, nonce)
        own = [attempt for attempt in known if attempt.call == key]
        if own and self._is_taken(own[-1]):
            return own[-1]
        return self._replace(nonce, key, built, None)

    def _replace(
        self, nonce: int, key: str, built: dict[str, Any], waiting: Attempt | None
    ) -> Attempt:
        """Sign for more than what is known to wait, else for what the node takes."""
        known = self._journal.attempts(self._name, nonce)
        last = waiting or (known[-1] if known else None)
        if last is not None and not may_rise(last.fee):
            # Nothing may pay more. Mined at what the chain asks, it makes room for the next number;
            # a node that once named a huge base fee would else keep this account silent for ever.
            if self._is_taken(last, UnderpricedError):
                return last
            waiting = None
        return self._sign(nonce, key, built, waiting)

    def _is_taken(self, attempt: Attempt, *as_good: type[RefusedSendError]) -> bool:
        """Hand an attempt over again; some refusals are as good. Raises NonceTooLowError."""
        try:
            self._broadcast(attempt)
        except NonceTooLowError:
            raise
        except RefusedSendError as error:  # As one that the account cannot pay.
            return isinstance(error, as_good)
        return True

    def _sign(
        self, nonce: int, key: str, built: dict[str, Any], waiting: Attempt | None
    ) -> Attempt:
        """Sign a call at a fee that the node takes, write it down, hand it over."""
        gas = gas_limit(self._node, self._asked(built))
        fee = asked_fee(self._node)
        if waiting is not None:
            fee = fee.at_least(waiting.fee, waiting.tip)
        known = self._journal.attempts(self._name, nonce)
        for _ in range(RAISES + len(known)):
            attempt = self._attempt(nonce, key, {**built, "gas": gas}, fee)
            self._journal.write(self._name, attempt)
            try:
                self._broadcast(attempt)
            except UnderpricedError:
                # What it replaces asks for more, or the base fee moved.
                fee = _next(fee, known)
            else:
                return attempt
        raise ChainUnreachableError("the node calls every fee too low")

    def _attempt(self, nonce: int, key: str, built: dict[str, Any], fee: Fee) -> Attempt:
        fields = {**built, **fee.fields(), "nonce": nonce, "chainId": self._chain_id}
        signed = self._account.sign_transaction(fields)
        return Attempt(
            nonce=nonce,
            digest=signed.hash.to_0x_hex(),
            call=key,
            fee=fee.most,
            tip=fee.tip,
            raw=bytes(signed.raw_transaction),
        )

    def _broadcast(self, attempt: Attempt) -> None:
        try:
            digest = self._node.ask("eth_sendRawTransaction", [HexBytes(attempt.raw).to_0x_hex()])
        except AlreadyKnownError:
            return
        if digest != attempt.digest:
            raise WrongAnswerError("answers a transaction with another one's hash")

    def _asked(self, built: dict[str, Any]) -> dict[str, Any]:
        return {**built, "from": self._account.address, "value": hex(built["value"])}


def _key(built: dict[str, Any]) -> str:
    return Web3.keccak(text=f"{built.get('to')} {built['data']}").to_0x_hex()


def _next(fee: Fee, known: list[Attempt]) -> Fee:
    """Return what replaces the cheapest attempt that this fee does not, or else this fee's own."""
    for attempt in known:
        if may_rise(attempt.fee) and (over := fee.at_least(attempt.fee, attempt.tip)) != fee:
            return over
    return fee.raised()
