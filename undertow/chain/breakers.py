"""Which breakers are on: from what stands on chain, a block's time, and what a batch came to.

So a source that flaps moves none of them faster than sets are closed, priced and settled.
"""

from __future__ import annotations

from undertow.chain.view import View
from undertow.protocol.breakers import Column

ORACLE_PATIENCE_SECONDS = 60
"""After this much of the chain's time without a price, the oracle is called silent."""
PROOF_PATIENCE_SECONDS = 600
"""So long may a set with its price wait for its proof."""
CONFIRMED_SECONDS = 60
"""A set that is closed after so long has a price of its own, whatever jumped before it: nobody is
held back for a batch that nobody else has an order for."""
UNCLEAN_PATIENCE_SECONDS = 60
"""So long may a claim be missing before it is told as missing: prices pass edges, and the touches
that renew what ended there come with the batches after."""


def breakers_on(view: View, *, halted: int = 0, jumped_at: int = 0) -> frozenset[Column]:
    """Return what is on at a view.

    Args:
        view: the contracts.
        halted: bit u says that underlying u has no price.
        jumped_at: time of the newest batch's prices if they are not believed yet, else 0.
    """
    oldest, now = view.pending[0] if view.pending else None, view.block.time
    unclean = view.marks_time - view.unclean_since if view.unclean_since else 0
    is_on = {
        Column.STALE: oldest is not None
        and oldest.round is None
        and oracle_is_silent(oldest.closed_at, now),
        Column.SHEET_OLD: oldest is not None
        and oldest.round is not None
        and now - oldest.round.time > PROOF_PATIENCE_SECONDS,
        Column.DISAGREEMENT: halted != 0,
        Column.JUMP: jumped_at != 0 and now - jumped_at <= CONFIRMED_SECONDS,
        Column.NOT_CLEAN: unclean > UNCLEAN_PATIENCE_SECONDS,
    }
    return frozenset(column for column, on in is_on.items() if on)


def oracle_is_silent(closed_at: int, now: int) -> bool:
    """Return whether a set has waited too long for its price, by the chain's time.

    What its signers disagree on is halted, so all that shows here is silence.
    """
    return now - closed_at > ORACLE_PATIENCE_SECONDS
