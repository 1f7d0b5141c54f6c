"""One run that measures what the product is judged by, beside its peer on the same files."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from prover.backends import Snarkjs
from prover.errors import ProverError
from prover.inputs import Job
from prover.native_core import native_core
from prover.proof import Proof
from prover.prover import Prover, Timing
from undertow.client.client import AsyncClient, MatcherInfo
from undertow.engine.batch import Batch
from undertow.engine.transition import transition
from undertow.protocol.params import Preset
from venue import recorded_flow as market_data
from venue.bench import native as bench_native
from venue.bench import prover as bench_prover
from venue.demo import DEPOSIT, HOUSE, TRADERS, build_order, replay, windows
from venue.local import LocalVenue, local_venue
from venue.markets import LOCAL_PARAMS
from venue.recorded_flow import OrderEvent

VECTORS = "avx512ifma"
INTAKE_ORDERS = 1_000
CONCURRENCY = 64
REPEATS = 3


class _Recorder:
    """A prover that keeps its last job."""

    def __init__(self, inner: Prover) -> None:
        self.inner = inner
        self.job: Job | None = None

    @property
    def timing(self) -> Timing | None:
        return self.inner.timing

    @property
    def constraints(self) -> int:
        return self.inner.constraints

    def prove(self, job: Job) -> Proof:
        self.job = job
        return self.inner.prove(job)


def measure(
    preset: Preset, progress: Callable[[str], None], portable: bool = False
) -> dict[str, Any]:
    """Return the figures by name; `portable` leaves the machine's vector units unused."""
    if portable:
        os.environ[bench_prover.PORTABLE] = "1"
    arithmetic = native_core().arithmetic()
    if portable and arithmetic == VECTORS:
        raise ProverError("the native core was in use before; bench in a process of its own")
    figures = {"arithmetic": arithmetic, **_venue(preset, progress)}
    progress("what the native core does for each order")
    figures |= bench_native.measure(bench_native.ACCOUNTS)
    return figures | bench_prover.measure(portable, progress)


def _venue(preset: Preset, progress: Callable[[str], None]) -> dict[str, Any]:
    """Return the figures of one full batch; seconds are medians of three."""
    flow = market_data.load()
    window = windows(flow, 1, preset.slots)[0]
    with local_venue(preset, progress) as local:
        prover = local.operator.batch_prover
        assert isinstance(prover, Prover)
        recorder = _Recorder(prover)
        local.operator.batch_prover = recorder  # type: ignore[assignment]
        progress("funding")
        local.fund(TRADERS, DEPOSIT, HOUSE)
        local.wait("funding", lambda: len(local.operator.state.accounts) == TRADERS)
        before = local.operator.state
        progress("settling one full batch")
        replay(local, window)
        report = local.reports[-1]
        settled = list(local.venue.history())[-1]
        progress("transition")
        orders = [slot.order for slot in report.execution.slots if slot.order is not None]
        batch = Batch(slots=tuple(orders), lanes=tuple(report.execution.clearings))
        prices, moment = report.round.prices, report.round.time
        transition_s = _median(lambda: transition(before, batch, prices, moment, LOCAL_PARAMS))
        progress("witness and proof, native and snarkjs on the same files")
        assert recorder.job is not None
        inputs, witnesses = recorder.job.inputs, prover.witnesses
        witness_s = _median(lambda: witnesses.compute(inputs))
        raw = witnesses.compute(inputs)
        prove_s = _median(lambda: prover.backend.prove(raw))
        snarkjs = Snarkjs(prover.artifacts.zkey)
        snarkjs_s = _median(lambda: snarkjs.prove(raw), 1)
        progress("groth16py on the same constraints and witness")
        groth16py_s = bench_prover.groth16py_seconds(prover.artifacts.r1cs, raw)
        progress("intake")
        intake = _intake(local, window.orders)
    return {
        "slots": preset.slots,
        "constraints_total": report.constraints,
        "constraints_per_slot": report.constraints // preset.slots,
        "witness_s": round(witness_s, 3),
        "prove_s": round(prove_s, 3),
        "snarkjs_prove_s": round(snarkjs_s, 3),
        "groth16py_prove_s": round(groth16py_s, 3),
        "prove_ratio_to_snarkjs": round(snarkjs_s / prove_s, 2),
        "settle_gas": report.gas,
        "gas_per_order": report.gas // len(orders),
        "calldata_bytes_per_order": settled.calldata // len(orders),  # type: ignore[union-attr]
        "intake_orders_per_s": round(intake),
        "transition_orders_per_s": round(len(orders) / transition_s),
    }


def _median(run: Callable[[], object], repeats: int = REPEATS) -> float:
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _intake(local: LocalVenue, events: Sequence[OrderEvent]) -> float:
    """Return receipts per second over HTTP, each for a real envelope that is durable.

    The clients are a process of their own; the settlement loop rests meanwhile.
    """
    client = local.client()
    info = client.info()
    client.close()
    envelopes = []
    for number in range(INTAKE_ORDERS):
        trader = local.traders[number % TRADERS]
        order = build_order(trader, events[number % len(events)], info)
        envelopes.append(trader.seal(order, info))
    local.stop()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        elapsed = pool.submit(_flood, local.url, envelopes, info).result()
    local.start()
    return len(envelopes) / elapsed


def _flood(url: str, envelopes: list[bytes], info: MatcherInfo) -> float:
    return asyncio.run(_send_all(url, envelopes, info))


async def _send_all(url: str, envelopes: list[bytes], info: MatcherInfo) -> float:
    client = AsyncClient(url)
    gate = asyncio.Semaphore(CONCURRENCY)

    async def send(envelope: bytes) -> None:
        async with gate:
            await client.submit(envelope, info)

    await client.info()
    started = time.perf_counter()
    await asyncio.gather(*(send(envelope) for envelope in envelopes))
    elapsed = time.perf_counter() - started
    await client.close()
    return elapsed
