"""The part of a lane's heavier side that the house took: what of a fill was no other user's."""

from __future__ import annotations

from collections.abc import Sequence

from undertow.protocol.confirmation import SHARE_ONE


def net_flow_share(fills: Sequence[int]) -> int:
    """Return the flow as a part of the heavier side, in 255ths, rounded down; 0 without a fill.

    Users who trade with each other leave no flow, and no share of theirs.
    """
    flow, traded = abs(sum(fills)), sum(map(abs, fills))
    # The heavier side is half of what is traded and of the flow together.
    return 2 * SHARE_ONE * flow // (traded + flow) if traded else 0
