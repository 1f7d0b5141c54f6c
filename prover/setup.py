"""Phase 2 of a Groth16 setup: where it begins, and the gate that a key must pass to be used.

`snarkjs zkey contribute` and `snarkjs zkey beacon` do what lies between; their files and these are
the same. All functions raise OSError for a file that cannot be read or written, and FileError,
naming file and section, for one that is damaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prover.errors import UnsafeKeyError
from prover.native_core import native_core, refusals
from prover.powers import Contribution, Powers, Progress, check_powers


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


def start(
    r1cs: Path, ptau: Path, zkey: Path, progress: Progress, powers: Powers | None = None
) -> str:
    """Write the key that phase 2 begins with, as `snarkjs groth16 setup` does.

    Anybody can forge proofs under it until somebody has contributed. ``powers`` is what
    `check_powers` returned of the file; it is asked if none is given.

    Returns:
        The circuit's hash, hexadecimal.

    Raises:
        UnsafeKeyError: the contributions to the powers of tau do not hold.
    """
    powers = powers or check_powers(ptau, progress)
    with refusals():
        paths = (str(r1cs), str(ptau), str(zkey))
        made = native_core().phase2_start(*paths, progress, bytes.fromhex(powers.hash))
    return bytes(made).hex()


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
        contributions=tuple(Contribution.read(one) for one in info["contributions"]),
    )


def require_contribution(zkey: Path, circuit_hash: str) -> None:
    """Refuse a key under which somebody could forge without breaking the ceremony.

    1. Somebody contributed, not beacons alone: what a beacon gives is public. Whether contributors
       are people no file shows: they have to find their own hashes in it.
    2. Gamma is the generator; delta is neither it nor its negative; alpha and beta are not.
    3. Each contribution is bound to those before it, proves its factor, and changed delta by it;
       a beacon's is what its randomness gives; the last one left the key's delta.
    4. The circuit's hash is the expected one.

    That the key *belongs* to that hash takes the powers of tau, and so does who made those:
    `verify`, once per key. After that the artifacts' manifest is enough.

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


def verify(
    r1cs: Path, ptau: Path, zkey: Path, progress: Progress, pinned: str | None = None
) -> Powers:
    """Return the powers of tau that a key came from, with the circuit, by its contributions.

    `check_powers` is asked about their file first; ``pinned`` is the hash it has to have.
    Everything that contributions leave alone is compared with a fresh start, the rest and the
    powers of tau by random combinations with 128-bit weights. `snarkjs zkey verify` accepts a key
    that nobody contributed to, and one in which a point is hidden that lets its maker forge.

    Raises:
        UnsafeKeyError: the first section that is not the circuit's.
    """
    powers = check_powers(ptau, progress, pinned)
    with refusals(UnsafeKeyError):
        paths = (str(r1cs), str(ptau), str(zkey))
        native_core().phase2_verify(*paths, progress, bytes.fromhex(powers.hash))
    return powers
