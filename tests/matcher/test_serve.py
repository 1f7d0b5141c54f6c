"""When requests are served at an idle venue, and that nothing is where there are none."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from tests.matcher.faults import Faults
from tests.matcher.one_process import OneProcess
from tests.matcher.test_loop import quiet, rests
from undertow.chain.view import View
from undertow.protocol.request import Kind, Request
from undertow.protocol.units import MICRO_USD


def turns(venue: OneProcess, count: int) -> None:
    for _ in range(count):
        venue.operator._turn(threading.Event())
        venue.proofs.turn()
        venue.chain.idle()


def test_requests_that_a_reorganisation_left_behind_are_not_waited_for(tmp_path: Path) -> None:
    """An idle venue closed one empty set after the other for them, each with a batch's cost."""
    venue = OneProcess(tmp_path, 1, Faults())
    quiet(venue)
    chain, serving = venue.chain, venue.operator.pipeline.serving
    venue._ask_for_openings = lambda: None  # type: ignore[method-assign]
    mark = chain.mark()
    chain.ask(Request(Kind.DEPOSIT, 1, MICRO_USD))
    while not serving.due(chain.view()):
        venue.clock.wait(threading.Event(), 1)
    venue.back(mark, 3)
    closed = chain.batches + len(chain.pending)
    turns(venue, 60)
    assert chain.batches + len(chain.pending) == closed
    assert not serving.due(chain.view())
    venue.operator.close()


def test_a_view_that_counts_too_many_requests_is_believed_once(tmp_path: Path) -> None:
    """What comes later gathers again: the number was of others."""
    venue = OneProcess(tmp_path, 1, Faults())
    quiet(venue)
    chain, serving = venue.chain, venue.operator.pipeline.serving
    true: View = chain.view()
    assert serving.due(replace(true, queued=true.queued + 20))
    assert not serving.due(true)
    chain.ask(Request(Kind.DEPOSIT, 1, MICRO_USD))
    assert not serving.due(chain.view())
    taken = chain.taken
    rests(venue)
    assert chain.taken == taken + 1
    venue.operator.close()
