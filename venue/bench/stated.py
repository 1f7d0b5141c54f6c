"""What the safety table and takeovers add to a slot, from the sizes that their templates state.

Each `@cost` is compared with the compiled template by the circuits' tests, so nothing is compiled
here. Not counted: the word that the leaf has more, and what the compiler saves between templates.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from prover.toolchain import ROOT
from undertow.protocol.params import Preset
from venue.errors import BenchError

CIRCUITS = ROOT / "circuits"
_CONSTANT = re.compile(r"function (\w+)\(\) \{ return (\d+); \}")
SAFETY_BATCH = (
    *(("safety", "OpenTable"), ("safety", "CloseTable")),
    *(("soundness", "SkewUnits"), ("soundness", "HouseIsSound")),
)
SAFETY_SLOT = (("maintenance", "TradeHoldings"), ("recertify", "Recertify"))
CERTIFICATE = ("certificate", "Stands")
"""A certificate alone, as a withdrawal has it."""
TOUCHED = ("touched", "CertifyOrTake")
"""Stands within a slot's re-certification where accounts are taken over."""
TAKEOVER_SLOT = (("takeover", "Charge"), ("taken", "Give"), ("taken", "TakeAccount"))
TAKEOVER_BATCH = (("takeover", "TakingOf"), ("takeover", "CoverLosses"))
Template = tuple[str, str]
"""Its file's stem, and its name."""


def measure(preset: Preset, circuits: Path = CIRCUITS) -> dict[str, int]:
    """Return the figures by name; no takeover's where the circuits take nobody over."""
    takes, more = (circuits / f"{TOUCHED[0]}.circom").is_file(), 0
    if takes:
        more = _stated(TOUCHED, preset, circuits) - _stated(CERTIFICATE, preset, circuits)
    safety = _per_slot(SAFETY_SLOT, SAFETY_BATCH, preset, circuits) - more
    found = {"safety_constraints_per_slot": safety}
    if takes:
        takeover = _per_slot(TAKEOVER_SLOT, TAKEOVER_BATCH, preset, circuits) + more
        found["takeover_constraints_per_slot"] = takeover
    return found


def _per_slot(
    slot: tuple[Template, ...], batch: tuple[Template, ...], preset: Preset, circuits: Path
) -> int:
    each = sum(_stated(one, preset, circuits) for one in slot)
    once = sum(_stated(one, preset, circuits) for one in batch)
    return each + once // preset.slots


def _stated(template: Template, preset: Preset, circuits: Path) -> int:
    """Return a template's size at a preset's parameters.

    Raises:
        BenchError: the template states no size.
    """
    stem, name = template
    text = (circuits / f"{stem}.circom").read_text(encoding="utf-8")
    found = re.search(rf"// @cost (.*)\ntemplate {name}\(", text)
    if found is None:
        raise BenchError(f"{stem}.circom: {name} states no size")
    known = {
        "stepBits": preset.grid.step_bits,
        "cellBits": preset.grid.cell_bits,
        "lanes": preset.lanes,
        "slots": preset.slots,
    }
    constants = _constants(circuits)
    text = re.sub(r"(\w+)\(\)", lambda call: constants[call[1]], found[1].replace("^", "**"))
    return int(eval(text, {"__builtins__": {}}, known))  # noqa: S307  # our own sources


@cache
def _constants(circuits: Path) -> dict[str, str]:
    """Return what the generated functions give."""
    files = sorted((circuits / "generated").glob("*.circom"))
    return dict(_CONSTANT.findall("\n".join(path.read_text(encoding="utf-8") for path in files)))
