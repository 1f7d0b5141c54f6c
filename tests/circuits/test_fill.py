"""What a fill makes of an account, and what is published of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.circuits.batches import PARAMS, history
from tests.circuits.buses import hot, lane, sheet_of, signed, verdict
from tests.circuits.harness import Circuit
from undertow.crypto.field import R, to_field
from undertow.engine.fees import takes
from undertow.protocol.account import ACCOUNT_WORDS
from undertow.protocol.delta import DELTA_WORD
from undertow.protocol.units import money

FIELDS = [
    f"after.{field.name.split('_')[0] + ''.join(p.title() for p in field.name.split('_')[1:])}"
    + (f"[{i}]" if field.count > 1 else "")
    for field in ACCOUNT_WORDS.fields
    for i in range(field.count)
]


@pytest.mark.parametrize("seed", [1, 2, 3, 5])
def test_fill(circuit: Callable[[str], Circuit], seed: int) -> None:
    tested = circuit("fill.circom: Fill()")
    for case in history(seed, 4):
        for slot in case.execution.slots:
            instrument = slot.verdict.effect.instrument
            cleared = case.execution.clearings.get(instrument)
            mark = lane(case, instrument)[1]
            value = sheet_of(case)[instrument].value if mark else 0
            over = cleared.price - money(case.lots[instrument]) if cleared else 0
            held = case.execution.advanced[instrument]
            taker = cleared is not None and takes(held, cleared, slot.fill)
            inputs = {
                "before": slot.before.words(),
                "position": signed(slot.before.positions[instrument]),
                "hot": hot(instrument),
                "verdict": verdict(slot.verdict),
                "mark": mark,
                "cost": (value + over) % R,
                "rate": PARAMS.taker_fee if taker else PARAMS.maker_fee,
                "lots": abs(slot.fill),
                "fill": to_field(slot.fill),
                "cellsBefore": slot.before.cells,
                "cells": slot.after.cells,
            }
            old = {name: getattr(slot.before, name) for name in ("settled", "pending", "since")}
            outputs = dict(zip(FIELDS, replace(slot.after, **old).words(), strict=True))
            outputs["held"] = abs(slot.after.positions[instrument])
            outputs |= {"fee": slot.fee, "cash": slot.after.cash - slot.before.cash}
            delta = slot.delta()
            outputs |= {f"delta.{f.name}": getattr(delta, f.name) for f in DELTA_WORD.fields}
            tested.agrees(inputs, outputs)
    assert tested.count == tested.cost
