"""Run the rules' tests with one module replaced, in a child that is forked before any rule."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

import _hypothesis_pytestplugin  # type: ignore[import-untyped]  # noqa: F401 - read before the fork
import hypothesis.internal.conjecture.engine
import hypothesis.strategies  # noqa: F401
import pytest

import undertow.crypto.eddsa
import undertow.crypto.merkle  # noqa: F401

TESTS = Path("tests/engine")
OWN_SECONDS, ALL_SECONDS = 8, 60
"""Processor time after which a child is killed: what a fault makes endless is noticed too."""
MEMORY = 4 << 30
FLAGS = (
    *("-x", "-q", "--tb=no", "--assert=plain", "--hypothesis-profile=mutants"),
    *("-p", "no:cacheprovider", "-p", "no:anyio"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A module with one fault."""

    name: str
    path: Path
    code: CodeType


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the tests said of a mutant."""

    mutant: Mutant
    killed: bool
    cpu: float
    """Seconds."""


class _Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import one module from a mutant's code."""

    def __init__(self, mutant: Mutant) -> None:
        self.code = mutant.code
        self.module = ".".join(mutant.path.with_suffix("").parts)

    def find_spec(
        self, fullname: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.module:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)  # noqa: S102 - a mutant is to be run


def run_all(mutants: Iterable[Mutant], jobs: int) -> Iterator[Result]:
    """Return each mutant's result as it ends, with so many running at a time.

    Raises:
        RuntimeError: pytest could not run the tests.
    """
    running: dict[int, Mutant] = {}
    waiting = iter(mutants)
    while True:
        while len(running) < jobs and (mutant := next(waiting, None)):
            running[_start(mutant)] = mutant
        if not running:
            return
        pid, status, usage = os.wait4(-1, 0)
        mutant = running.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
            raise RuntimeError(f"pytest ended with {code} for {mutant.name}")
        yield Result(mutant=mutant, killed=code != 0, cpu=usage.ru_utime + usage.ru_stime)


def _start(mutant: Mutant) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.meta_path.insert(0, _Replaced(mutant))
        os._exit(_run(mutant))
    finally:
        os._exit(pytest.ExitCode.INTERNAL_ERROR)


def _run(mutant: Mutant) -> int:
    """Run the tests of the mutant's own stem, which mostly notice it, and then the others."""
    files = sorted(TESTS.rglob("test_*.py"))
    own = [path for path in files if path.stem == f"test_{mutant.path.stem}"]
    rest = [path for path in files if path not in own]
    for part, seconds in ((own, OWN_SECONDS), (rest, ALL_SECONDS)):
        signal.setitimer(signal.ITIMER_PROF, seconds)
        code = pytest.main([*FLAGS, *map(str, part)]) if part else pytest.ExitCode.OK
        if code != pytest.ExitCode.OK:
            return code
    return pytest.ExitCode.OK
