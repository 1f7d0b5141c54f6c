"""Powers of tau: who contributed to them, and which file they are.

Whoever knows tau, alpha and beta forges proofs under every key that comes from them, whatever is
contributed to the key later. What a beacon gives is public.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.errors import UnsafeKeyError
from prover.native_core import native_core, refusals

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One contribution to powers of tau, or to a key's delta."""

    name: str | None
    hash: str
    """What snarkjs showed its author: blake2b, hexadecimal."""
    beacon: str | None
    """The public randomness, hexadecimal, of a contribution by beacon."""

    @classmethod
    def read(cls, one: Any) -> Contribution:
        """Return the native core's description of one."""
        return cls(one["name"], one["hash"].hex(), one["beacon"] and one["beacon"].hex())

    def shown(self) -> str:
        """Return a line for a terminal, which obeys nothing that a file's author wrote into it."""
        kind = "beacon" if self.beacon else "contribution"
        name = "".join(sign if sign.isprintable() else "?" for sign in self.name or "")
        return f"{kind} {name}: {self.hash}"


@dataclass(frozen=True, slots=True)
class Powers:
    """A file of powers of tau whose contributions hold."""

    hash: str
    """blake2b of the file, hexadecimal, as ceremonies publish it."""
    contributions: tuple[Contribution, ...]

    def require(self, pinned: str | None) -> None:
        """Refuse beacons alone, and another file than the one pinned; raises UnsafeKeyError."""
        if all(one.beacon for one in self.contributions):
            raise UnsafeKeyError(
                "the powers of tau list no contribution but beacons: anybody could forge"
            )
        if pinned is not None and self.hash != pinned.lower():
            raise UnsafeKeyError(f"the powers of tau have the hash {self.hash}, not {pinned}")

    def to_json(self) -> dict[str, Any]:
        """Return the form that a manifest holds."""
        listed = [
            {"name": one.name, "hash": one.hash, "beacon": one.beacon} for one in self.contributions
        ]
        return {"hash": self.hash, "contributions": listed}

    @classmethod
    def from_json(cls, value: Any) -> Powers:
        """Read a manifest's form; raises KeyError, TypeError."""
        rows = value["contributions"]
        listed = tuple(Contribution(row["name"], row["hash"], row["beacon"]) for row in rows)
        return cls(value["hash"], listed)


def check_powers(ptau: Path, progress: Progress, pinned: str | None = None) -> Powers:
    """Return what a file of powers of tau is, once its contributions are verified.

    1. Somebody contributed, not beacons alone. Whether contributors are people no file shows.
    2. Each contribution proves that its author knew the factors of tau, alpha and beta, and changed
       them by those factors; it answers the challenge that the one before it left; a beacon's
       factors are what its randomness gives.
    3. The last one's points are the file's; if nothing was cut off it, its challenge is their hash.
    4. The file is the one whose hash is ``pinned``, if one is.

    Raises:
        OSError: the file cannot be read.
        UnsafeKeyError: the first check that fails, or what is damaged.
    """
    with refusals(UnsafeKeyError):
        found = native_core().check_powers(str(ptau), progress)
    listed = tuple(Contribution.read(one) for one in found["contributions"])
    powers = Powers(found["hash"].hex(), listed)
    powers.require(pinned)
    return powers
