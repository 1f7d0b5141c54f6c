"""Whose certificate a touch would mend: it is passed, or its expiry is near."""

from __future__ import annotations

from functools import cache

from undertow.engine.certificate import Certificate, Line, safeguards
from undertow.engine.certify import widest
from undertow.engine.rings import counted, overdue
from undertow.engine.safety import is_passed, read
from undertow.protocol.cells import Cells
from undertow.protocol.params import MarketParams
from undertow.protocol.safety_table import EXPIRY, SafetyTable
from undertow.protocol.state import State

SOON = 1
"""Cells of the funding clock before an expiry."""


def due(state: State, params: MarketParams, opened: int) -> list[int]:
    """Return the accounts, up to the last that is open for good, that are to be touched first.

    Whoever is bad and would stay so is none of them: its touches would show where it stands.
    """
    table = state.safety
    if not (overdue(table) or _expires_soon(table)):
        return []
    by, found = safeguards(state.underlyings, params), []
    read_as = cache(lambda cells: read(Cells.unpack(cells), table))
    for index in state.accounts:
        account = state.accounts[index]
        if account.cells == 0 or index > opened:
            continue
        held = read_as(account.cells)
        if is_passed(held, table):
            found.append(index)
        elif held.is_bad or _ends_soon(held, table):
            line = by.line(account.cash, account.positions)
            found += [index] * is_mended(held, line, table)
    return found


def is_mended(held: Certificate, line: Line, table: SafetyTable) -> bool:
    """Return whether a touch gives an account more time than it has."""
    wide = widest(line, table)
    if held.is_bad or wide.is_bad:
        return held.is_bad and not wide.is_bad
    return held.expiry is not None and (wide.expiry is None or wide.expiry > held.expiry)


def _ends_soon(certificate: Certificate, table: SafetyTable) -> bool:
    return certificate.expiry is not None and certificate.expiry <= table.clock + SOON


def _expires_soon(table: SafetyTable) -> bool:
    return any(number <= table.clock + SOON for number, _ in counted(table, EXPIRY))
