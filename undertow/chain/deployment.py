"""One venue's addresses, markets and parameters: the file that everybody who uses it is given.

`undertow.chain.check` compares it with the chain. What has to be believed, because no contract
holds it: the settlement's address; the markets' names, units and lots per unit; the first block to
read events from; where the proving keys are from.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from undertow import foreign_json
from undertow.chain.errors import DeploymentError
from undertow.chain.terms import Terms
from undertow.crypto.babyjubjub import Point
from undertow.errors import FieldError, UndertowError
from undertow.foreign_json import Fields
from undertow.protocol import params_file
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.params import PRESETS
from undertow.protocol.venue import Venue
from undertow.whole_file import whole_file

LARGEST_FILE = 1 << 17
LARGEST_NUMBER = (1 << 64) - 1
ORIGINS = ("dev", "ceremony")
POWERS = ("batch", "requests", "exit")
ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_WORD = re.compile(r"0x[0-9a-f]{1,64}")
_HASH = re.compile(r"none|[0-9a-f]{128}")
_CHOICE = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One venue."""

    chain_id: int
    settlement: str
    vault: str
    oracle: str
    token: str
    preset: str
    block: int
    """The first block to read events from."""
    keys: str
    """Where the proving keys are from, `dev` or `ceremony`."""
    powers: tuple[str | None, str | None, str | None] = (None, None, None)
    """blake2b of the powers of tau that the keys of batches, requests and exits came from."""
    operator_key: Point
    """Whom accounts share their view keys with."""
    group: MarketGroup
    terms: Terms

    @property
    def venue(self) -> Venue:
        """The venue's name."""
        return Venue.at(self.chain_id, self.settlement)

    def save(self, path: Path) -> None:
        """Write the deployment as JSON; raises OSError."""
        with whole_file(path) as file:
            file.write(f"{json.dumps(self.to_json(), indent=2)}\n".encode())

    def to_json(self) -> dict[str, Any]:
        """Return the form that `load` reads."""
        value = {name: getattr(self, name) for name in _PLAIN}
        key = {"x": f"{self.operator_key.x:#x}", "y": f"{self.operator_key.y:#x}"}
        powers = dict(zip(POWERS, (one or "none" for one in self.powers), strict=True))
        params = params_file.to_json(self.group)
        nested = {"operator_key": key, "params": params, "terms": asdict(self.terms)}
        return {**value, "powers": powers, **nested}

    @classmethod
    def load(cls, path: Path) -> Deployment:
        """Read a deployment; raises DeploymentError, which names the field."""
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
            return _from_json(foreign_json.read(content, LARGEST_FILE))
        except (OSError, ValueError, UndertowError) as error:
            raise DeploymentError(
                f"{path} is no deployment ({error}); name what `undertow deploy` wrote"
            ) from error


_INNER = ("powers", "operator_key", "group", "terms")
_PLAIN = tuple(f.name for f in fields(Deployment) if f.name not in _INNER)
_TERMS = tuple(f.name for f in fields(Terms))


def _from_json(value: object) -> Deployment:
    read = Fields(value, "deployment", (*_PLAIN, "powers", "operator_key", "params", "terms"))
    key, terms = read.inner("operator_key", ("x", "y")), read.inner("terms", _TERMS)
    x, y = (int(key.text(name, _WORD, "0x and a word of hex"), 16) for name in ("x", "y"))
    return Deployment(
        chain_id=_bounded(read, "chain_id", LARGEST_NUMBER),
        settlement=_address(read, "settlement"),
        vault=_address(read, "vault"),
        oracle=_address(read, "oracle"),
        token=_address(read, "token"),
        preset=_choice(read, "preset", tuple(PRESETS)),
        block=_bounded(read, "block", LARGEST_NUMBER),
        keys=_choice(read, "keys", ORIGINS),
        powers=_powers(read.inner("powers", POWERS)),
        operator_key=Point(x, y),
        group=params_file.from_fields(read.inner("params", params_file.FIELDS)),
        terms=Terms(**{name: _bounded(terms, name, LARGEST_NUMBER) for name in _TERMS}),
    )


def _powers(read: Fields) -> tuple[str | None, str | None, str | None]:
    texts = [read.text(name, _HASH, "none or 128 digits of hex") for name in POWERS]
    batch, requests, exits = (None if text == "none" else text for text in texts)
    return batch, requests, exits


def _address(read: Fields, name: str) -> str:
    return read.text(name, ADDRESS, "0x and 40 digits of hex")


def _bounded(read: Fields, name: str, most: int) -> int:
    value = read.whole(name)
    if not 0 <= value <= most:
        raise FieldError(read.place(name), str(value), f"0 to {most}")
    return value


def _choice(read: Fields, name: str, known: tuple[str, ...]) -> str:
    expected = f"one of {', '.join(known)}"
    value = read.text(name, _CHOICE, expected)
    if value not in known:
        raise FieldError(read.place(name), value, expected)
    return value
