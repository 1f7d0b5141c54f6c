"""The operator is gone: recover, freeze, exit and collect with keys and the chain alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.e2e.played import PARAMS, Played, key_of, seed_of
from undertow.chain import leaving, vault
from undertow.chain.anvil import Anvil
from undertow.client.keys import save_secret
from undertow.engine.batch import Decoy
from undertow.engine.exit import amount_owed
from undertow.engine.vesting import exit_sheet
from undertow.protocol.order import Order
from undertow.protocol.units import MICRO_USD, Lots, MicroUsd, Price
from venue.bench.large import AnyWords
from venue.command.cli import app
from venue.local import SIGNERS, chain_key
from venue.markets import BTC

TRADERS = (1, 2, 3, 4)
HOUSE = 9
SPOT = 78_000
LATE = 5
"""Who pays for the account of trader 1 once nobody serves."""


def trade(account: int, lots: int) -> Order:
    mark = BTC.price_per_lot(MicroUsd(SPOT * MICRO_USD), up=lots < 0)
    return Order(
        account=account,
        instrument=0,
        bid=Lots(max(lots, 0)),
        ask=Lots(max(-lots, 0)),
        limit_price=Price(mark * 11 // 10 if lots > 0 else mark * 9 // 10),
        nonce=1,
        expiry=(1 << 40) - 1,
        immediate_or_cancel=True,
        fee_cap=1_000,
    )


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """A venue with positions, and a deposit that nobody serves; no file of its operator is left."""
    with Anvil() as anvil:
        played = Played.deployed(anvil.url, AnyWords(tmp_path_factory.mktemp("key")))
        played.fund(HOUSE, 5_000_000, house=True)
        for trader in TRADERS:
            played.fund(trader, 50_000)
        played.serve()
        played.settle(SPOT, trade(1, 300), trade(2, -120), Decoy(3), Decoy(4))
        played.settle(SPOT + 900, *(Decoy(trader) for trader in TRADERS))
        late = played.sender(LATE)
        vault.mint(late, MicroUsd(7 * MICRO_USD))
        vault.allow(late, MicroUsd(7 * MICRO_USD))
        vault.deposit(late, 1, MicroUsd(7 * MICRO_USD), leaving.owner_of(late, 1))
        yield played


@pytest.fixture(autouse=True)
def home(venue: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the deployment's file and the traders' keys, and nothing else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UNDERTOW_PASSPHRASE", "pw")
    monkeypatch.setenv("UNDERTOW_RPC", venue.contracts.chain.url)
    venue.contracts.deployment.save(Path("deployment.json"))
    for trader in TRADERS:
        save_secret(Path(f"{trader}.key"), seed_of(trader), "pw")


def run(*arguments: str, sender: int, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("UNDERTOW_CHAIN_KEY", chain_key(SIGNERS + 1 + sender))
    return CliRunner().invoke(app, arguments)


def own(trader: int) -> tuple[str, ...]:
    return ("--key", f"{trader}.key", "--account", str(trader))


def test_a_venue_that_runs_is_rehearsed_and_neither_frozen_nor_left(
    venue: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run("exit", *own(1), "--rehearse", sender=1, monkeypatch=monkeypatch)
    assert done.exit_code == 0, (done.output, done.exception)
    assert "the chain's exit verifier takes the proof" in done.stdout
    assert "nobody may freeze it before" in done.stdout
    for line in (("freeze",), ("exit", *own(1))):
        done = run(*line, sender=1, monkeypatch=monkeypatch)
        assert done.exit_code == 1
        (text,) = done.stderr.splitlines()
        assert "take money out with `undertow withdraw`" in text


def test_everybody_leaves_a_venue_that_stands_still(
    venue: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts, sheet = venue.contracts, exit_sheet(venue.state, PARAMS)
    now = leaving.standing(contracts)
    venue.pass_time(now.due - 1 - now.block.time)
    assert run("freeze", sender=2, monkeypatch=monkeypatch).exit_code == 1
    venue.pass_time(2)
    done = run("freeze", sender=2, monkeypatch=monkeypatch)
    assert done.exit_code == 0, (done.output, done.exception)
    assert leaving.standing(contracts).covered
    held = contracts.token.functions.balanceOf(contracts.deployment.vault).call()
    gone = 0
    for trader in TRADERS:
        due = amount_owed(venue.state.accounts[trader], sheet, PARAMS)
        assert venue.state.accounts[trader].owner == key_of(trader).public
        # Whoever sends: the address that opened the account is paid.
        done = run("exit", *own(trader), sender=3, monkeypatch=monkeypatch)
        assert done.exit_code == 0, (done.output, done.exception)
        owner = leaving.owner_of(contracts, trader)
        assert contracts.token.functions.balanceOf(owner).call() == due
        assert f"{due / MICRO_USD:,.6f} USD paid to {owner}" in done.stdout
        gone += due
    assert contracts.token.functions.balanceOf(contracts.deployment.vault).call() == held - gone
    done = run("exit", *own(1), sender=1, monkeypatch=monkeypatch)
    assert "nothing more to collect now" in done.stdout


def test_what_was_not_served_goes_back_to_its_payer(
    venue: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts = venue.contracts
    done = run("exit", *own(1), sender=LATE, monkeypatch=monkeypatch)
    assert done.exit_code == 0, (done.output, done.exception)
    assert "was not served: what came with it is handed back" in done.stdout
    payer = venue.sender(LATE).chain.signer.address
    assert leaving.claim_for(contracts, payer) == 7 * MICRO_USD
    assert contracts.token.functions.balanceOf(payer).call() == 7 * MICRO_USD
    # What is left is the house's, in two years.
    functions = contracts.vault.functions
    assert functions.liabilities().call() == functions.committed().call()
    venue.pass_time(731 * 86_400)
    contracts.chain.send(contracts.settlement.functions.payHouse(), contracts.settlement)
    operator = contracts.chain.signer.address
    assert leaving.claim_for(contracts, operator) > 0
    assert contracts.token.functions.balanceOf(contracts.deployment.vault).call() == 0
