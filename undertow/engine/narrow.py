"""A certificate that ends earlier than it has to, by chance: so where one ends tells little.

If every account's ends where it can be held no longer, a price that passes an end passes a loser.
Among accounts that end anywhere between the price and there, losers are few. What is narrower asks
less of the account, so it holds where the wide one does.
"""

from __future__ import annotations

from dataclasses import replace

from undertow.engine.certificate import Certificate, Edge
from undertow.protocol.safety_table import SafetyTable

PART_BITS = 20
"""A draw has such a part for each underlying's edge, the first one lowest, and for the expiry."""
LEAST_ROOM = 4
"""Edges between the price and the nearest that is drawn: prices pass nearer ones all day, and while
one is passed no batch is clean."""
LEAST_LIFE = 4
"""Of an expiry at least three quarters are left, if they are so many cells."""


def narrowed(wide: Certificate, table: SafetyTable, draw: int) -> Certificate:
    """Return a certificate with ends between the present and those of a wide one.

    An end without room stays. ``draw`` is a whole number of parts without a choice.
    """
    parts = [draw >> PART_BITS * at & (1 << PART_BITS) - 1 for at in range(len(wide.edges) + 1)]
    edges = [
        end and _edge(end, bound, part)
        for end, bound, part in zip(wide.edges, table.bounds, parts, strict=False)
    ]
    expiry = wide.expiry
    if expiry is not None:
        most = max(expiry - table.clock, 0) // LEAST_LIFE
        expiry -= _share(most, parts[-1])
    return replace(wide, edges=tuple(edges), expiry=expiry)


def _edge(end: Edge, bound: int, part: int) -> Edge:
    """Return an edge at most as far from the price as one, on the same side."""
    away = end.number - bound if end.is_above else bound - 1 - end.number
    nearer = _share(max(away - LEAST_ROOM, 0), part)
    return replace(end, number=end.number - nearer if end.is_above else end.number + nearer)


def _share(most: int, part: int) -> int:
    """Return a number from 0 to the most, each as likely."""
    return (most + 1) * part >> PART_BITS
