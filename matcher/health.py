"""Whether a matcher can do its work: `/health` says so, or what is in the way."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matcher.phase import Phase

if TYPE_CHECKING:
    from matcher.loop import Operator

STUCK_SECONDS = 120
"""A loop that did not turn for so long is stuck."""
PROOF_SECONDS = 1800
"""While it waits for a proof; readable Python and snarkjs take minutes."""
_PROVES = (Phase.PROVING, Phase.SERVING_REQUESTS, Phase.STARTING)


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
    patience = PROOF_SECONDS if operator.phase in _PROVES else STUCK_SECONDS
    if operator.beat and now - operator.beat > patience:
        return Fault("LOOP_STUCK", f"the settlement loop did not turn for {patience} s")
    if operator.troubles.name is not None and operator.troubles.is_grave(now):
        return Fault(operator.troubles.name.name, operator.troubles.name)
    if matcher.view is None:
        return STARTING
    # 2. There is room for what it has to write down.
    try:
        free = shutil.disk_usage(matcher.log.folder).free
    except OSError:
        free = 0
    return Fault("DISK", Phase.DISK) if free < matcher.least_free_bytes else None
