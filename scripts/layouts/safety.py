"""circuits/generated/safety.circom: the grid's factors, and the widths of the safety table."""

from __future__ import annotations

from collections.abc import Iterator

from layouts.constants import NOTE
from undertow.engine.clock import STEPS_WIDTH
from undertow.engine.maintenance import CONTINGENCY_SHIFT, SHOCK_SHIFT, SURPLUS_BITS
from undertow.protocol.cells import CELL_WIDTH, CELLS_WORD
from undertow.protocol.grid import FINE, GRID_BITS, HIGH, HIGH_BITS, PLACE_BITS, POWER_WIDTH
from undertow.protocol.safety_table import (
    CLOCK_CELL_WIDTH,
    CLOCK_WIDTH,
    COUNTER_WIDTH,
    EXPIRY,
    JUMP_WIDTH,
    RINGS,
)

SIZES = {
    "SURPLUS_BITS": SURPLUS_BITS,
    "SHOCK_SHIFT": SHOCK_SHIFT,
    "CONTINGENCY_SHIFT": CONTINGENCY_SHIFT,
    "GRID_BITS": GRID_BITS,
    "HIGH_BITS": HIGH_BITS,
    "PLACE_BITS": PLACE_BITS,
    "POWER_WIDTH": POWER_WIDTH,
    "RINGS": RINGS,
    "EXPIRY_RING": EXPIRY,
    "COUNTER_WIDTH": COUNTER_WIDTH,
    "CLOCK_WIDTH": CLOCK_WIDTH,
    "CLOCK_CELL_WIDTH": CLOCK_CELL_WIDTH,
    "CLOCK_STEPS_WIDTH": STEPS_WIDTH,
    "JUMP_WIDTH": JUMP_WIDTH,
    "CELL_WIDTH": CELL_WIDTH,
    "CELLS_WIDTH": CELLS_WORD.width,
}


def render() -> str:
    """Return the file's text."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "pragma circom 2.2.0;"
    yield ""
    yield f"// {NOTE}"
    yield ""
    yield "// Sizes, widths and scales of the safety table."
    for name, value in SIZES.items():
        yield f"function {name}() {{ return {value}; }}"
    yield ""
    yield "// The factors of an edge, 2^-12 each; a coarser grid has every other one of the second."
    yield f"function HIGH_FACTORS() {{ return {list(HIGH)}; }}"
    yield f"function LOW_FACTORS() {{ return {list(FINE.low)}; }}"
    yield f"function LOW_FACTORS_BITS() {{ return {FINE.step_bits - HIGH_BITS}; }}"
