"""One full batch of recorded orders on a local venue: what each of its steps takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from matcher.settle import BatchReport
from prover.backends import Snarkjs
from prover.inputs import Job
from prover.proof import Proof
from prover.prover import Prover, Timing
from undertow.engine.batch import Batch
from undertow.engine.transition import transition
from undertow.protocol.params import Preset
from undertow.protocol.state import State
from venue import recorded_flow
from venue.bench import intake, latency, peers
from venue.demo import DEPOSIT, HOUSE, TRADERS, Window, replay, windows
from venue.local import local_venue
from venue.markets import LOCAL_PARAMS
from venue.running import LocalVenue

REPEATS = 3

Progress = Callable[[str], None]


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


@dataclass(frozen=True, slots=True)
class _Settled:
    """A batch that went all the way, with what it began from."""

    before: State
    report: BatchReport
    calldata: int
    """Bytes of the settlement's transaction."""
    job: Job

    @property
    def batch(self) -> Batch:
        execution = self.report.execution
        orders = tuple(slot.order for slot in execution.slots if slot.order is not None)
        return Batch(slots=orders, lanes=tuple(execution.clearings))


def measure(preset: Preset, progress: Progress) -> dict[str, Any]:
    """Return the figures by name; seconds are medians of three.

    `transition_with_tree_orders_per_s` is of the rules, the leaves' hashes and the accounts' tree:
    what Python does of a batch before its witness, but for encrypting what is published.
    """
    window = windows(recorded_flow.load(), 1, preset.slots)[0]
    with local_venue(preset, progress) as local:
        prover = local.operator.desk.batch_prover
        assert isinstance(prover, Prover)
        settled = _settle(local, prover, window, progress)
        figures = _settlement(preset, settled)
        progress("transition")
        orders = len(settled.batch.slots)
        figures["transition_with_tree_orders_per_s"] = round(orders / _transition(settled))
        figures |= _proofs(prover, settled.job, progress)
        progress("from receipt to settlement")
        figures["ack_to_settled_s_p50"] = round(latency.measure(local, window), 2)
        progress("intake")
        figures["intake_orders_per_s"] = round(intake.measure(local, window.orders))
    return figures


def _settle(local: LocalVenue, prover: Prover, window: Window, progress: Progress) -> _Settled:
    recorder = _Recorder(prover)
    local.operator.work_with(replace(local.operator.desk, batch_prover=recorder))
    progress("funding")
    local.fund(TRADERS, DEPOSIT, HOUSE)
    local.wait("funding", lambda: len(local.operator.state.accounts) == TRADERS)
    before = local.operator.state
    progress("settling one full batch")
    replay(local, window)
    assert recorder.job is not None
    return _Settled(before, local.reports[-1], _calldata(local), recorder.job)


def _calldata(local: LocalVenue) -> int:
    """Return the bytes of the newest settlement's transaction."""
    events = local.contracts.settlement.events.BatchSettled()
    newest = events.get_logs(from_block=local.deployment.block)[-1]
    return len(local.chain.web3.eth.get_transaction(newest["transactionHash"])["input"])


def _settlement(preset: Preset, settled: _Settled) -> dict[str, Any]:
    """Return what the chain and the circuit say of the batch."""
    report, orders = settled.report, len(settled.batch.slots)
    return {
        "slots": preset.slots,
        "constraints_total": report.constraints,
        "constraints_per_slot": report.constraints // preset.slots,
        "settle_gas": report.gas,
        "gas_per_order": report.gas // orders,
        "calldata_bytes_per_order": settled.calldata // orders,
    }


def _transition(settled: _Settled) -> float:
    before, batch, round_ = settled.before, settled.batch, settled.report.round
    return _median(lambda: transition(before, batch, round_.prices, round_.time, LOCAL_PARAMS))


def _proofs(prover: Prover, job: Job, progress: Progress) -> dict[str, float]:
    """Return the seconds of witness and proof, by us and by the peers on the same files."""
    progress("witness and proof, native and snarkjs on the same files")
    raw = prover.witnesses.compute(job.inputs)
    witness = _median(lambda: prover.witnesses.compute(job.inputs))
    native = _median(lambda: prover.backend.prove(raw))
    snarkjs = _median(lambda: Snarkjs(prover.artifacts.zkey).prove(raw), 1)
    progress("groth16py on the same constraints and witness")
    groth16py = peers.groth16py_seconds(prover.artifacts.r1cs, raw)
    return {
        "witness_s": round(witness, 3),
        "prove_s": round(native, 3),
        "snarkjs_prove_s": round(snarkjs, 3),
        "groth16py_prove_s": round(groth16py, 3),
        "prove_ratio_to_snarkjs": round(snarkjs / native, 2),
    }


def _median(run: Callable[[], object], repeats: int = REPEATS) -> float:
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)
