"""The `undertow` command."""

from __future__ import annotations

import json
import os
import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from undertow.client.client import Client, Trader
from undertow.client.keys import load_secret, save_secret
from undertow.crypto.eddsa import PrivateKey
from undertow.errors import UndertowError
from undertow.protocol.order import Order
from undertow.protocol.params import DEFAULT, PRESETS

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
keys = typer.Typer(no_args_is_help=True, help="Make and show a trader's key file.")
matcher_app = typer.Typer(no_args_is_help=True, help="Run the matcher.")
prover_app = typer.Typer(no_args_is_help=True, help="Run a prover.")
circuits = typer.Typer(no_args_is_help=True, help="Build the circuits and their keys.")
app.add_typer(keys, name="keys")
app.add_typer(matcher_app, name="matcher")
app.add_typer(prover_app, name="prover")
app.add_typer(circuits, name="circuits")

KeyFile = Annotated[Path, typer.Option("--key", help="The trader's key file.")]
Deployed = Annotated[Path, typer.Option("--deployment", help="What `undertow deploy` wrote.")]
Rpc = Annotated[str, typer.Option(help="The chain's node.")]
MatcherUrl = Annotated[str, typer.Option("--matcher", help="The matcher's address.")]
PresetName = Annotated[str, typer.Option("--preset", help=f"One of {', '.join(PRESETS)}.")]
Ceremony = Annotated[bool, typer.Option("--ceremony", help="With the keys that were adopted.")]
DEPLOYMENT = Path("deployment.json")
RPC = "http://127.0.0.1:8545"
MATCHER = "http://127.0.0.1:8000"
CHAIN_KEY = "UNDERTOW_CHAIN_KEY"
PASSPHRASE = "UNDERTOW_PASSPHRASE"


@contextmanager
def _errors() -> Iterator[None]:
    """Print an expected error as one line and leave with status 1."""
    try:
        yield
    except (UndertowError, TimeoutError) as error:
        typer.echo(f"undertow: {error}", err=True)
        raise typer.Exit(1) from None


@contextmanager
def _files() -> Iterator[None]:
    """Make what is wrong with a file an expected error."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise UndertowError(str(error)) from error


@app.command()
def demo(batches: int = typer.Option(6, min=1), preset: PresetName = DEFAULT.name) -> None:
    """Replay recorded BTC order flow on a local chain: encrypted, netted, proved, settled."""
    from venue import demo as scenario

    with _errors():
        scenario.run(_preset(preset), batches)


@app.command()
def bench(
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    portable: bool = typer.Option(False, "--portable", help="Without AVX-512."),
    preset: PresetName = DEFAULT.name,
) -> None:
    """Measure constraints, proving beside its peers, gas, intake and the transition in one run."""
    from venue.bench.figures import measure

    def report(text: str) -> None:
        typer.echo(text, err=True)

    with _errors():
        figures = measure(_preset(preset), report, portable)
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            typer.echo(f"{name:32} {value}")


@circuits.command("build")
def circuits_build(preset: PresetName = DEFAULT.name) -> None:
    """Compile a preset's circuits and make their development keys; prints constraint counts."""
    from prover.artifacts import build, circuit_names
    from prover.prover import Prover

    with _errors():
        chosen = _preset(preset)
        for name, size in zip(circuit_names(chosen), (chosen.slots, chosen.requests), strict=True):
            count = Prover(build(name, typer.echo)).constraints
            typer.echo(f"{name}: {count:,} constraints, {count // size:,} per slot")


@circuits.command("begin")
def circuits_begin(
    powers: Annotated[Path, typer.Argument(help="Powers of tau, prepared for phase 2.")],
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
    preset: PresetName = DEFAULT.name,
) -> None:
    """Write the keys that a ceremony begins with; `snarkjs zkey contribute` goes on from them."""
    from prover import setup
    from prover.artifacts import build, circuit_names

    with _errors(), _files():
        for name in circuit_names(_preset(preset)):
            path = out / f"{name}_0000.zkey"
            circuit_hash = setup.start(build(name, typer.echo).r1cs, powers, path, typer.echo)
            typer.echo(f"{path}: circuit hash {circuit_hash}")


@circuits.command("adopt")
def circuits_adopt(
    circuit: Annotated[str, typer.Argument(help="The circuit's name, as `begin` printed it.")],
    key: Annotated[Path, typer.Argument(help="The ceremony's last key.")],
    powers: Annotated[Path, typer.Argument(help="The powers of tau that it began with.")],
) -> None:
    """Verify all of a ceremony's key and keep it for --ceremony.

    No file shows that contributors are people: each has to find their hash in the list.
    """
    from prover import artifacts, setup

    known = [name for preset in PRESETS.values() for name in artifacts.circuit_names(preset)]
    with _errors(), _files():
        if circuit not in known:
            raise UndertowError(f"no circuit {circuit}; there are {', '.join(known)}")
        built = artifacts.build(circuit, typer.echo)
        used = artifacts.adopt(built, key, powers, typer.echo)
        for one in setup.inspect(used.zkey).contributions:
            typer.echo(f"{'beacon' if one.beacon else 'contribution'} {one.name}: {one.hash}")
        typer.echo(f"adopted: {used.folder}")


@keys.command("new")
def keys_new(path: Path) -> None:
    """Make a key and encrypt it with a passphrase."""
    with _errors():
        save_secret(path, secrets.token_bytes(32), _passphrase(confirm=True))
        _show(path)


@keys.command("show")
def keys_show(path: Path) -> None:
    """Print a key file's public key."""
    with _errors():
        _show(path)


@app.command()
def deploy(
    operator: Annotated[Path, typer.Option(help="The operator's key file.")],
    out: Annotated[Path, typer.Option(help="Where to write the addresses.")] = DEPLOYMENT,
    rpc: Rpc = RPC,
    signer: Annotated[list[str] | None, typer.Option(help="An oracle signer's address.")] = None,
    preset: PresetName = DEFAULT.name,
    ceremony: Ceremony = False,
) -> None:
    """Deploy a venue with a test token from the account in UNDERTOW_CHAIN_KEY."""
    from prover.artifacts import chosen as chosen_key
    from prover.artifacts import circuit_names
    from prover.groth16 import verifying_key
    from undertow.chain.chain import Chain
    from undertow.chain.deployment import deploy as deploy_venue
    from venue.markets import LOCAL_PARAMS

    with _errors():
        chosen = _preset(preset)
        # What may be mistyped comes before circuits and keys, which take minutes the first time.
        public, chain = _trader_key(operator).public, Chain(rpc, _chain_key())
        typer.echo(f"deploying on chain {chain.chain_id}")
        origin = _origin(ceremony)
        names = circuit_names(chosen)
        first, second = (chosen_key(name, origin, typer.echo) for name in names)
        deployment = deploy_venue(
            chain,
            chosen,
            LOCAL_PARAMS,
            public,
            signer or [],
            (verifying_key(first.zkey), verifying_key(second.zkey)),
            (first.origin, second.origin),
        )
        deployment.save(out)
        typer.echo(f"settlement {deployment.settlement}, addresses in {out}")


@app.command()
def deposit(
    dollars: float,
    key: KeyFile,
    account: Annotated[int, typer.Option(help="0 opens a new account.")] = 0,
    deployment: Deployed = DEPLOYMENT,
    rpc: Rpc = RPC,
    house: Annotated[bool, typer.Option("--house", help="Give it to the house.")] = False,
    mint: Annotated[bool, typer.Option("--mint", help="Mint the test token first.")] = False,
) -> None:
    """Deposit from the account in UNDERTOW_CHAIN_KEY; opens an account if none is named."""
    from undertow.protocol.request import opening_key

    with _errors():
        venue = _venue(deployment, rpc)
        amount = round(dollars * 1_000_000)
        if mint:
            assert venue.chain.account is not None
            venue.chain.send(venue.token.functions.mint(venue.chain.account.address, amount))
        venue.chain.send(venue.token.functions.approve(venue.deployment.vault, amount))
        if house:
            venue.chain.send(venue.vault.functions.houseDeposit(amount))
        elif account:
            venue.chain.send(venue.vault.functions.deposit(account, amount))
        else:
            point = opening_key(_trader_key(key).public)
            venue.chain.send(venue.vault.functions.open(point.x, point.y, amount))
            account = int(venue.vault.functions.accountCount().call())
        typer.echo(f"account {account}: {dollars:,.2f} USD in the queue")


@app.command()
def report(
    dollars: float,
    deployment: Deployed = DEPLOYMENT,
    rpc: Rpc = RPC,
) -> None:
    """Publish an oracle round signed by UNDERTOW_SIGNER_KEY alone, for venues with one signer."""
    from undertow.chain.reporter import next_time, publish_round
    from undertow.protocol.sheet import INSTRUMENTS
    from undertow.protocol.units import Price
    from venue.markets import LISTED

    with _errors():
        signer = os.environ.get("UNDERTOW_SIGNER_KEY")
        if not signer:
            raise UndertowError("set UNDERTOW_SIGNER_KEY to the oracle signer's private key")
        venue = _venue(deployment, rpc)
        known = {market.instrument: market.price(dollars) for market in LISTED}
        prices = tuple(known.get(i, Price(0)) for i in range(INSTRUMENTS))
        number = publish_round(venue, [signer], [prices], next_time(venue))
        typer.echo(f"round {number}: BTC at {dollars:,.2f} USD")


# A sale's lots begin with a minus; they are no option.
@app.command(context_settings={"ignore_unknown_options": True})
def order(
    instrument: int,
    lots: int,
    limit_price: int,
    key: KeyFile,
    account: Annotated[int, typer.Option(help="Your account.")],
    nonce: Annotated[int, typer.Option(help="Above the last one; an equal one goes on.")],
    fee_cap: Annotated[int, typer.Option(help="2^-20 of the notional.")] = 400,
    batches: Annotated[int, typer.Option(help="Batches until it expires.")] = 10,
    resting: Annotated[bool, typer.Option(help="Leave what is not filled.")] = False,
    reduce_only: bool = False,
    matcher: MatcherUrl = MATCHER,
) -> None:
    """Send an encrypted order: lots positive to buy, limit price in micro-USD per lot.

    Prints the receipt and the order; keep the lines in a file for `undertow status --orders`.
    """
    with _errors():
        client = Client(matcher)
        info = client.info()
        trader = Trader(_trader_key(key), account, nonce - 1)
        signed = trader.order(
            instrument,
            lots,
            limit_price,
            info.batch_number + batches,
            fee_cap=fee_cap,
            reduce_only=reduce_only,
            immediate_or_cancel=not resting,
        )
        receipt = client.submit(trader.seal(signed, info), info)
        typer.echo(json.dumps({**receipt.to_json(), "order": f"{signed.pack():#x}"}))


@app.command()
def withdraw(
    dollars: float,
    account: Annotated[int, typer.Option(help="Your account.")],
    deployment: Deployed = DEPLOYMENT,
    rpc: Rpc = RPC,
) -> None:
    """Ask for a withdrawal and collect those that were granted, from UNDERTOW_CHAIN_KEY.

    With 0 dollars, only collect.
    """
    with _errors():
        venue = _venue(deployment, rpc)
        assert venue.chain.account is not None
        if venue.vault.functions.claims(venue.chain.account.address).call():
            venue.chain.send(venue.vault.functions.claim())
            typer.echo("collected what was granted before")
        elif dollars == 0:
            typer.echo("nothing to collect: no withdrawal was granted yet")
        amount = round(dollars * 1_000_000)
        if amount == 0:
            return
        venue.chain.send(venue.vault.functions.withdraw(account, amount))
        typer.echo(f"account {account}: withdrawal of {dollars:,.2f} USD in the queue")


@app.command()
def status(
    key: KeyFile,
    account: Annotated[int, typer.Option(help="Your account.")],
    deployment: Deployed = DEPLOYMENT,
    rpc: Rpc = RPC,
    orders: Annotated[Path | None, typer.Option(help="What `undertow order` printed.")] = None,
) -> None:
    """Rebuild your account from chain data with your key alone.

    With --orders, check that each fill is one that an order of yours allows.
    """
    from undertow.chain.history import follow
    from undertow.client.fills import check_fills

    with _errors():
        venue = _venue(deployment, rpc, reading=True)
        secret = _trader_key(key)
        events = follow(
            venue.history(), account, secret.scalar, secret.public, venue.operator_key()
        )
        if not events:
            typer.echo(f"account {account}: nothing settled yet")
            return
        held = events[-1].account
        typer.echo(
            f"account {account}: cash {held.cash / 2**16 / 1e6:,.6f} USD, "
            f"nonce {held.nonce}, {len(events)} changes"
        )
        for instrument, lots in enumerate(held.positions):
            if lots:
                typer.echo(f"  instrument {instrument}: {lots:+,} lots")
        if orders is not None:
            fills = check_fills(_sent(orders), [(event.batch, event.delta) for event in events])
            typer.echo(f"  each of {len(fills)} fills is one that your orders allow")


@matcher_app.command("run")
def matcher_run(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Run intake and the settlement loop; keys and settings come from variables.

    UNDERTOW_OPERATOR_KEY (a key file), UNDERTOW_PASSPHRASE, UNDERTOW_CHAIN_KEY, UNDERTOW_LOG_PATH,
    UNDERTOW_EPOCH, UNDERTOW_ENVELOPE_SECRET (96 random bytes in hex), UNDERTOW_RECEIPT_SECRET (32).

    With defaults: UNDERTOW_RPC, UNDERTOW_DEPLOYMENT, UNDERTOW_JOURNAL_PATH, UNDERTOW_JOBS,
    UNDERTOW_LINGER_SECONDS.
    """
    from matcher import run

    with _errors():
        run.run(host, port, _stop_on_signal())


@prover_app.command("run")
def prover_run(folder: Path, preset: PresetName = DEFAULT.name, ceremony: Ceremony = False) -> None:
    """Prove the jobs that appear in a folder."""
    from prover.artifacts import chosen, circuit_names
    from prover.jobs import serve_folder
    from prover.prover import Prover

    with _errors():
        names = circuit_names(_preset(preset))
        origin = _origin(ceremony)
        provers = {name: Prover(chosen(name, origin, typer.echo)) for name in names}
        typer.echo(f"proving the jobs in {folder}; ctrl-C to stop")
        serve_folder(folder, provers, _stop_on_signal())


def _origin(ceremony: bool) -> str:
    from prover.manifest import CEREMONY, DEV

    return CEREMONY if ceremony else DEV


def _sent(path: Path) -> list[Order]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [Order.unpack(int(json.loads(line)["order"], 16)) for line in lines]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UndertowError(f"{path} is not what `undertow order` printed: {error}") from error


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _preset(name: str):  # type: ignore[no-untyped-def]
    if name not in PRESETS:
        raise UndertowError(f"no preset {name}; there are {', '.join(PRESETS)}")
    return PRESETS[name]


def _venue(path: Path, rpc: str, reading: bool = False):  # type: ignore[no-untyped-def]
    from undertow.chain.chain import Chain
    from undertow.chain.contracts import Venue
    from undertow.chain.deployment import Deployment

    return Venue(Chain(rpc, None if reading else _chain_key()), Deployment.load(path))


def _chain_key() -> str:
    value = os.environ.get(CHAIN_KEY)
    if not value:
        raise UndertowError(f"set {CHAIN_KEY} to the private key of your account on the chain")
    return value


def _trader_key(path: Path) -> PrivateKey:
    return PrivateKey.from_seed(load_secret(path, _passphrase()))


def _passphrase(confirm: bool = False) -> str:
    return os.environ.get(PASSPHRASE) or str(
        typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm)
    )


def _show(path: Path) -> None:
    public = _trader_key(path).public
    typer.echo(f"public key {public.x:#066x} {public.y:#066x}")


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
