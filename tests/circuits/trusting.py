"""A witness calculator that stops at no constraint: it computes what a liar would."""

from __future__ import annotations

from pathlib import Path

_STOP = bytes.fromhex("1001 4104 0f 0b")
"""call printErrorMessage, i32.const 4, return, end: how circom's calculator leaves when a
constraint or an assert does not hold."""
_GO_ON = bytes.fromhex("1001 0101 01 0b")


def trusting_wasm(wasm: Path) -> Path:
    """Return the calculator beside ``wasm`` with its stops replaced by nothing."""
    target = wasm.with_suffix(".trusting.wasm")
    if not target.is_file():
        code = wasm.read_bytes()
        assert code.count(_STOP) > 0, "the calculator's stops were not found"
        target.write_bytes(code.replace(_STOP, _GO_ON))
    return target
