"""Options of the suite, and how Hypothesis draws.

`--full` also runs what the suite holds a sample of; `--cpu` tells where processor time goes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "repeatable",
    derandomize=True,  # so that a test fails by what changed
    deadline=None,  # a machine may be slow for a while
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "mutants",  # a test that fails is enough there, on whichever example
    settings.get_profile("repeatable"),
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
)
settings.load_profile("repeatable")

SPENT: Counter[tuple[Path, str]] = Counter()
"""Processor seconds of each test, by file and name."""
MOST = 20
"""Tests that are named."""


def cpu_seconds() -> float:
    """Return what this process, its threads and its ended children took, user and system."""
    children = getrusage(RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cpu", action="store_true", help="tell each file's processor time")
    parser.addoption("--full", action="store_true", help="run all that the suite samples, too")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse `--cpu` where other processes run the tests, whose time this one cannot tell."""
    if config.option.cpu and config.option.numprocesses:
        raise pytest.UsageError("--cpu tells the time of one process: leave out -n")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is marked `full` to full runs."""
    if not config.option.full:
        config.hook.pytest_deselected(items=[i for i in items if i.get_closest_marker("full")])
        items[:] = [item for item in items if not item.get_closest_marker("full")]


@pytest.fixture
def sample(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """Return a function from all and some to how many this run takes: all in full runs."""
    return lambda all_, some: all_ if request.config.option.full else some


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count a test with its fixtures; what several files share counts where it is first asked."""
    before = cpu_seconds()
    done = yield
    SPENT[item.path, item.name] += cpu_seconds() - before  # type: ignore[assignment]
    return done


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.option.cpu:
        terminalreporter.section("processor seconds, children included")
        for (_, name), seconds in SPENT.most_common(MOST):
            terminalreporter.line(f"{seconds:8.1f}  {name}")
        files: Counter[Path] = Counter()
        for (path, _), seconds in SPENT.items():
            files[path] += seconds
        for path, seconds in files.most_common():
            terminalreporter.line(f"{seconds:8.1f}  {path.relative_to(config.rootpath)}")
        terminalreporter.line(f"{cpu_seconds():8.1f}  all, collection included")
