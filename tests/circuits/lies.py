"""How each hint of the library is lied about.

A lie moves the hint, and where one value alone would be too easy, those beside it with it: a digit
of two and a borrow from the next one, a quotient with the remainder that agrees.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tests.circuits.hints import Hint
from undertow.crypto.field import R

Values = Mapping[str, int]
"""Of an honest witness, by the signals' names."""
Lies = list[dict[str, int]]
"""Each of them: signals of the gadget and the values that a liar gives them."""


def inverse(hint: Hint, values: Values) -> Lies:
    """Call what is not zero zero, and give a value between."""
    return [{"inverse": 0}, {"inverse": 2 * values[hint.name]}]


def sign(hint: Hint, values: Values) -> Lies:
    """Turn the answer round, and give an answer between."""
    return [{"out": 1 - values[hint.name]}, {"out": pow(2, -1, R)}]


def remainder(hint: Hint, values: Values) -> Lies:
    """Move the quotient by one, either way, and by less than one."""
    bits = sum(name.startswith(f"{hint.component}.Range#0.low[") for name in values)
    honest = values[hint.name]
    return [{"remainder": honest + by} for by in (1 << bits + 1, -(1 << bits + 1), 1)]


def root(hint: Hint, values: Values) -> Lies:
    """Move the root by one, either way, and take the other one."""
    honest = values[hint.name]
    return [{"floor": honest + 1}, {"floor": honest - 1}, {"floor": -honest}]


def division(hint: Hint, values: Values) -> Lies:
    """Move the quotient by one, either way, with the remainder that agrees, or alone."""
    quotient, rest, den = (
        values[f"{hint.component}.{name}"] for name in ("quotient", "remainder", "den")
    )
    agreed = [{"quotient": quotient + by, "remainder": rest - by * den} for by in (1, -1)]
    return [*agreed, {hint.signal: values[hint.name] + 1}]


def digit(hint: Hint, values: Values) -> Lies:
    """Turn a bit round; and take two of it, with a borrow from the next one: the sum stays."""
    name, at = re.fullmatch(r"(\w+)\[(\d+)\]", hint.signal).groups()  # type: ignore[union-attr]
    following = f"{name}[{int(at) + 1}]"
    honest = values[hint.name]
    lies = [{hint.signal: 1 - honest}]
    if f"{hint.component}.{following}" in values:
        borrowed = values[f"{hint.component}.{following}"] - 1
        lies.append({hint.signal: honest + 2, following: borrowed})
    return lies


def challenge(hint: Hint, values: Values) -> Lies:
    """A digit, and all bits of the alias h + r where it has as many."""
    alias = values[f"{hint.component}.in"] + R
    bits = {f"bits[{i}]": alias >> i & 1 for i in range(254)}
    return [*digit(hint, values), *([bits] if alias >> 254 == 0 else [])]


def point(hint: Hint, values: Values) -> Lies:
    """Another slope or coordinate, and none."""
    return [{hint.signal: values[hint.name] + 1}, {hint.signal: 0}]


LIES: Mapping[tuple[str, str], Callable[[Hint, Values], Lies]] = {
    ("IsZero", "inverse"): inverse,
    ("NonNegative", "out"): sign,
    ("FloorShift", "remainder"): remainder,
    ("SquareRoot", "floor"): root,
    ("FloorDivide", "quotient"): division,
    ("FloorDivide", "remainder"): division,
    ("Bits", "bits"): digit,
    ("Range", "low"): digit,
    ("HashBits", "bits"): challenge,
    ("EdwardsSum", "out"): point,
    ("MontgomerySum", "slope"): point,
    ("MontgomeryDouble", "slope"): point,
    ("AddWindow", "slope"): point,
    ("MontgomeryStep", "first"): point,
    ("MontgomeryStep", "second"): point,
    ("EdDSAVerify", "montgomery"): point,
}
"""By template and signal: every `<--` of the sources has its liar."""


def is_free(hint: Hint, values: Values) -> bool:
    """Tell whether a hint may have any value: the inverse of a zero, which is multiplied by it."""
    return hint.kind == ("IsZero", "inverse") and values[f"{hint.component}.in"] == 0


def told(hint: Hint, values: Values) -> Lies:
    """Return the lies about a hint by the signals' whole names, none of them true."""
    lies = [
        {f"{hint.component}.{name}": value % R for name, value in lie.items()}
        for lie in LIES[hint.kind](hint, values)
    ]
    return [lie for lie in lies if any(values[name] != value for name, value in lie.items())]
