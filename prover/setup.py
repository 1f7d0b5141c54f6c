"""Phase 2 of a Groth16 setup: where it begins, and the gate that a key must pass to be used.

`snarkjs zkey contribute` and `snarkjs zkey beacon` do what lies between; their files and these are
the same. All functions raise OSError for a file that cannot be read or written, and FileError,
naming file and section, for one that is damaged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from prover.errors import UnsafeKeyError
from prover.native_core import native_core, refusals

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One contribution to a key's delta."""

    name: str | None
    hash: str
    """What snarkjs showed its author: blake2b, hexadecimal."""
    beacon: str | None
    """The public randomness, hexadecimal, of a contribution by beacon."""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What a .zkey says of itself."""

    wires: int
    public: int
    domain: int
    circuit_hash: str
    """blake2b, hexadecimal, of the key that phase 2 began with; zeros in a development key."""
    gamma_is_delta: bool
    """Anybody can forge proofs under such a key."""
    contributions: tuple[Contribution, ...]


def start(r1cs: Path, ptau: Path, zkey: Path, progress: Progress) -> str:
    """Write the key that phase 2 begins with, as `snarkjs groth16 setup` does.

    Anybody can forge proofs under it until somebody has contributed.

    Returns:
        The circuit's hash, hexadecimal.
    """
    with refusals():
        return bytes(native_core().phase2_start(str(r1cs), str(ptau), str(zkey), progress)).hex()


def inspect(zkey: Path) -> KeyInfo:
    """Return what a key says of itself; nothing of it is believed but the format."""
    with refusals():
        info = native_core().zkey_info(str(zkey))
    return KeyInfo(
        wires=info["wires"],
        public=info["public"],
        domain=info["domain"],
        circuit_hash=info["circuit_hash"].hex(),
        gamma_is_delta=info["gamma_is_delta"],
        contributions=tuple(
            Contribution(one["name"], one["hash"].hex(), one["beacon"] and one["beacon"].hex())
            for one in info["contributions"]
        ),
    )


def require_contribution(zkey: Path, circuit_hash: str) -> None:
    """Refuse a key under which somebody could forge without breaking the ceremony.

    1. Somebody contributed, not beacons alone: what a beacon gives is public. Whether contributors
       are people no file shows: they have to find their own hashes in it.
    2. Gamma is the generator; delta is neither it nor its negative; alpha and beta are not.
    3. Each contribution is bound to those before it, proves its factor, and changed delta by it;
       a beacon's is what its randomness gives; the last one left the key's delta.
    4. The circuit's hash is the expected one.

    That the key *belongs* to that hash takes the powers of tau: `verify`, once per key. After that
    a hash of the file (the artifacts' manifest) is enough.

    Raises:
        UnsafeKeyError: the first check that fails.
    """
    with refusals(UnsafeKeyError):
        native_core().require_contribution(str(zkey))
    found = inspect(zkey).circuit_hash
    if found != circuit_hash:
        raise UnsafeKeyError(
            f"{zkey}: zkey section 10 has the circuit hash {found[:16]}..., "
            f"not {circuit_hash[:16]}..."
        )


def verify(r1cs: Path, ptau: Path, zkey: Path, progress: Progress) -> None:
    """Check that a key came from the circuit and the powers of tau by its contributions.

    Everything that contributions leave alone is compared with a fresh start, the rest and the
    powers of tau by random combinations with 128-bit weights. `snarkjs zkey verify` accepts a key
    that nobody contributed to, and one in which a point is hidden that lets its maker forge.

    Raises:
        UnsafeKeyError: the first section that is not the circuit's.
    """
    with refusals(UnsafeKeyError):
        native_core().phase2_verify(str(r1cs), str(ptau), str(zkey), progress)
