"""The state up to its root, and own accounts with their contents, from the chain and keys alone.

What `undertow recover` does: whoever has this needs the operator for nothing. Every settlement's
root is made again from its published words. A long reading keeps what it has in a folder, and goes
on there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from undertow.chain import recovery_file
from undertow.chain.errors import WrongAnswerError
from undertow.chain.history import Followed
from undertow.chain.published import stream_settlements
from undertow.chain.recovered import Recovered
from undertow.chain.view import View
from undertow.protocol.params import PRESETS

if TYPE_CHECKING:
    from undertow.chain.contracts import Contracts
    from undertow.chain.logs import Progress

log = logging.getLogger(__name__)
SAVE_EVERY = 2_000
"""Settlements after which a reading keeps what it has."""


def recover(
    contracts: Contracts,
    own: Sequence[Followed],
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Recovered:
    """Return what the chain has at the newest block.

    ``own`` are accounts before all settlements (`Followed.new`). Of what ``folder`` holds, the
    newest is taken that has all of them and whose block still is the chain's; one that leads to
    another root than the chain's is passed over.

    Raises:
        WrongAnswerError: the node leaves something out, or lies.
        ChainUnreachableError: it gives no answer that can be used, or its chain changed.
        DeltaError: a published word is not what an own account's contents give.
        OSError: the folder cannot be written.
    """
    view = contracts.view()
    for start in _kept(contracts, own, folder):
        try:
            return _go_on(contracts, start, view, folder, progress)
        except WrongAnswerError as error:
            log.warning("what was kept at block %d is passed over: %s", start.reached.block, error)
    # Contents change as they are followed, and the caller's are the beginning.
    grid = PRESETS[contracts.deployment.preset].grid
    start = Recovered.beginning(grid, map(copy, own))
    return _go_on(contracts, start, view, folder, progress)


def _kept(
    contracts: Contracts, own: Sequence[Followed], folder: Path | None
) -> Iterator[Recovered]:
    if folder is None:
        return
    deployment = contracts.deployment
    params, wanted = deployment.group.params, [one.index for one in own]
    for kept in recovery_file.load(folder, contracts.venue, wanted, params):
        block = contracts.block(kept.reached.block)
        keys = [(one.account.owner, one.account.view_key) for one in kept.own]
        if keys != [(one.account.owner, one.account.view_key) for one in own]:
            log.warning("what was kept at block %d is of another key", kept.reached.block)
        elif block is not None and block.hash == kept.block_hash:
            yield kept
        else:
            log.warning("block %d is another one than when it was read", kept.reached.block)


def _go_on(
    contracts: Contracts,
    start: Recovered,
    view: View,
    folder: Path | None,
    progress: Progress | None,
) -> Recovered:
    at, saved = start, start.settlements
    for found in stream_settlements(contracts, start.reached, view, progress):
        is_whole = found.block > at.reached.block
        if folder is not None and is_whole and at.settlements - saved >= SAVE_EVERY:
            recovery_file.save(at, contracts.venue, folder)
            saved = at.settlements
        at = at.after(found)
        if at.public.root() != found.settled.root:
            raise WrongAnswerError(f"has words in block {found.block} that give another root")
    if at.public.root() != view.root:
        raise WrongAnswerError("has events that end at another root than the contract")
    at = replace(at, reached=view.reached, block_hash=view.block.hash)
    if folder is not None and at.reached != start.reached:
        recovery_file.save(at, contracts.venue, folder)
    return at
