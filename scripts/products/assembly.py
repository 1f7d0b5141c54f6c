"""The instructions of products in four lanes, in their order.

A column k of the product has register k; a partial product of limbs i and j adds its low half to
column i + j and its high half to the next. What decides the order: the columns that a reduction
begins with come first, and what does not wait for the reduction stands between its steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from products.constants import BITS, LIMBS, PRIMES, constants

VECTOR = 32
"""Bytes."""
TEMPORARY, ROW, ONE, TWO = 10, 13, 14, 15
"""Registers: the first of three temporary ones, a limb or a mask, the constants of both halves."""

Item = tuple[int, int, str]
"""A partial product: its column, the register of one limb, the place of the other."""


PLACES = {name: place * VECTOR for place, name in enumerate(constants(PRIMES["FQ"]))}


def constant(name: str) -> str:
    """Return where a constant is."""
    return f"[{{c}} + {PLACES[name]}]"


class Writer:
    """Instructions in their order."""

    def __init__(self, start: str) -> None:
        self.lines: list[str] = []
        self._start, self._begun, self._last = start, set[int](), 0

    def add(self, name: str, *operands: int | str) -> None:
        """Write an instruction; numbers are registers."""
        words = [f"ymm{operand}" if isinstance(operand, int) else operand for operand in operands]
        self.lines.append(f"{name} {', '.join(words)}")

    def temporary(self) -> int:
        """Return a register whose value is not needed any more."""
        self._last = (self._last + 1) % 3
        return TEMPORARY + self._last

    def onto(self, column: int, register: int) -> None:
        """Add to a column, at first to what it begins with."""
        first = column not in self._begun
        self._begun.add(column)
        self.add(
            "vpaddq", column, register if first else column,
            constant(f"{self._start}_{column}") if first else register,
        )  # fmt: skip

    def partial(self, item: Item) -> None:
        """Add the halves of a partial product to their columns."""
        column, register, place = item
        high, low = self.temporary(), self.temporary()
        self.add("vmovapd", high, ONE)
        self.add("vfmadd231pd", high, register, place)
        self.add("vsubpd", low, TWO, high)
        self.onto(column + 1, high)
        self.add("vfmadd231pd", low, register, place)
        self.onto(column, low)

    def digit(self, target: int, column: int) -> None:
        """Take a column's balanced digit of 51 bits, as a double."""
        self.add("vpand", target, column, constant("MASK"))
        self.add("vpor", target, target, constant("UNIT"))
        self.add("vsubpd", target, target, constant("OFFSET"))

    def carried(self, column: int) -> None:
        """Carry what is above a column's digit to the next."""
        carry = self.temporary()
        self.add("vpsrlq", carry, column, str(BITS))
        self.add("vpaddq", column + 1, column + 1, carry)

    def items(self, items: Iterable[Item | str]) -> None:
        """Write partial products; a place alone is loaded, an empty one doubles what was."""
        for item in items:
            if item == "":
                self.add("vaddpd", ROW, ROW, ROW)
            elif isinstance(item, str):
                self.add("vmovapd", ROW, item)
            else:
                self.partial(item)


def folds(digit: int, limbs: Iterable[int]) -> list[Item | str]:
    """Return the partial products of a column's digit and the residue that its place stands for."""
    return [(LIMBS - 1 + i, digit, constant(f"FOLD{LIMBS - 1 - digit}_{i}")) for i in limbs]


def multiple(writer: Writer) -> None:
    """Find the multiple of p that clears column 4, in register 0; register 1 is used."""
    writer.digit(1, 4)
    writer.add("vmovapd", 0, ONE)
    writer.add("vfmadd231pd", 0, 1, constant("MINUS_INVERSE"))
    writer.add("vsubpd", 0, TWO, 0)
    writer.add("vfmadd231pd", 0, 1, constant("MINUS_INVERSE"))
    writer.add("vsubpd", 0, 0, constant("LOW"))


def woven(writer: Writer, items: list[Item | str], steps: list[str]) -> None:
    """Write the items with the steps spread among them."""
    for place, item in enumerate(items):
        writer.items([item])
        done, due = (len(steps) * at // len(items) for at in (place, place + 1))
        writer.lines += steps[done:due]


def result(writer: Writer) -> None:
    """Write columns 5 to 9 as limbs: each takes one carry, from the column before."""
    mask, unit, offset = ROW, TEMPORARY + 2, TEMPORARY + 1
    for register, name in ((mask, "MASK"), (unit, "UNIT"), (offset, "OFFSET")):
        writer.add("vmovapd", register, constant(name))
    for limb in range(LIMBS):
        column, place = LIMBS + limb, f"[{{o}} + {VECTOR * limb}]"
        carry, digit = TEMPORARY, limb
        if limb == LIMBS - 1:
            writer.add("vpaddq", digit, column, constant("TOP"))
        else:
            writer.add("vpand", digit, column, mask)
            writer.add("vpor", digit, digit, unit)
        if limb:
            writer.add("vpsrlq", carry, column - 1, str(BITS))
            writer.add("vpaddq", digit, digit, carry)
        last = constant("LOW") if limb == LIMBS - 1 else offset
        writer.add("vsubpd", digit, digit, last)
        writer.add("vmovapd", place, digit)


def assembly(start: str, row: Callable[[int, range], list[Item | str]]) -> str:
    """Return the instructions of a product whose rows of partial products are given."""
    writer = Writer(start)
    writer.add("vmovapd", ONE, constant("HIGH"))
    writer.add("vmovapd", TWO, constant("BOTH"))
    for limb in range(LIMBS):
        writer.items(row(limb, range(LIMBS - limb)))
        if limb < LIMBS - 1:
            writer.carried(limb)
            writer.digit(limb, limb)
    early, late = range(1), range(1, LIMBS)
    for digit, limbs in ((0, range(LIMBS)), (1, range(LIMBS)), (2, early), (3, early)):
        writer.items(folds(digit, limbs))
    rest = folds(2, late) + folds(3, late)
    for limb in range(LIMBS):
        rest += row(limb, range(LIMBS - limb, LIMBS))
    chain = Writer(start)
    multiple(chain)
    woven(writer, rest, chain.lines)
    writer.items((LIMBS - 1 + i, 0, constant(f"P_{i}")) for i in range(LIMBS))
    writer.carried(4)
    result(writer)
    return "\n".join(writer.lines)


def place(operand: str, limb: int, number: int = 0) -> str:
    """Return where a limb of an operand's number is."""
    return f"[{{{operand}}} + {VECTOR * (LIMBS * number + limb)}]"


def product_row(count: int) -> Callable[[int, range], list[Item | str]]:
    """Return the rows of a sum of products."""

    def row(limb: int, others: range) -> list[Item | str]:
        items: list[Item | str] = []
        for n in range(count if others else 0):
            items.append(place("b", limb, n))
            items += [(limb + other, ROW, place("a", other, n)) for other in others]
        return items

    return row


def square_row(limb: int, others: range) -> list[Item | str]:
    """Return a row of a square: products of different limbs once, and doubled."""
    items: list[Item | str] = [place("a", limb)] if any(i >= limb for i in others) else []
    items += [(2 * limb, ROW, place("a", limb))] if limb in others else []
    larger = [other for other in others if other > limb]
    items += [""] if larger else []
    return items + [(limb + other, ROW, place("a", other)) for other in larger]
