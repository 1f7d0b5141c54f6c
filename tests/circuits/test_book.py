"""What margin knows of an account, as it stands and after a trade."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.circuits.buses import book, entry
from tests.circuits.buses import signed as bus
from tests.circuits.harness import Circuit
from undertow.crypto.field import to_field
from undertow.engine.margin import Book, trade
from undertow.protocol.sheet import INSTRUMENTS, RiskParams, perpetual, underlying
from undertow.protocol.units import Lots, Money, Price

Compile = Callable[[str], Circuit]
DRAW = random.Random(7)
EDGE = (1 << 30) - 1
RISK = RiskParams(shock=900, contingency=40_000, concentration=(1 << 13) - 1)
SHEET = [
    perpetual(Price(DRAW.choice((1, 7, 1 << 35))), Money(-5), RISK, Money(1 << 50))
    for _ in range(16)
]
FIELDS = ("equity", "addOns", "loss[0]", "loss[1]", "cells")


def drawn() -> tuple[Lots, ...]:
    return tuple(Lots(DRAW.choice((0, -1, 5, EDGE, -EDGE))) for _ in range(INSTRUMENTS))


def named(name: str, words: list[int]) -> dict[str, int]:
    return {f"{name}.{field}": word for field, word in zip(FIELDS, words, strict=True)}


def test_open_book(circuit: Compile) -> None:
    tested = circuit("book.circom: OpenBook()")
    for cash in (-(1 << 100), 0, 1 << 100):
        held = drawn()
        inputs = {"cash": to_field(cash), "position": [bus(lots) for lots in held]}
        inputs["sheet"] = [entry(line) for line in SHEET]
        tested.agrees(inputs, named("book", book(cash, held, SHEET)))
    assert tested.count == tested.cost


def test_trade_book(circuit: Compile) -> None:
    """Equal to the book of the positions that `trade` leaves."""
    tested = circuit("book.circom: TradeBook()")
    for instrument, size, over in ((0, 5, -9), (7, -EDGE, 1), (8, EDGE, 1 << 35), (15, -1, 0)):
        held = drawn()
        before = Book(cash=Money(77), settled=Money(0), positions=held)
        later = trade(before, SHEET, instrument, Lots(size), Money(over << 16), Money(3))
        inputs = {
            "book": book(before.cash, held, SHEET),
            "entry": entry(SHEET[instrument]),
            "second": underlying(instrument),
            "before": abs(held[instrument]),
            "after": abs(later.positions[instrument]),
            "size": to_field(size),
            "over": to_field(over),
            "fee": 3,
        }
        tested.agrees(inputs, named("later", book(later.cash, later.positions, SHEET)))
    assert tested.count == tested.cost


def test_what_is_held_is_halted_or_not(circuit: Compile) -> None:
    tested = circuit("book.circom: HoldsHalted()")
    for held, halted, holds in (
        ({}, (0,), 0),
        ({3: -5, 9: EDGE}, (), 0),
        ({3: -5, 9: EDGE}, (2, 4, 10), 0),
        ({3: -5}, (3,), 1),
        ({0: -EDGE, 15: EDGE}, (0, 15), 1),
    ):
        position = [bus(Lots(held.get(i, 0))) for i in range(INSTRUMENTS)]
        bits = [int(i in halted) for i in range(INSTRUMENTS)]
        values = tested.agrees({"position": position, "halted": bits}, {"holds": holds})
        assert not tested.accepts(tested.forge(values, {"holds": 1 - holds}))
    assert tested.count == tested.cost
