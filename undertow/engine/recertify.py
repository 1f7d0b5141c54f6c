"""Step 5: every touched account is given a certificate, on its book after the slot.

Slots come one after the other, so an account that is touched twice leaves its first certificate to
its second touch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from undertow.engine.batch import Slot
from undertow.engine.certificate import Certificate, Line, Safeguards
from undertow.engine.certify import widest
from undertow.engine.choices import Choices
from undertow.engine.safety import recertify
from undertow.protocol.cells import Cells
from undertow.protocol.safety_table import SafetyTable
from undertow.protocol.units import Money


def recertify_slots(
    slots: Sequence[Slot], table: SafetyTable, by: Safeguards, choices: Choices
) -> tuple[tuple[Slot, ...], SafetyTable]:
    """Return the slots with the cells of their leaves, and the table that counts these.

    Raises:
        ValueError: a certificate that was chosen does not hold.
    """
    done: list[Slot] = []
    given: dict[int, int] = {}
    for number, slot in enumerate(slots):
        index, before, after = slot.account, slot.before, slot.after
        line = by.line(after.cash, after.positions)
        certificate = choices.certificates.get(number)
        if certificate is None:
            certificate = lasting(line, choices.waiting.get(index, ()), table)
        old = given.get(index, before.cells)
        new = certificate.cells(table.grid).pack()
        table = recertify(table, Cells.unpack(old), certificate, line)
        if old != before.cells:
            before = replace(before, cells=old)
        if new != after.cells:
            after = replace(after, cells=new)
        given[index] = new
        done.append(replace(slot, before=before, after=after))
    return tuple(done), table


def lasting(line: Line, waiting: Sequence[Money], table: SafetyTable) -> Certificate:
    """Return the widest certificate that stands without what can be paid of the withdrawals.

    They are judged one after the other, as they are served; what cannot be paid takes nothing.
    """
    found = widest(line, table)
    for amount in waiting:
        less = replace(line, free=Money(line.free - amount))
        without = widest(less, table)
        if not without.is_bad:
            line, found = less, without
    return found
