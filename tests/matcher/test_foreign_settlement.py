"""A stranger with the jobs' database settles: what it leaves is what the operator has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from matcher.settle import BatchStep
from prover.errors import ProverError
from prover.inputs import Job
from tests.matcher.faults import Faults, StandInProver, root_of_inputs
from tests.matcher.invariants import check
from tests.matcher.one_process import OneProcess
from tests.matcher.test_loop import prices_of, quiet, rests
from undertow.chain.errors import RevertedError
from undertow.protocol.authority import Authority
from undertow.protocol.statement import BATCH_HEADER, BATCH_HOUSE, TOUCH_WORDS, BatchHouse, Touch
from undertow.protocol.words import signals

Venue = tuple[OneProcess, BatchStep]
Choice = Callable[[Job, list[int]], None]
SLOTS_AT = BATCH_HEADER.size + BATCH_HOUSE.size


@pytest.fixture
def executed(tmp_path: Path) -> Iterator[Venue]:
    """A venue whose operator has executed a set and waits for its proof."""
    venue = OneProcess(tmp_path, 1, Faults())
    quiet(venue)
    turn, venue.proofs.turn = venue.proofs.turn, lambda: None  # type: ignore[method-assign]
    venue.submit(Random(1))
    rests(venue)
    venue.chain.price(prices_of(venue))
    rests(venue)
    (step,) = venue.operator.ahead.steps
    assert isinstance(step, BatchStep)
    assert Authority.TOUCH in step.job.inputs["authority"]
    venue.proofs.turn = turn  # type: ignore[method-assign]
    yield venue, step
    venue.operator.close()


def settle(venue: OneProcess, job: Job) -> None:
    """Prove a job and settle what its words say."""
    proof = StandInProver(Faults()).prove(job)
    house = BATCH_HOUSE.values(job.words[BATCH_HEADER.size : SLOTS_AT])
    items, size = job.words[SLOTS_AT:], TOUCH_WORDS.size
    touches = [Touch(*items[at : at + size]) for at in range(0, len(items), size)]
    root = job.words[BATCH_HEADER.at("new_state_root")]
    venue.chain.settle_batch(root, BatchHouse(**house), touches, job.signals.c, proof.words)


@pytest.mark.parametrize("restarts", [False, True])
def test_a_stranger_who_settles_leaves_what_the_operator_has(
    executed: Venue, restarts: bool
) -> None:
    venue, step = executed
    expected, batches = step.after.root(), venue.chain.batches
    settle(venue, step.job)
    assert venue.chain.root == expected
    if restarts:
        venue.operator.close()
        venue.operator = venue._born()
    rests(venue)
    assert venue.chain.batches == batches + 1
    check(venue)
    # The next batch is settled on top of it.
    draw = Random(3)
    for _ in range(6):
        venue.submit(draw)
    rests(venue)
    venue.chain.price(prices_of(venue))
    rests(venue)
    assert venue.chain.batches == batches + 2
    check(venue)


def other_salt(job: Job, words: list[int]) -> None:
    job.inputs["newHouseSalt"] += 1
    words[BATCH_HEADER.at("new_state_root")] += 1


def other_touch(job: Job, words: list[int]) -> None:
    slot = job.inputs["authority"].index(Authority.TOUCH)
    job.inputs["index"][slot] = words[SLOTS_AT + TOUCH_WORDS.size * slot] = 6


@pytest.mark.parametrize("choice", [other_salt, other_touch])
def test_a_stranger_has_no_choice(executed: Venue, choice: Choice) -> None:
    """Its statement either is no closed set's, or has no proof."""
    venue, step = executed
    job, words = replace(step.job, inputs=deepcopy(step.job.inputs)), list(step.job.words)
    choice(job, words)
    with pytest.raises(ProverError, match="set root is not the statement's"):
        settle(venue, made(job, words))
    words[BATCH_HEADER.at("set_root")] = root_of_inputs(job.inputs)
    with pytest.raises(RevertedError, match="InvalidProof"):
        settle(venue, made(job, words))
    batches = venue.chain.batches
    rests(venue)
    assert venue.chain.batches == batches + 1
    check(venue)


def made(job: Job, words: list[int]) -> Job:
    """Return the job of other words."""
    public = signals(words)
    return Job(words=tuple(words), signals=public, inputs={**job.inputs, "z": public.z})
