"""`undertow circuits`: build, and the two ends of a ceremony."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from undertow.command.program import files
from undertow.errors import UndertowError
from undertow.protocol.params import DEFAULT, PRESETS
from venue.command.options import PresetName, preset_named

if TYPE_CHECKING:
    from prover.powers import Powers

Pinned = Annotated[
    str | None,
    typer.Option("--powers-hash", help="blake2b that the powers of tau must have, hexadecimal."),
]

app = typer.Typer(no_args_is_help=True, help="Build the circuits and their keys.")


@app.command("build")
def build(preset: PresetName = DEFAULT.name) -> None:
    """Compile a preset's circuits and make their development keys; prints constraint counts."""
    from prover import artifacts
    from prover.prover import Prover

    chosen = preset_named(preset)
    sizes = (chosen.slots, chosen.requests, 1)
    for name, size in zip(artifacts.circuit_names(chosen), sizes, strict=True):
        count = Prover(artifacts.build(name, typer.echo)).constraints
        typer.echo(f"{name}: {count:,} constraints, {count // size:,} per slot")


@app.command("begin")
def begin(
    powers: Annotated[Path, typer.Argument(help="Powers of tau, prepared for phase 2.")],
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
    preset: PresetName = DEFAULT.name,
    powers_hash: Pinned = None,
) -> None:
    """Write the keys that a ceremony begins with; `snarkjs zkey contribute` goes on from them."""
    from prover import artifacts, setup
    from prover.powers import check_powers

    names = artifacts.circuit_names(preset_named(preset))
    with files():
        checked = check_powers(powers, typer.echo, powers_hash)
        _show(checked)
        for name in names:
            path = out / f"{name}_0000.zkey"
            r1cs = artifacts.build(name, typer.echo).r1cs
            circuit_hash = setup.start(r1cs, powers, path, typer.echo, checked)
            typer.echo(f"{path}: circuit hash {circuit_hash}")


@app.command("adopt")
def adopt(
    circuit: Annotated[str, typer.Argument(help="The circuit's name, as `begin` printed it.")],
    key: Annotated[Path, typer.Argument(help="The ceremony's last key.")],
    powers: Annotated[Path, typer.Argument(help="The powers of tau that it began with.")],
    powers_hash: Pinned = None,
) -> None:
    """Verify all of a ceremony's key and keep it for --ceremony.

    No file shows that contributors are people: each has to find their hash in the list.
    """
    from prover import artifacts, manifest, setup

    named = [name for preset in PRESETS.values() for name in artifacts.circuit_names(preset)]
    known = list(dict.fromkeys(named))
    if circuit not in known:
        raise UndertowError(f"no circuit {circuit}; there are {', '.join(known)}")
    with files():
        built = artifacts.build(circuit, typer.echo)
        used = artifacts.adopt(built, key, powers, typer.echo, powers_hash)
        recorded = manifest.read(used.folder).powers
        assert recorded is not None
        _show(recorded)
        typer.echo("the key:")
        for one in setup.inspect(used.zkey).contributions:
            typer.echo(one.shown())
    typer.echo(f"adopted: {used.folder}")


def _show(powers: Powers) -> None:
    typer.echo(f"powers of tau: {powers.hash}")
    for one in powers.contributions:
        typer.echo(one.shown())
