"""Break the rules one fault at a time: `python -m tests.mutants`; the rules' tests must notice.

Named faults must all be killed; of the generic ones, which follow the code by themselves, exactly
those of `survivors` may pass. A generator of our own: mutmut (3.8) leaves constants of modules
alone, drops no term, takes no minus one and keeps no list of survivors with reasons; cosmic-ray
(8.7) writes each mutant into the tree and starts an interpreter for it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.mutants.named import NAMED
from tests.mutants.operators import faults
from tests.mutants.run import Mutant, Result, run_all
from tests.mutants.survivors import SURVIVORS

RULES = (*sorted(Path("undertow/engine").rglob("*.py")), Path("undertow/protocol/sheet.py"))
LISTED = {name for names in SURVIVORS.values() for name in names}
SAMPLE = 10


def named() -> Iterator[Mutant]:
    """Return the named faults.

    Raises:
        ValueError: one does not apply exactly once to today's code.
    """
    for path, code, instead, name in NAMED:
        source = Path(path).read_text()
        if source.count(code) != 1:
            raise ValueError(f"{name}: {path} does not have it exactly once: {code}")
        broken = compile(source.replace(code, instead), "<fault>", "exec")
        yield Mutant(name=f"named: {name}", path=Path(path), code=broken)


def generic() -> Iterator[Mutant]:
    """Return every small fault of every rule."""
    for path in RULES:
        for name, tree in faults(path.read_text()):
            code = compile(tree, "<fault>", "exec")
            yield Mutant(name=f"{path.stem}.{name}", path=path, code=code)


def sample() -> list[Mutant]:
    """Return the named faults and some generic ones, spread over all rules."""
    small = [mutant for mutant in generic() if mutant.name not in LISTED]
    return [*named(), *small[:: len(small) // SAMPLE]]


def whole() -> Mutant:
    """Return a rule without a fault: what the tests must let pass."""
    path = RULES[-1]
    return Mutant(name="no fault", path=path, code=compile(path.read_text(), str(path), "exec"))


def judge(results: list[Result]) -> list[str]:
    """Return what is wrong: survivors that are not listed, and listed ones that are none."""
    wrong = [
        f"survives: {result.mutant.name}"
        for result in results
        if not result.killed and result.mutant.name not in LISTED
    ]
    return wrong + [
        f"listed, but killed: {result.mutant.name}"
        for result in results
        if result.killed and result.mutant.name in LISTED
    ]


def main() -> int:
    """Run the command; 0 if every fault is noticed or listed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--sample", action="store_true", help="the named faults and a few more")
    parser.add_argument("--only", default="", help="mutants whose name has this in it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="children at a time")
    options = parser.parse_args()
    mutants = sample() if options.sample else [*named(), *generic()]
    if any(result.killed for result in run_all([whole()], 1)):
        print("the rules' tests fail without a fault")
        return 1
    results = []
    for result in run_all((m for m in mutants if options.only in m.name), options.jobs):
        results.append(result)
        if len(results) % 100 == 0:
            print(f"{len(results)} of {len(mutants)} mutants", flush=True)
        if not result.killed and result.mutant.name not in LISTED:
            print(f"survives: {result.mutant.name}", flush=True)
    wrong = judge(results)
    killed = sum(result.killed for result in results)
    cpu = sum(result.cpu for result in results)
    print(f"{len(results)} mutants, {killed} killed, {len(wrong)} wrong, {cpu:.0f} s of processor")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
