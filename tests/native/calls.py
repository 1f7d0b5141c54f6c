"""How a function of the native core is called: rightly, or wrongly in one argument."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.native.hostile import ANYTHING
from undertow.crypto import native

Strategy = st.SearchStrategy[Any]


@dataclass(frozen=True, slots=True)
class Call:
    """What a function of the native core is called with."""

    right: Callable[[], Strategy]
    """Makes a strategy for all arguments: of the right kind, though seldom honest."""
    function: Callable[..., object] | None = None
    """None: the one that has the call's name."""
    paths: tuple[int, ...] = ()
    """Arguments that are files, drawn as their contents."""
    wrong: Strategy = ANYTHING
    examples: int = 80

    def arguments(self) -> Strategy:
        """Return a strategy for the arguments: right, wrong in one, or wrong in all."""
        return self.right().flatmap(self._spoilt)

    def _spoilt(self, right: tuple[Any, ...]) -> Strategy:
        every = range(len(right))
        one = st.sampled_from(every).map(lambda at: {at})
        spoilt = st.integers(0, 9).flatmap(
            lambda choice: (
                one if choice in (8, 9) else st.just(set(every) if choice == 7 else set())
            )
        )
        return spoilt.flatmap(
            lambda places: st.tuples(
                *(self.wrong if at in places else st.just(part) for at, part in enumerate(right))
            )
        )


def takes_nothing(method: object) -> bool:
    """Return whether a method takes nothing but its object."""
    return callable(method) and list(inspect.signature(method).parameters) == ["self"]


def look(made: Any) -> Any:
    """Read all that an object tells without being given anything; return the object."""
    for name in (name for name in dir(made) if not name.startswith("_")):
        value = getattr(made, name)
        if takes_nothing(getattr(type(made), name)):
            value()
    if hasattr(made, "__len__"):
        len(made)
    return made


def named(name: str, first: int = 1) -> Callable[..., object]:
    """Return the function, class or method of that name; methods after their class's arguments.

    Whatever object it makes is looked at.
    """
    kind, _, method = name.partition(".")

    def call(*arguments: Any) -> object:
        found = getattr(native.core, kind)
        if not isinstance(found, type):
            return found(*arguments)
        made = look(found(*(arguments[:first] if method else arguments)))
        return getattr(made, method)(*arguments[first:]) if method else made

    return call


def names() -> Iterator[str]:
    """Yield everything in the module that takes arguments."""
    core = native.core
    for name in vars(core)["__all__"]:
        value = getattr(core, name)
        if not isinstance(value, type):
            if inspect.signature(value).parameters:
                yield name
            continue
        yield name
        for method in (method for method in vars(value) if not method.startswith("_")):
            found = getattr(value, method)
            if callable(found) and not takes_nothing(found):
                yield f"{name}.{method}"
