"""Every error of ours has one root, and stands in a tree that a reader can see."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pytest

import matcher
import prover
import undertow
import venue
from undertow.errors import UndertowError

PACKAGES = (undertow, prover, matcher, venue)
RUNS_ON_IMPORT = {"undertow.__main__", "venue.__main__"}
NOT_IN_THE_TREE: dict[str, str] = {}
"""Names of exceptions that derive from another root, each with the reason."""


def modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name not in RUNS_ON_IMPORT:
                yield import_module(found.name)


EXCEPTIONS: list[type[BaseException]] = [
    value
    for module in modules()
    for value in vars(module).values()
    if inspect.isclass(value)
    and issubclass(value, BaseException)
    and value.__module__ == module.__name__
]


@pytest.mark.parametrize("error", EXCEPTIONS, ids=lambda error: error.__name__)
def test_it_derives_from_the_root(error: type[BaseException]) -> None:
    assert issubclass(error, UndertowError) != (error.__name__ in NOT_IN_THE_TREE)


@pytest.mark.parametrize("error", EXCEPTIONS, ids=lambda error: error.__name__)
def test_it_stands_in_the_drawing_of_its_package(error: type[BaseException]) -> None:
    module = import_module(error.__module__)
    assert module.__name__.endswith(".errors")
    assert error.__name__ in str(module.__doc__)


def test_every_tree_is_named_at_the_root() -> None:
    drawn = str(import_module(UndertowError.__module__).__doc__)
    trees = {error.__module__.replace(".", "/") + ".py" for error in EXCEPTIONS}
    assert [tree for tree in trees - {"undertow/errors.py"} if tree not in drawn] == []
