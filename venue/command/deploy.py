"""`undertow deploy`."""

from __future__ import annotations

from dataclasses import replace
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
    from prover.artifacts import Artifacts
    from undertow.chain.terms import Terms
    from undertow.protocol.market_group import MarketGroup
    from undertow.protocol.params import Preset

MOST_WEI = (1 << 64) - 1
"""Of the part of a request's fee that is for data."""


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
    powers_hash: Annotated[
        list[str] | None, typer.Option(help="blake2b that a key's powers of tau must have.")
    ] = None,
    terms: Annotated[
        str, typer.Option(help="Times of its kind of chain: l1, rollup, local.")
    ] = "l1",
    request_fee_wei: Annotated[
        int | None,
        typer.Option(min=0, max=MOST_WEI, help="Of a request, for data; else its terms'."),
    ] = None,
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
    from prover.groth16 import verifying_key
    from undertow.chain.chain import Chain
    from undertow.chain.deploy import Plan
    from undertow.chain.deploy import deploy as deploy_venue

    agreed = _terms(terms, request_fee_wei)
    # What may be mistyped comes before circuits and keys, which take minutes the first time.
    chosen, group = preset_named(preset), _group(params)
    public, chain = trader_key(operator).public, Chain(rpc, chain_key())
    typer.echo(f"deploying on chain {chain.chain_id}")
    batch, requests, exits = _artifacts(chosen, origin(ceremony), powers_hash)
    plan = Plan(
        preset=chosen,
        group=group,
        operator_key=public,
        signers=signer or [],
        keys=(
            verifying_key(batch.zkey),
            verifying_key(requests.zkey),
            verifying_key(exits.zkey),
        ),
        key_origins=(batch.origin, requests.origin, exits.origin),
        powers=(batch.powers_hash, requests.powers_hash, exits.powers_hash),
        terms=agreed,
        token=token,
        price_source=price_source,
        development=development,
    )
    deployment = deploy_venue(chain, plan)
    with files():
        deployment.save(out)
    typer.echo(f"settlement {deployment.settlement}, addresses and parameters in {out}")


def _terms(name: str, request_fee_wei: int | None) -> Terms:
    from undertow.chain.terms import TERMS

    if name not in TERMS:
        raise UndertowError(f"no terms {name}; there are {', '.join(TERMS)}")
    if request_fee_wei is None:
        return TERMS[name]
    return replace(TERMS[name], request_fee_wei=request_fee_wei)


def _group(path: Path | None) -> MarketGroup:
    from undertow.protocol import params_file
    from venue.markets import LOCAL_GROUP

    return LOCAL_GROUP if path is None else params_file.load(path)


def _artifacts(preset: Preset, source: str, pinned: list[str] | None) -> list[Artifacts]:
    """Return the files of the circuits of batches, requests and exits.

    Raises:
        UndertowError: a key's powers of tau are none of those that are pinned.
    """
    from prover import artifacts

    found = [artifacts.chosen(name, source, typer.echo) for name in artifacts.circuit_names(preset)]
    allowed = [text.lower() for text in pinned or []]
    for one in found:
        if allowed and one.powers_hash not in allowed:
            raise UndertowError(f"{one.folder}: its powers of tau have the hash {one.powers_hash}")
    return found
