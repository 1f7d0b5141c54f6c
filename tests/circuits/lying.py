"""Circuits with hints that lie on demand, for witnesses of the deployed constraints.

A copy of the circuit's sources takes, beside its inputs, a lie for each of some hints. Whatever
follows from the hint is computed from the lie, so the witness is the one that a dishonest prover
would try: wrong in one place and consistent everywhere else. It is then laid out for the deployed
constraints, which know nothing of lies.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prover import toolchain, witness
from tests.circuits.trusting import trusting_wasm
from undertow.crypto.field import R
from undertow.protocol.params import Preset

BUILD = toolchain.ROOT / "build" / "circuits"

SLOT_LIES = (
    "fee",
    "solvent",
    "safer",
    "accepts",
    "current",
    "unexpired",
    "affordable",
    "bits",
    "remains",
    "concentrated",
)
LANE_LIES = ("premium", "due", "paid", "within")
VENUE_LIES = ("grows", "step", "perSquare")

_HINTS: Mapping[tuple[str, str], Mapping[str, str]] = {
    # 1 turns the answer round.
    ("signed", "NonNegative"): {"out": "({}) * (1 - 2 * lie) + lie"},
    # What is added to the quotient.
    ("signed", "FloorShift"): {"remainder": "({}) - lie * (1 << k)"},
    ("signed", "FloorDivide"): {"quotient": "({}) + lie", "remainder": "({}) - lie * den"},
    # Borrows from bit 95 for bit 94: the sum stays.
    ("range", "Bits"): {"bits[i]": "({}) + (i == 94 ? 2 * lie : (i == 95 ? -lie : 0))"},
}
"""Gadgets by file and name, and what a liar makes of the value of each hint."""


def _gadget(file: str, name: str, hints: Mapping[str, str]) -> str:
    """Return the gadget's own source, renamed, with a lie as an input and in its hints."""
    source = (toolchain.ROOT / "circuits" / "lib" / f"{file}.circom").read_text(encoding="utf-8")
    found = re.search(rf"^template {name}\(.*?^}}$", source, re.MULTILINE | re.DOTALL)
    assert found is not None
    text = found[0].replace(f"template {name}(", f"template Lying{name}(")
    # The last input: a call without a name gives them in order.
    *_, last = re.finditer(r"signal input .*?;", text)
    text = f"{text[: last.end()]}\n    signal input lie;{text[last.end() :]}"
    for hint, lie in hints.items():
        honest = re.search(rf"{re.escape(hint)} <-- (.*?);", text, re.DOTALL)
        assert honest is not None, f"{name} has no hint {hint}"
        text = text.replace(honest[0], f"{hint} <-- {lie.format(honest[1])};")
    return text


def _at(name: str, lies: Sequence[str]) -> str:
    return f"lie[{lies.index(name)}]"


def _judge(name: str, bits: int, value: str) -> tuple[str, str]:
    honest = f"signal {name} <== NonNegative({bits})({value});"
    lying = f"signal {name} <== LyingNonNegative({bits})({value}, {_at(name, SLOT_LIES)});"
    return honest, lying


_SLOT = f"signal input lie[{len(SLOT_LIES)}];"
_LANE = f"signal input lie[{len(LANE_LIES)}];"

BATCH: tuple[tuple[str, str], ...] = (
    # The order's outcome.
    ("template Judge() {", "template Judge() {\n" + _SLOT),
    _judge("remains", 30, "size - carried"),
    _judge("current", 32, "nonce - accountNonce"),
    _judge("unexpired", 32, "expiryBatch - batchNumber"),
    _judge("affordable", 20, "feeCap - takerFee"),
    _judge("solvent", 116, "later.out"),
    _judge("safer", 117, "later.out - before.out"),
    # 1 leaves the position's growth out of the add-on.
    (
        "signal concentrated <== (after.magnitude + heldMagnitude) * lotConcentration;",
        "signal concentrated <-- (after.magnitude + heldMagnitude) * lotConcentration "
        f"* (1 - {_at('concentrated', SLOT_LIES)});",
    ),
    # The order's fields, its fill and its fee.
    ("template OpenOrder() {", "template OpenOrder() {\nsignal input lie;"),
    ("component bits = Bits(181);", "component bits = LyingBits(181);\nbits.lie <== lie;"),
    ("template Slot(levels, lanes) {", "template Slot(levels, lanes) {\n" + _SLOT),
    ("order.word <== word;", f"order.word <== word;\norder.lie <== {_at('bits', SLOT_LIES)};"),
    ("judge.occupied <== occupied;", "judge.occupied <== occupied;\njudge.lie <== lie;"),
    _judge("accepts", 72, "room"),
    (
        "component charge = FloorShift(86, 4);",
        f"component charge = LyingFloorShift(86, 4);\ncharge.lie <== {_at('fee', SLOT_LIES)};",
    ),
    # The lane's price.
    ("template Quote() {", "template Quote() {\n" + _LANE),
    (
        "FloorDivide(96, 62)(numerator + denominator - 1, denominator)",
        "LyingFloorDivide(96, 62)(numerator + denominator - 1, denominator, "
        f"{_at('due', LANE_LIES)})",
    ),
    (
        "signal lots <== FloorDivide(69, 33)(poolAfter - pool + divisor - 1 + divisor * (1 << 67), "
        "divisor);",
        "signal lots <== LyingFloorDivide(69, 33)(poolAfter - pool + divisor - 1 "
        f"+ divisor * (1 << 67), divisor, {_at('premium', LANE_LIES)});",
    ),
    ("template Lane() {", "template Lane() {\n" + _LANE),
    ("at.flow <== flow;", "at.flow <== flow;\nat.lie <== lie;\nfurther.lie <== [0, 0, 0, 0];"),
    (
        "signal within <== NonNegative(32)(cap - further.after);",
        f"signal within <== LyingNonNegative(32)(cap - further.after, {_at('within', LANE_LIES)});",
    ),
    ("template AdvanceMarket() {", "template AdvanceMarket() {\nsignal input lie;"),
    (
        "component paid = FloorShift(100, 25);",
        "component paid = LyingFloorShift(100, 25);\npaid.lie <== lie;",
    ),
    # The batch.
    (
        "template SettleBatch(slots, lanes, levels) {",
        "template SettleBatch(slots, lanes, levels) {\n"
        f"signal input lieSlot[slots][{len(SLOT_LIES)}];\n"
        f"signal input lieLane[lanes][{len(LANE_LIES)}];\n"
        f"signal input lie[{len(VENUE_LIES)}];",
    ),
    ("slot[s].venue <== venue;", "slot[s].venue <== venue;\nslot[s].lie <== lieSlot[s];"),
    (
        "advance[l] = AdvanceMarket();",
        f"advance[l] = AdvanceMarket();\nadvance[l].lie <== lieLane[l][{LANE_LIES.index('paid')}];",
    ),
    ("market[l] = Lane();", "market[l] = Lane();\nmarket[l].lie <== lieLane[l];"),
    (
        "signal houseGrows <== NonNegative(120)(equity - requirement);",
        "signal houseGrows <== LyingNonNegative(120)(equity - requirement, "
        f"{_at('grows', VENUE_LIES)});",
    ),
    (
        "step[i] = FloorShift(46, 18);",
        "step[i] = LyingFloorShift(46, 18);\n"
        f"step[i].lie <== i == 0 ? {_at('step', VENUE_LIES)} : 0;",
    ),
    (
        "perSquare[i] = FloorShift(49, 17);",
        "perSquare[i] = LyingFloorShift(49, 17);\n"
        f"perSquare[i].lie <== i == 0 ? {_at('perSquare', VENUE_LIES)} : 0;",
    ),
)


REQUESTS: tuple[tuple[str, str], ...] = (
    ("template Request(depth) {", "template Request(depth) {\nsignal input lie;"),
    (
        "signal affordable <== NonNegative(116)(surplus.out);",
        "signal affordable <== LyingNonNegative(116)(surplus.out, lie);",
    ),
    (
        "template Requests(requests, depth) {",
        "template Requests(requests, depth) {\nsignal input lie[requests];",
    ),
    ("request[r].word <== word[r];", "request[r].word <== word[r];\nrequest[r].lie <== lie[r];"),
)


def batch_lies(
    preset: Preset,
    slot: tuple[int, Mapping[str, int]] = (0, {}),
    lane: tuple[int, Mapping[str, int]] = (0, {}),
    venue: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Return the lies of a batch as inputs: by slot or lane, and by name."""
    return {
        "lieSlot": _table(preset.slots, SLOT_LIES, *slot),
        "lieLane": _table(preset.lanes, LANE_LIES, *lane),
        "lie": [(venue or {}).get(name, 0) for name in VENUE_LIES],
    }


class LyingCircuit:
    """A deployed circuit and its lying copy."""

    def __init__(
        self, name: str, deployed: toolchain.Compiled, replacements: Sequence[tuple[str, str]]
    ) -> None:
        path = _write(toolchain.ROOT / "circuits" / f"{name}.circom", replacements)
        # Without simplification every signal has a wire, whatever the deployed circuit keeps.
        self._lying = toolchain.compile(path, BUILD / "lying", "--O0")
        self._wires = _signals(self._lying.sym)
        self._layout = _layout(_signals(deployed.sym), self._wires)

    def witness(self, inputs: Mapping[str, Any]) -> list[int]:
        """Return the lying circuit's witness."""
        return witness.calculate(trusting_wasm(self._lying.wasm), inputs)

    def deployed(self, values: list[int]) -> list[int]:
        """Lay a witness out for the deployed constraints."""
        return [values[wire] for wire in self._layout]

    def value(self, values: list[int], name: str) -> int:
        """Return a signal of a witness."""
        return values[self._wires[f"main.{name}"]]


def _table(rows: int, names: Sequence[str], row: int, lies: Mapping[str, int]) -> list[list[int]]:
    return [[lies.get(name, 0) % R if at == row else 0 for name in names] for at in range(rows)]


def _write(circuit: Path, replacements: Sequence[tuple[str, str]]) -> Path:
    """Write the lying copy, all sources in one file; every replacement must find its place."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in toolchain.sources(circuit)[::-1])
    text = re.sub(r"^(pragma .*|include .*);$", "", text, flags=re.MULTILINE)
    for honest, lying in replacements:
        assert text.count(honest) == 1, f"{honest} occurs {text.count(honest)} times"
        text = text.replace(honest, lying)
    gadgets = "\n".join(_gadget(*place, hints) for place, hints in _HINTS.items())
    text = f"pragma circom 2.1.6;\n{gadgets}\n{text}"
    folder = BUILD / "wrappers"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"l{hashlib.sha256(text.encode()).hexdigest()[:16]}.circom"
    path.write_text(text, encoding="utf-8")
    return path


def _layout(ours: Mapping[str, int], theirs: Mapping[str, int]) -> list[int]:
    """Return the lying circuit's wire for each deployed one, by the signals' names."""
    assert ours.keys() <= theirs.keys()
    wires = {wire: theirs[name] for name, wire in ours.items()}
    return [0] + [wires[wire] for wire in range(1, max(wires) + 1)]


_UNNAMED = re.compile(r"(?:Lying)?([A-Za-z]+)_(\d+)_(\d+)")
"""A component without a name: its template and two numbers that rise with its place in the file."""


def _signals(path: Path) -> dict[str, int]:
    """Return each signal's wire; unnamed components are counted within their parent."""
    entries = [line.split(",", 3) for line in path.read_text(encoding="utf-8").splitlines()]
    unnamed: dict[tuple[str, str], set[tuple[int, int]]] = defaultdict(set)
    for _, _, _, name in entries:
        for found in _UNNAMED.finditer(name):
            parent = name[: found.start()]
            unnamed[parent, found[1]].add((int(found[3]), int(found[2])))
    ranks = {key: {at: rank for rank, at in enumerate(sorted(s))} for key, s in unnamed.items()}

    def rename(name: str) -> str:
        def rank(found: re.Match[str]) -> str:
            place = ranks[name[: found.start()], found[1]][int(found[3]), int(found[2])]
            return f"{found[1]}#{place}"

        return _UNNAMED.sub(rank, name)

    return {rename(name): int(wire) for _, wire, _, name in entries}
