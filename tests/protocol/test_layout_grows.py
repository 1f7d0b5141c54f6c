"""A new field is one line beside its noun: all that other languages know of it is written.

Each case adds to a copy of the sources what a feature would; what is left for the feature to say is
its rule and its circuit, and of a public word the contract's line that gives it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CIRCOM = Path("circuits/generated/layout.circom")
SOLIDITY = Path("contracts/src/generated/Layout.sol")
STATEMENT = Path("circuits/STATEMENT.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What is added where, and what is written then."""

    file: str
    before: str
    added: str
    python: str
    """Holds of the copy."""
    circom: tuple[str, ...]
    solidity: tuple[str, ...] = ()
    statement: str


GROWTHS = {
    "leaf field": Growth(
        file="account.py",
        before='    cash: Annotated[Money, Field(MONEY_WIDTH, "2^-16 micro-USD", Sign.WRAPS)]',
        added='    locked_until: Annotated[int, Field(32, "batch")] = 0\n',
        python="from undertow.crypto.babyjubjub import BASE8\n"
        "from undertow.protocol.account import Account\n"
        "held = Account(BASE8, 5, locked_until=77)\n"
        "assert held.words()[6] == 77 and len(held.words()) == 14\n"
        "assert Account.from_bytes(held.to_bytes()) == held\n",
        circom=(
            "    signal lockedUntil; // batch",
            "function ACCOUNT_LOCKED_UNTIL_WIDTH() { return 32; }",
            "out <== Hash(14, DOMAIN_LEAF())([account.owner[0],",
            "account.lockedUntil, account.cash",
        ),
        statement="filled, lockedUntil, cash",
    ),
    "market parameter": Growth(
        file="market.py",
        before="    skew_cap: Annotated",
        added='    depth_step: Annotated[int, Field(30, "2^-40")]\n',
        python="from undertow.protocol.market import PricingParams, PRICING_WORDS\n"
        "from undertow.protocol.params import NO_PRICING\n"
        "assert NO_PRICING.depth_step == 0 and PRICING_WORDS.size == 6\n",
        circom=(
            "    signal depthStep; // 2^-40",
            "out <== Hash(6, DOMAIN_PARAMS())([pricing.depthMin,",
        ),
        statement="keep, flowCap, depthStep",
    ),
    "public word": Growth(
        file="statement.py",
        before='    market_params_hash: Annotated[int, element("the contract\'s")]\n'
        "\n\n@dataclass(frozen=True, slots=True, kw_only=True)\nclass BatchHouse",
        added='    time_of_close: Annotated[int, Field(32, "seconds")] = 0\n',
        python="from undertow.protocol.statement import *\n"
        "from undertow.protocol.venue import Venue\n"
        "house = BatchHouse(sealed=10, accruals=[0] * 2, clean=1)\n"
        "words = settle_words(Venue(1, 2), 3, (4, 5), 6, [7] * 2, 8, 9, house, [])\n"
        "assert len(words) == 14 and words[9:12] == [0, 9, 10]\n",
        circom=("    words[9] <== header.timeOfClose;", "words[14 + 4 * i] <== touch[i].account;"),
        solidity=(
            "BATCH_HEADER_WORDS = 11;",
            "BATCH_HEADER_TIME_OF_CLOSE = 9;",
            "BATCH_HEADER_MARKET_PARAMS_HASH = 10;",
        ),
        statement="| 9 | timeOfClose: seconds |",
    ),
    "request kind": Growth(
        file="request.py",
        before='\n\n@dataclass(frozen=True, slots=True)\nclass Request:\n    """One entry',
        added="    EXIT = 5\n",
        python="from undertow.protocol.request import Kind, Request\n"
        "assert Request.from_word(Request(Kind.EXIT, 3, 4).word()).kind is Kind.EXIT\n",
        circom=("function KIND_EXIT() { return 5; }",),
        solidity=("uint256 internal constant KIND_EXIT = 5;",),
        statement="",
    ),
}


@pytest.mark.parametrize("name", GROWTHS)
def test_one_line_grows_every_language(name: str, tmp_path: Path) -> None:
    growth = GROWTHS[name]
    for folder in ("undertow", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for path in (CIRCOM, SOLIDITY, STATEMENT):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, tmp_path / path)
    noun = tmp_path / "undertow" / "protocol" / growth.file
    text = noun.read_text(encoding="utf-8")
    assert text.count(growth.before) == 1
    noun.write_text(text.replace(growth.before, growth.added + growth.before), encoding="utf-8")

    code = f"import runpy\nrunpy.run_path('scripts/write_layouts.py')['main']()\n{growth.python}"
    run_in(tmp_path, code)
    circom = " ".join((tmp_path / CIRCOM).read_text(encoding="utf-8").split())
    assert all(" ".join(line.split()) in circom for line in growth.circom)
    solidity = (tmp_path / SOLIDITY).read_text(encoding="utf-8")
    assert all(line in solidity for line in growth.solidity)
    assert growth.statement in (tmp_path / STATEMENT).read_text(encoding="utf-8")


def run_in(folder: Path, code: str) -> None:
    """Run code that imports the copy; its scripts find their own modules beside them."""
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'scripts'}"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
