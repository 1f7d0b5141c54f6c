"""A venue that stands still: what freezes it, and what leaves it afterwards.

Nothing here needs the operator. Money goes to whom the contracts know, whoever sends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from undertow.chain.chain import Block
from undertow.chain.contracts import Contracts
from undertow.chain.errors import RevertedError
from undertow.chain.getter import word_at
from undertow.chain.reading import reachable
from undertow.protocol.owed import Owed
from undertow.protocol.units import MicroUsd

EXIT_GAS = 60_000
"""What an exit takes beside a transaction that verifies its proof alone, about."""


class Stage(IntEnum):
    """Where an account of a frozen venue stands, as the vault says."""

    INSIDE = 0
    FILED = 1
    PAID = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a venue is frozen, or when anybody may freeze it; seconds."""

    block: Block
    frozen_at: int
    """0 while it runs."""
    due: int
    """After this moment anybody may freeze it."""
    request_due: int | None
    """The same for the oldest request, None where none waits."""
    covered: bool
    """Of a frozen one: what all are owed is credited at once."""

    @property
    def is_due(self) -> bool:
        """Whether a block behind the newest one may freeze."""
        return any(
            due is not None and self.block.time >= due for due in (self.due, self.request_due)
        )


def standing(contracts: Contracts) -> Standing:
    """Return how the venue stands at the newest block; raises ChainError."""
    view, settlement, vault = contracts.view(), contracts.settlement, contracts.vault
    block, request_due = view.block, None
    if view.waiting:
        (oldest,) = contracts.entries(view.taken, view.taken + 1, view)
        request_due = oldest.time + contracts.terms.request_clock
    return Standing(
        block=block,
        frozen_at=word_at(settlement, "frozenAt", block),
        due=word_at(settlement, "freezeDue", block),
        request_due=request_due,
        covered=bool(word_at(vault, "isCovered", block)),
    )


def freeze(contracts: Contracts, now: Standing) -> None:
    """Freeze the venue for good by whichever clock ran out; raises ChainError."""
    functions = contracts.settlement.functions
    if now.request_due is not None and now.due > now.block.time >= now.request_due:
        view = contracts.view()
        (oldest,) = contracts.entries(view.taken, view.taken + 1, view)
        call = functions.freezeByRequest(oldest.words(), contracts.queue.peaks.path(view.taken))
    else:
        call = functions.freeze()
    contracts.chain.send(call, (contracts.settlement, contracts.vault))


def stage(contracts: Contracts, account: int) -> Stage:
    """Return where an account stands; raises ChainError."""
    with reachable():
        return Stage(int(contracts.vault.functions.stage(account).call()))


def exit_account(contracts: Contracts, owed: Owed, proof: Sequence[int]) -> int:
    """Let an account have what it is owed; return the gas used; raises ChainError."""
    call = _exit(contracts, owed, proof)
    receipt = contracts.chain.send(call, (contracts.settlement, contracts.vault))
    return int(receipt["gasUsed"])


def rehearse_exit(contracts: Contracts, owed: Owed, proof: Sequence[int]) -> str | int:
    """Return the gas that an exit takes, or the name of the error that it meets as things stand."""
    try:
        with reachable((contracts.settlement, contracts.vault)):
            return int(_exit(contracts, owed, proof).estimate_gas())
    except RevertedError as error:
        return str(error)


def shows(contracts: Contracts, root: int, owed: Owed, proof: Sequence[int]) -> bool:
    """Return whether the chain's own exit verifier takes a proof; raises ChainError."""
    with reachable():
        return bool(_verify(contracts, root, owed, proof).call())


def verifying_gas(contracts: Contracts, root: int, owed: Owed, proof: Sequence[int]) -> int:
    """Return the gas of a transaction that does nothing but verify a proof; raises ChainError."""
    with reachable():
        return int(_verify(contracts, root, owed, proof).estimate_gas())


def pay_out(contracts: Contracts, account: int) -> None:
    """Have what an account filed paid to its address's claims; raises ChainError."""
    contracts.chain.send(contracts.vault.functions.payOut(account))


def hand_back(contracts: Contracts, number: int) -> None:
    """Hand an entry of the queue that was not served back to its payer; raises ChainError."""
    view = contracts.view()
    (entry,) = contracts.entries(number, number + 1, view)
    path = contracts.queue.peaks.path(number)
    call = contracts.vault.functions.handBack(number, entry.words(), path)
    contracts.chain.send(call, contracts.vault)


def claim_for(contracts: Contracts, owner: str) -> MicroUsd:
    """Have what is an address's paid to it; return how much, 0 for nothing; raises ChainError."""
    with reachable():
        due = MicroUsd(int(contracts.vault.functions.claims(owner).call()))
    if due:
        contracts.chain.send(contracts.vault.functions.claimFor(owner))
    return due


def owner_of(contracts: Contracts, account: int) -> str:
    """Return the address that opened an account, which is paid; raises ChainError."""
    with reachable():
        return str(contracts.vault.functions.accountAddress(account).call())


def window_end(contracts: Contracts) -> int:
    """Return the last second in which a frozen venue's claims are filed; raises ChainError."""
    functions = contracts.vault.functions
    with reachable():
        return int(functions.frozenAt().call()) + int(functions.CLAIM_WINDOW().call())


def hand_back_own(contracts: Contracts) -> list[int]:
    """Hand the sender's entries that were not served back; return their numbers; raises ChainError.

    Those that were handed back before are passed over.
    """
    view, payer = contracts.view(), contracts.chain.signer.address
    done: list[int] = []
    waiting = contracts.entries(view.taken, view.queued, view)
    for number, entry in enumerate(waiting, view.taken):
        if entry.payer == payer:
            try:
                hand_back(contracts, number)
                done.append(number)
            except RevertedError as error:
                if str(error) != "AlreadyHandedBack":
                    raise
    return done


def _verify(contracts: Contracts, root: int, owed: Owed, proof: Sequence[int]) -> Any:
    address = str(contracts.settlement.functions.EXIT_VERIFIER().call())
    verifier = contracts.chain.contract("Groth16Verifier", address)
    signals = [root, contracts.deployment.group.params.hash(), owed.word()]
    return verifier.functions.verify(list(proof), signals)


def _exit(contracts: Contracts, owed: Owed, proof: Sequence[int]) -> Any:
    return contracts.settlement.functions.exit(owed.account, owed.amount, list(proof))
