"""Whether a matcher can do its work: `/health` says so, or what is in the way."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matcher.phase import Phase

if TYPE_CHECKING:
    from matcher.loop import Operator

STUCK_SECONDS = 120
"""A loop that did not turn for so long is stuck, if it heard nothing of a node it waits for."""
READING_SECONDS = 1800
"""One that starts may take longer, to read what is in its files."""
STALE_SECONDS = 300
"""So far may the newest block's time be from the clock, where blocks come by themselves.

A chain leaves some of them out, and a clock is seldom off by a minute.
"""
PROOF_SECONDS = 1800
"""So long may the next settlement's proof take; readable Python and snarkjs take minutes."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a matcher cannot do its work."""

    code: str
    message: str


STARTING = Fault("STARTING", "the matcher reads the chain; send the same envelope again")


def fault_of(operator: Operator) -> Fault | None:
    """Return what is in the way of a loop and its files, None if nothing is."""
    matcher, now = operator.matcher, operator.desk.clock.monotonic()
    # 1. The loop turns, and has read the chain once.
    if operator.ended:
        return Fault("LOOP_ENDED", "the settlement loop ended")
    patience = READING_SECONDS if operator.phase is Phase.STARTING else STUCK_SECONDS
    # A transaction is waited for, logs are read, settlements are replayed: all within one turn.
    beat = max(operator.beat, operator.follower.beat, operator.desk.chain.heard)
    if operator.beat and now - beat > patience:
        return Fault("LOOP_STUCK", f"the settlement loop did not turn for {patience} s")
    if operator.troubles.name is not None and operator.troubles.is_grave(now):
        return Fault(operator.troubles.name.name, operator.troubles.name)
    if _is_stale(operator):
        return Fault("CHAIN_STALE", "the newest block's time is far from this machine's clock")
    pipeline = operator.pipeline
    if pipeline.awaited is not None and now - pipeline.awaited_since > PROOF_SECONDS:
        return Fault("PROOF_LATE", f"no proof of the next settlement for {PROOF_SECONDS} s")
    if matcher.view is None:
        return STARTING
    # 2. There is room for what it has to write down.
    try:
        free = shutil.disk_usage(matcher.log.folder).free
    except OSError:
        free = 0
    return Fault("DISK", Phase.DISK) if free < matcher.least_free_bytes else None


def _is_stale(operator: Operator) -> bool:
    """Return whether the node answers with a block that is far from the present."""
    most, view = operator.desk.stale_seconds, operator.view
    if most is None or view is None:
        return False
    return abs(operator.desk.clock.time_ms() // 1_000 - view.block.time) > most
