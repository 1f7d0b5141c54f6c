"""A market's funding index as the exit sheet has it: known to anybody, so that anybody can leave.

The exact index moves with the skew in every batch and would give it away; the sheet's moves by
whole steps of ten basis points of the mark.
"""

from __future__ import annotations

from undertow.protocol.units import MONEY_BITS, MicroUsd, Money, Price

ACCRUAL_STEPS = 1_000
"""Of a mark: a step is this part of it, one micro-USD more than rounded down."""


def accrual(funding: Money, mark: Price) -> MicroUsd:
    """Return an index in micro-USD, rounded down to a whole number of the mark's steps.

    Down is towards minus infinity, so the exact index is never below it and less than a step above.
    A long that leaves by it is charged up to a step too little for each lot, a short is paid up to
    a step too little; the house loses less than a step for each lot that the users hold net long,
    and gains as much where they are net short. `circuits/accrual.circom` proves the same.
    """
    step = mark // ACCRUAL_STEPS + 1
    return MicroUsd(funding // (step << MONEY_BITS) * step)
