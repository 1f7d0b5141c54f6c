"""A certificate: up to where an account stays above maintenance, whatever happens before that.

Of each underlying an edge of the price grid on the side on which the account loses, or none, and a
point on the funding clock. The surplus is a line of both prices, so its least value over all prices
on the right side of the edges is at the edges themselves; that one number is what is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undertow.engine.grid import edges
from undertow.engine.maintenance import MONEY_SHIFT, Holdings, base, holdings, shocks, slopes
from undertow.engine.rings import is_inside, ring_of
from undertow.protocol.cells import Cells
from undertow.protocol.grid import GRID_BITS, Grid
from undertow.protocol.params import NO_FUNDING, MarketParams
from undertow.protocol.safety_table import EXPIRY, SafetyTable
from undertow.protocol.sheet import UNDERLYINGS
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Lots, Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The account is safe on one side of this price."""

    is_above: bool
    """The account loses when the price rises: it is safe below the edge. Else from it on."""
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Where an account's safety ends."""

    edges: tuple[Edge | None, ...] = (None,) * UNDERLYINGS
    expiry: int | None = None
    """The account is safe while the funding clock is below it; None without positions."""
    is_bad: bool = False
    """Nothing is certified: the account counts as overdue."""

    def cells(self, grid: Grid) -> Cells:
        """Return what the leaf holds."""
        first, second = (edge or Edge(is_above=False, number=0) for edge in self.edges)
        return Cells(
            first=first.number % grid.cells,
            first_above=first.is_above,
            first_ends=self.edges[0] is not None,
            second=second.number % grid.cells,
            second_above=second.is_above,
            second_ends=self.edges[1] is not None,
            expiry=(self.expiry or 0) % grid.cells,
            is_bad=self.is_bad,
            expires=self.is_bad or self.expiry is not None,
        )


BAD = Certificate(is_bad=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An account as its certificate is judged: maintenance, and what funding may take."""

    free: Money
    """In no price: cash less funding paid."""
    slope: tuple[int, ...]
    """For a micro-USD of each underlying's price, 2^-33."""
    held: Holdings
    cells: tuple[Money, ...]
    """Money per unit of each underlying in a cell of the funding clock."""

    @property
    def drift(self) -> int:
        """What funding may take of the account in a cell of the clock, in money."""
        return sum(each * cell for each, cell in zip(self.held.gross, self.cells, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguards:
    """What all certificates of a batch or a run are judged by, beside the table."""

    indices: tuple[Money, ...]
    """Funding that a unit of each underlying has paid."""
    shock: tuple[int, ...]
    """Of each underlying, a step of the scenario grid."""
    cells: tuple[Money, ...]
    """Money per unit of each underlying in a cell of the funding clock."""
    params: MarketParams

    def line(self, cash: Money, positions: Sequence[Lots]) -> Line:
        """Return an account's line."""
        held = holdings(positions, self.params)
        return Line(
            free=base(cash, held, self.indices),
            slope=slopes(held, self.shock),
            held=held,
            cells=self.cells,
        )


def safeguards(underlyings: Sequence[Underlying], params: MarketParams) -> Safeguards:
    """Return what certificates are judged by at the present funding."""
    return Safeguards(
        indices=tuple(underlying.index for underlying in underlyings),
        shock=shocks(params),
        cells=tuple(Money((rule or NO_FUNDING).cell) for rule in params.funding),
        params=params,
    )


def line_of(
    cash: Money,
    positions: Sequence[Lots],
    indices: Sequence[Money],
    cells: Sequence[Money],
    params: MarketParams,
) -> Line:
    """Return an account's line at the present funding indices."""
    by = Safeguards(indices=tuple(indices), shock=shocks(params), cells=tuple(cells), params=params)
    return by.line(cash, positions)


def surplus_until(certificate: Certificate, line: Line, clock: int, grid: Grid) -> int:
    """Return the least surplus before the certificate ends, in 2^-57 micro-USD."""
    total: int = line.free << MONEY_SHIFT + GRID_BITS
    prices = edges(grid)
    for slope, end in zip(line.slope, certificate.edges, strict=True):
        total += slope * prices[end.number] if end else 0
    if certificate.expiry is not None:
        total -= line.drift * (certificate.expiry - clock) << MONEY_SHIFT + GRID_BITS
    return total


def holds(certificate: Certificate, line: Line, table: SafetyTable) -> bool:
    """Return whether an account may be given a certificate; bad is said of any account.

    That the edges are beyond the present prices and the expiry ahead is not asked: else the account
    counts as overdue at once.
    """
    if certificate.is_bad:
        return True
    for number, (slope, end) in enumerate(zip(line.slope, certificate.edges, strict=True)):
        # Without an edge the account is safe down to a price of zero.
        if slope > 0 if end and end.is_above else slope < 0:
            return False
        if end and not is_inside(table, ring_of(number, end.is_above), end.number):
            return False
        if end and end.number >> table.grid.edge_width:
            return False
    if certificate.expiry is None:
        if any(line.held.gross):
            return False
    elif not is_inside(table, EXPIRY, certificate.expiry):
        return False
    return surplus_until(certificate, line, table.clock, table.grid) >= 0


def least(line: Line, table: SafetyTable) -> Certificate:
    """Return the certificate that asks least: the edges of the present step and one cell."""
    edges: list[Edge | None] = []
    for slope, gross, above in zip(line.slope, line.held.gross, table.bounds, strict=True):
        # Below a price of one micro-USD there is no edge.
        if gross and (slope < 0 or above):
            edges.append(Edge(is_above=slope < 0, number=above - (slope >= 0)))
        else:
            edges.append(None)
    return Certificate(edges=tuple(edges), expiry=table.clock + 1 if any(line.held.gross) else None)


def may_be_taken(line: Line, table: SafetyTable) -> bool:
    """Return whether an account is below maintenance at the worse edges of the present steps.

    Every account is either this or certified by `least`, but for what a full window keeps out.
    """
    return surplus_until(least(line, table), line, table.clock, table.grid) < 0
