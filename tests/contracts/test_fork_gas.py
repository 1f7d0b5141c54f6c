"""What each transaction costs under today's rules and under the next fork's."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from undertow.chain.compiled import CONTRACTS, FORGE

SCRIPT = Path(__file__).parent / "fork_gas.mjs"
NEXT_FORK = {
    "settleBatch and close the next, 16 slots": 368_500,
    "settleBatch, 16 slots": 323_700,
    "priceBatch, without an oracle": 77_500,
    "open": 232_000,
    "settleRequests, 8 openings": 417_000,
    "deposit": 104_000,
    "withdraw": 69_000,
    "closeBatch": 84_000,
}
"""Limits: what was measured, rounded up. A slot that is written afresh is 110,000 of it: only an
account's address is, once."""
ZERO_BYTE = 16 - 4
"""What a byte of calldata costs less where it is zero."""
FRESH_SLOT = 97_000
"""What a fresh slot costs more than it did, at least."""


@pytest.fixture(scope="module")
def counted_by_forge() -> dict[str, int]:
    """Run the gas tests, which also write the transactions."""
    done = subprocess.run(
        [str(FORGE), "test", "-vv", "--match-path", "test/Gas*"],
        cwd=CONTRACTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = re.findall(r"^  (.+) (\d+)$", done.stdout, re.MULTILINE)
    return {name: int(gas) for name, gas in lines}


@pytest.mark.parametrize(
    "name", ["settleBatch and close the next, 16 slots", "settleBatch, 16 slots"]
)
def test_todays_rules_are_as_forge_counts(name: str, counted_by_forge: dict[str, int]) -> None:
    """But for bytes of the stand-in for a proof: it is of other words, and zeros are cheaper."""
    difference = abs(_gas("osaka")[name] - counted_by_forge[name])
    assert difference % ZERO_BYTE == 0
    assert difference <= 5 * ZERO_BYTE


@pytest.mark.usefixtures("counted_by_forge")
def test_next_fork_costs_no_more_than_it_did() -> None:
    today, after = _gas("osaka"), _gas("amsterdam")
    assert after.keys() == NEXT_FORK.keys()
    assert {name: gas for name, gas in after.items() if gas > NEXT_FORK[name]} == {}
    fresh = {name for name, gas in after.items() if gas - today[name] > FRESH_SLOT}
    assert fresh == {"open"}


def _gas(hardfork: str) -> dict[str, int]:
    done = subprocess.run(
        ["node", str(SCRIPT), str(CONTRACTS / "out" / "gas"), hardfork],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return {name: int(gas) for name, gas in rows}
