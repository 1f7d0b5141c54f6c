"""What margin knows of an account, summed by units as the engine sums it by instruments."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from tests.circuits.batches import LISTED, MAX_UNIT, PARAMS
from tests.circuits.buses import book, held, stored, units_of
from tests.circuits.harness import Circuit
from tests.engine.cases import lots_of
from tests.strategies import account
from undertow.crypto.field import to_field
from undertow.engine.lots import lot_prices
from undertow.engine.markets import price_sheet
from undertow.engine.vesting import ExitSheet, exit_equity
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Lots, MicroUsd, UnitPrice

Compile = Callable[[str], Circuit]
DRAW = random.Random(7)
EDGE = (1 << 30) - 1
FIELDS = ("equity", "addOns", "loss", "cells")
PRICES = [UnitPrice(price) for price in (MAX_UNIT, 7)]
ROWS = tuple(Underlying(funding=(1 << 57) * by) for by in (12_345, -987))
ACCRUALS = [MicroUsd(-3), MicroUsd(1 << 38)]


def drawn() -> tuple[Lots, ...]:
    return lots_of({i: DRAW.choice((0, -1, 5, EDGE, -EDGE)) for i in LISTED})


def units() -> list[list[int]]:
    return units_of(PRICES, [row.index for row in ROWS], ACCRUALS, PARAMS)


def test_worth(circuit: Compile) -> None:
    """By the sheet, and by the exit sheet, where whoever leaves gets it."""
    tested = circuit("book.circom: Worth()")
    marks = lot_prices(PRICES, PARAMS)
    sheet = price_sheet(ROWS, marks, PARAMS)
    at = ExitSheet(time=0, marks=marks, halted=0, accruals=ACCRUALS)
    for cash in (-(1 << 100), 0, 1 << 100):
        lots = drawn()
        given = {"cash": to_field(cash), "net": held(lots)[:2]}
        value, leaving = ([unit[k] for unit in units()] for k in (1, 2))
        tested.agrees({**given, "value": value}, {"worth": book(cash, lots, sheet)[0]})
        whole = replace(account(1, cash), positions=lots)
        tested.agrees({**given, "value": leaving}, {"worth": exit_equity(whole, at, PARAMS)})
    assert tested.count == tested.cost


def test_book_of(circuit: Compile) -> None:
    tested = circuit("book.circom: BookOf()")
    sheet = price_sheet(ROWS, lot_prices(PRICES, PARAMS), PARAMS)
    for _ in range(50):
        lots = drawn()
        words = book(DRAW.randint(-9, 9), lots, sheet)
        outputs = {f"book.{name}": word for name, word in zip(FIELDS, words, strict=True)}
        tested.agrees({"equity": words[0], "held": held(lots), "unit": units()}, outputs)
    assert tested.count == tested.cost


def test_what_is_held_is_halted_or_not(circuit: Compile) -> None:
    tested = circuit("book.circom: HoldsHalted()")
    for lots, halted, holds in (
        ({}, (1, 0), 0),
        ({3: -5, 9: EDGE}, (0, 0), 0),
        ({3: -5}, (0, 1), 0),
        ({3: -5}, (1, 0), 1),
        ({9: EDGE}, (0, 1), 1),
        ({0: -EDGE, 15: EDGE}, (1, 1), 1),
    ):
        position = stored([Lots(lots.get(i, 0)) for i in range(INSTRUMENTS)])
        values = tested.agrees({"position": position, "halted": halted}, {"holds": holds})
        assert not tested.accepts(tested.forge(values, {"holds": 1 - holds}))
    assert tested.count == tested.cost
