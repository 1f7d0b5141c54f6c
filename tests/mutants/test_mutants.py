"""The faults follow the code, and a sample of them is noticed by the rules' own tests."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

from tests.mutants.__main__ import LISTED, generic, named
from tests.mutants.operators import faults


def test_each_named_fault_is_one_of_todays_code() -> None:
    names = [mutant.name for mutant in named()]
    assert len(names) == len(set(names)) == 96


def test_a_name_says_one_fault_and_each_listed_one_is_of_todays_code() -> None:
    names = Counter(mutant.name for mutant in generic())
    assert set(names.values()) == {1}
    assert set(names) >= LISTED


def test_each_kind_of_fault_is_made() -> None:
    source = (
        "def f(a, b):\n    if not a <= b:\n        a += 1\n    return max(-a, b) if a and b else a"
    )
    assert [name for name, _ in faults(source)] == [
        "f: if not a <= b: -> if True:",
        "f: if not a <= b: -> if False:",
        "f: not a <= b -> a <= b",
        "f: a <= b -> a < b",
        "f: a <= b -> a > b",
        "f: a += 1 -> pass",
        "f: a += 1 -> a -= 1",
        "f: a += 1 -> a += 2",
        "f: a += 1 -> a += 0",
        "f: max(-a, b) if a and b else a -> max(-a, b)",
        "f: max(-a, b) if a and b else a -> a",
        "f: max(-a, b) if a and b else a -> a if a and b else max(-a, b)",
        "f: a and b -> a or b",
        "f: a and b -> b",
        "f: a and b -> a",
        "f: max(-a, b) -> min(-a, b)",
        "f: max(-a, b) -> -a",
        "f: max(-a, b) -> b",
        "f: -a -> a",
    ]


def test_the_rules_tests_notice_the_named_faults_and_a_sample_of_the_others() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants", "--sample"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
