"""`undertow deploy`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from undertow.command.keys import chain_key, trader_key
from undertow.command.options import DEPLOYMENT, RPC, Rpc
from undertow.command.program import files
from undertow.errors import UndertowError
from undertow.protocol.params import DEFAULT
from venue.command.options import Ceremony, PresetName, origin, preset_named

if TYPE_CHECKING:
    from undertow.protocol.market_group import MarketGroup
    from undertow.protocol.params import Preset


def deploy(
    operator: Annotated[Path, typer.Option(help="The operator's key file.")],
    out: Annotated[Path, typer.Option(help="Where to write the addresses.")] = DEPLOYMENT,
    rpc: Rpc = RPC,
    signer: Annotated[
        list[str] | None,
        typer.Option(help="An oracle signer's address; 3f + 1 of them, at least four."),
    ] = None,
    preset: PresetName = DEFAULT.name,
    ceremony: Ceremony = False,
    params: Annotated[
        Path | None, typer.Option(help="Markets and parameters; else the local venue's.")
    ] = None,
    terms: Annotated[
        str, typer.Option(help="Times of its kind of chain: l1, rollup, local.")
    ] = "l1",
    token: Annotated[
        str | None, typer.Option(help="The collateral, an ERC-20; a test token on local chains.")
    ] = None,
    price_source: Annotated[
        str | None, typer.Option(help="A contract that gives prices, instead of an oracle.")
    ] = None,
    development: Annotated[
        bool, typer.Option("--development", help="The chain is my own, whatever its node says.")
    ] = False,
) -> None:
    """Deploy a venue from the account in UNDERTOW_CHAIN_KEY."""
    from undertow.chain.chain import Chain
    from undertow.chain.deploy import Plan
    from undertow.chain.deploy import deploy as deploy_venue
    from undertow.chain.terms import TERMS

    if terms not in TERMS:
        raise UndertowError(f"no terms {terms}; there are {', '.join(TERMS)}")
    # What may be mistyped comes before circuits and keys, which take minutes the first time.
    chosen, group = preset_named(preset), _group(params)
    public, chain = trader_key(operator).public, Chain(rpc, chain_key())
    typer.echo(f"deploying on chain {chain.chain_id}")
    keys, origins = _verifying_keys(chosen, origin(ceremony))
    plan = Plan(
        preset=chosen,
        group=group,
        operator_key=public,
        signers=signer or [],
        keys=keys,
        key_origins=origins,
        terms=TERMS[terms],
        token=token,
        price_source=price_source,
        development=development,
    )
    deployment = deploy_venue(chain, plan)
    with files():
        deployment.save(out)
    typer.echo(f"settlement {deployment.settlement}, addresses and parameters in {out}")


def _group(path: Path | None) -> MarketGroup:
    from undertow.protocol import params_file
    from venue.markets import LOCAL_GROUP

    return LOCAL_GROUP if path is None else params_file.load(path)


def _verifying_keys(
    preset: Preset, source: str
) -> tuple[tuple[list[int], list[int]], tuple[str, str]]:
    """Return both circuits' verifying keys and where they are from."""
    from prover import artifacts
    from prover.groth16 import verifying_key

    names = artifacts.circuit_names(preset)
    first, second = (artifacts.chosen(name, source, typer.echo) for name in names)
    keys = (verifying_key(first.zkey), verifying_key(second.zkey))
    return keys, (first.origin, second.origin)
