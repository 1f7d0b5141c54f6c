"""Step 5: what a slot does to the safety table: its account gets a certificate, on its book after.

Slots come one after the other, so an account that is touched twice leaves its first certificate to
its second touch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from undertow.engine.batch import Slot
from undertow.engine.certificate import Certificate, Line, holds
from undertow.engine.certify import widest
from undertow.engine.choices import Choices
from undertow.engine.guard import Guard
from undertow.engine.narrow import narrowed
from undertow.engine.rings import recount
from undertow.engine.takeover import certificate_of_touch, is_ahead
from undertow.protocol.cells import Cells
from undertow.protocol.safety_table import SafetyTable
from undertow.protocol.units import Money


def recertify_slots(
    slots: Sequence[Slot], guard: Guard, choices: Choices
) -> tuple[tuple[Slot, ...], SafetyTable]:
    """Return the slots with the cells of their leaves, and the table that counts these.

    Raises:
        ValueError: a certificate was chosen that says more of the account than is true.
    """
    table, done = guard.table, list[Slot]()
    given: dict[int, int] = {}
    for number, slot in enumerate(slots):
        before, after = slot.before, slot.after
        held = given.get(slot.account, before.cells)
        cells = _certificate(number, slot, table, guard, choices).cells(table.grid)
        given[slot.account] = packed = cells.pack()
        if packed != held:
            table = recount(table, Cells.unpack(held), cells)
        # An account is made anew only where it changes: that is most of what a touch costs here.
        if held != before.cells:
            before = replace(before, cells=held)
        if packed != after.cells:
            after = replace(after, cells=packed)
        done.append(replace(slot, before=before, after=after))
    return tuple(done), table


def _certificate(
    number: int, slot: Slot, table: SafetyTable, guard: Guard, choices: Choices
) -> Certificate:
    """Return what a slot's account is given: what was chosen, if it may be, else what lasts.

    That is narrowed where there is a draw for it. Who is taken over has nothing to certify.
    """
    if slot.taken:
        return Certificate()
    line = guard.by.line(slot.after.cash, slot.after.positions)
    chosen = choices.certificates.get(number)
    if chosen is None:
        wanted = lasting(line, choices.waiting.get(slot.account, Money(0)), table)
        draw = choices.draws.get(number)
        wanted = wanted if draw is None else narrowed(wanted, table, draw)
    elif holds(chosen, line, table):
        wanted = chosen
    else:
        raise ValueError("the account would be below maintenance before it ends")
    if not guard.may_take(slot.action, slot.before):
        return wanted
    if chosen and not is_ahead(chosen, table):
        raise ValueError("a touch gives a certificate that ends ahead of the present")
    return certificate_of_touch(wanted, line, table)


def lasting(line: Line, waiting: Money, table: SafetyTable) -> Certificate:
    """Return the widest certificate that stands without a withdrawal that waits, if one can."""
    if waiting:
        without = widest(replace(line, free=Money(line.free - waiting)), table)
        if not without.is_bad:
            return without
    return widest(line, table)
