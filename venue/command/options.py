"""Options that several of the operator's topics take, and what they stand for."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from undertow.errors import UndertowError
from undertow.protocol.params import PRESETS, Preset

PresetName = Annotated[str, typer.Option("--preset", help=f"One of {', '.join(PRESETS)}.")]
Ceremony = Annotated[bool, typer.Option("--ceremony", help="With the keys that were adopted.")]


def preset_named(name: str) -> Preset:
    """Return a preset; raises UndertowError."""
    if name not in PRESETS:
        raise UndertowError(f"no preset {name}; there are {', '.join(PRESETS)}")
    return PRESETS[name]


def origin(ceremony: bool) -> str:
    """Return where a key is to be from."""
    from prover.manifest import CEREMONY, DEV

    return CEREMONY if ceremony else DEV


def stop_on_signal() -> threading.Event:
    """Return an event that an interrupt or a termination sets."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
