"""Calls of keys, proofs, constraints and witness tapes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.native.calls import Call, Strategy, look
from tests.native.hostile import ANYTHING, damaged, mostly
from tests.native.hostile_files import any_file, circuits, keys, logs, powers, wires_of, witnesses
from tests.native.hostile_tape import inputs, lies, places, tapes, traces
from tests.native.originals import SEED, originals, recording
from undertow.crypto import native

TARGET = st.just(b"")
"""The content of a file that will be replaced."""
SEEDS = mostly(st.just(SEED), st.binary(max_size=40))
NO_NUMBER = ANYTHING.filter(lambda value: not isinstance(value, int))


def _refuse(_stage: str) -> None:
    raise ValueError("no further")


PROGRESS = st.sampled_from([None, list[str]().append, _refuse])


def _proofs() -> Strategy:
    """Return keys, and witnesses of as many wires."""

    def of_key(key: bytes) -> Strategy:
        return st.tuples(st.just(key), witnesses(wires_of(key)), st.none() | SEEDS, PROGRESS)

    return keys().flatmap(of_key)


def _checks() -> Strategy:
    """Return constraints, and witnesses of as many wires."""
    return circuits().flatmap(lambda data: st.tuples(st.just(data), witnesses(wires_of(data))))


def _ceremonies(target: Strategy) -> Strategy:
    """Return circuits, powers of tau and keys: mostly one of them not the original."""
    r1cs, ptau = st.just(originals().r1cs), st.just(originals().ptau)
    return st.one_of(
        st.tuples(circuits(), ptau, target, PROGRESS),
        st.tuples(r1cs, powers(), target, PROGRESS),
        st.tuples(r1cs, ptau, target, PROGRESS),
        st.tuples(circuits(), powers(), target, PROGRESS),
    )


def _verifications() -> Strategy:
    """Return verifying keys, public signals and proofs: ones that hold, changed, and any."""
    o = originals()
    changed = [mostly(st.just(part), damaged(part)) for part in (o.key, o.public, o.proof)]
    return st.tuples(*changed)


def _verifying_keys() -> Strategy:
    key = originals().key
    points = [key[:64], *(key[at : at + 64] for at in range(448, len(key), 64))]
    more = st.lists(st.sampled_from([*points, bytes(64)]), min_size=1, max_size=5)
    return st.just(key) | damaged(key) | more.map(lambda ic: key[:448] + b"".join(ic))


def _groups() -> Strategy:
    name = st.text(max_size=5) | st.just("in")
    wrong = st.lists(st.tuples(name, st.integers(0, 5) | st.just((1 << 32) - 1)), max_size=3)
    return mostly(st.just(recording().groups), wrong)


def _wasm() -> Strategy:
    wasm = recording().wasm
    return st.just(wasm) | damaged(wasm)


def _memory() -> Strategy:
    memory = recording().memory
    # The first pages hold every constant.
    return mostly(st.just(memory), damaged(memory[:8192]).map(lambda head: head + memory[8192:]))


def _addresses() -> Strategy:
    return mostly(st.just(recording().shared), st.integers(0, 9000) | st.just((1 << 32) - 1))


def _record(wasm: Any, signals: Any) -> object:
    recorder = native.core.TapeRecorder(wasm, signals)
    recorder.start(recording().memory, recording().shared)
    recorder.feed(recording().trace)
    return look(recorder).finish(recording().groups, recording().wires)


def _started(trace: Any) -> Any:
    recorder = native.core.TapeRecorder(recording().wasm)
    recorder.start(recording().memory, recording().shared)
    recorder.feed(trace)
    recorder.answer()
    return recorder


def _start(memory: Any, shared: Any) -> object:
    recorder = native.core.TapeRecorder(recording().wasm)
    recorder.start(memory, shared)
    recorder.feed(recording().trace)
    return recorder.finish(recording().groups, recording().wires)


def _finish(trace: Any, groups: Any, wires: Any) -> object:
    tape = native.core.WitnessTape(_started(trace).finish(groups, wires))
    return look(tape).run(bytes(32 * min(tape.input_count, 100)))


CALLS = {
    "setup_key": Call(
        lambda: st.tuples(circuits(), TARGET, SEEDS, PROGRESS), paths=(0, 1), examples=30
    ),
    "check_powers": Call(lambda: st.tuples(powers() | logs(), PROGRESS), paths=(0,)),
    "phase2_start": Call(lambda: _ceremonies(TARGET), paths=(0, 1, 2)),
    "phase2_verify": Call(lambda: _ceremonies(keys()), paths=(0, 1, 2)),
    "require_contribution": Call(lambda: st.tuples(keys()), paths=(0,)),
    "zkey_info": Call(lambda: st.tuples(keys()), paths=(0,)),
    "verification_key": Call(lambda: st.tuples(keys()), paths=(0,)),
    "check_verifying_key": Call(lambda: st.tuples(_verifying_keys())),
    "rewrite": Call(lambda: st.tuples(any_file(), TARGET), paths=(0, 1)),
    "verify_proof": Call(_verifications),
    "time_sum": Call(lambda: st.tuples(st.integers(-2, 70) | st.integers((1 << 27) + 1, 1 << 66))),
    # Larger ones take long: they are right.
    "time_transform": Call(lambda: st.tuples(st.integers(-1, 12)), wrong=NO_NUMBER, examples=40),
    "Prover": Call(lambda: st.tuples(keys()), paths=(0,)),
    "Prover.prove": Call(_proofs, paths=(0,), examples=200),
    "Constraints": Call(lambda: st.tuples(circuits()), paths=(0,)),
    "Constraints.first_unsatisfied": Call(_checks, paths=(0,)),
    "TapeRecorder": Call(lambda: st.tuples(_wasm(), places()), _record, examples=200),
    "TapeRecorder.start": Call(lambda: st.tuples(_memory(), _addresses()), _start),
    "TapeRecorder.feed": Call(lambda: st.tuples(traces()), _started, examples=200),
    "TapeRecorder.finish": Call(
        lambda: st.tuples(traces(), _groups(), mostly(st.just(recording().wires), st.integers())),
        _finish,
        examples=200,
    ),
    "WitnessTape": Call(lambda: st.tuples(tapes(), st.none() | st.integers(0, 9)), examples=200),
    "WitnessTape.run": Call(lambda: st.tuples(tapes(), inputs()), examples=200),
    "WitnessTape.run_lying": Call(lambda: st.tuples(tapes(), inputs(), lies()), examples=200),
    "WitnessTape.run_many": Call(
        lambda: st.tuples(tapes(), st.lists(inputs(), max_size=4)), examples=100
    ),
}
