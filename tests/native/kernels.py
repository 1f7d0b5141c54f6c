"""Runs kernels of the native core in a process whose instructions valgrind counts.

    python -S kernels.py <folder of the module> <signed, in hexadecimal>

It imports nothing but the module, and calls getppid before each kernel and after the last one:
there valgrind begins to count anew.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

WORD = 32
KEY, MESSAGE, SIGNATURE = 2 * WORD, WORD, 3 * WORD
"""Bytes."""
HASHES = 100
TABLED = ("poseidon_100", "eddsa_verify_10")


def verify(core: Any, signed: bytes) -> None:
    """Check each key, as intake does, and the signature of one message by it."""
    for at in range(0, len(signed), KEY + MESSAGE + SIGNATURE):
        key, rest = signed[at : at + KEY], signed[at + KEY :]
        assert core.EddsaKey(key).verify(rest[:MESSAGE], rest[MESSAGE : MESSAGE + SIGNATURE])


def kernels(core: Any, signed: bytes) -> dict[str, Callable[[], object]]:
    """Return what each kernel's name runs; sum and transform run twice, once to begin."""
    words = b"".join((3**index).to_bytes(2 * WORD, "big")[WORD:] for index in range(2 * HASHES))
    inputs = bytes(byte & 0x1F if at % WORD == 0 else byte for at, byte in enumerate(words))
    return {
        "g1_sum_2_10": lambda: core.time_sum(1 << 10),
        "transform_2_10": lambda: core.time_transform(10),
        "poseidon_100": lambda: core.poseidon_hash_many(bytes(WORD), 2, inputs),
        "eddsa_verify_10": lambda: verify(core, signed),
    }


def main(folder: str, signed: str) -> None:
    """Run each kernel, once those that make tables for all later ones have made them."""
    sys.path.insert(0, folder)
    import undertow_native

    known = kernels(undertow_native, bytes.fromhex(signed))
    for name in TABLED:
        known[name]()
    for run in known.values():
        os.getppid()
        run()
    os.getppid()


if __name__ == "__main__":
    main(*sys.argv[1:])
