"""An underlying's funding index as the exit sheet has it: public, so that anybody can leave.

The exact index moves with the skew in every batch and would give it away; the sheet's moves by
whole steps of ten basis points of the price.
"""

from __future__ import annotations

from undertow.protocol.accruals import step_of
from undertow.protocol.units import MONEY_BITS, MicroUsd, Money, UnitPrice


def accrual(index: Money, price: UnitPrice) -> MicroUsd:
    """Return an index in micro-USD per unit, rounded down to a whole number of the price's steps.

    Down is towards minus infinity, so the exact index is never below it and less than a step above.
    A long that leaves by it is charged up to a step too little for each unit, a short is paid up to
    a step too little; the house loses less than a step for each unit that the users hold net long,
    and gains as much where they are net short. `circuits/accrual.circom` proves the same.
    """
    step = step_of(price)
    return MicroUsd(index // (step << MONEY_BITS) * step)
