"""One run that measures what the product is judged by, beside its peers on the same files."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from prover.native_core import native_core
from undertow.protocol.params import Preset
from venue.bench import backtest, batch, large, peers, primitives, recovery, restart, stated
from venue.errors import BenchError
from venue.initial_margin import BITCOIN, initial_margin_bp
from venue.markets import BTC, LOCAL_GROUP

VECTORS = ("avx512ifma", "avx2")
"""What the native core calls arithmetic on the machine's vector units."""


def measure(
    preset: Preset, progress: Callable[[str], None], portable: bool = False
) -> dict[str, Any]:
    """Return the figures by name; `portable` leaves the machine's vector units unused.

    Raises:
        BenchError: `portable` comes too late for this process, or a proof does not verify.
        NoNativeCoreError: it is what is measured.
    """
    if portable:
        os.environ[peers.PORTABLE] = "1"
    arithmetic = native_core().arithmetic()
    if portable and arithmetic in VECTORS:
        raise BenchError("the native core was in use before; bench in a process of its own")
    figures = {"arithmetic": arithmetic, **batch.measure(preset, progress)}
    progress("the gas of a batch of 64 slots")
    figures |= large.measure()
    if not (size := large.constraints()):
        progress("settle_large is not built: no constraints_per_slot_64")
    figures |= size
    figures |= (more := stated.measure(preset))
    if "takeover_constraints_per_slot" not in more:
        progress("nobody is taken over: no takeover_constraints_per_slot")
    figures["initial_margin_bp_1btc"] = initial_margin_bp(
        LOCAL_GROUP, BTC, BTC.lots_per_unit, BITCOIN
    )
    progress("what the native core does for each order")
    figures |= primitives.measure(primitives.ACCOUNTS)
    progress("a restart with a long history behind it")
    figures["restart_s_after_10k_settlements"] = round(restart.measure(restart.SETTLEMENTS), 2)
    progress("a long history that a trader makes again")
    figures |= recovery.measure(recovery.ACCOUNTS, recovery.BATCHES)
    progress("replays")
    figures |= backtest.measure()
    return figures | peers.measure(portable, progress)
