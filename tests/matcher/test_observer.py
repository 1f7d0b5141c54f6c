"""What an observer learns by our decoys, and by such as would show more."""

from __future__ import annotations

import pytest

from matcher.decoys import draw_decoys
from tests.matcher.crossings import POLICIES, Crossings, Seen
from tests.matcher.repetition import Draw, Guess, Watched, guess, touches_of, uniform

FALL = 0.05


def guessed(draw: Draw) -> Guess:
    known, asked = (list(touches_of(Watched(400, seed, draw).run(700), 200)) for seed in range(2))
    return guess(known, asked)


def test_repetition_tells_little_of_which_touch_is_an_order() -> None:
    """Decoys without repetition are told from orders at once."""
    without, ours = guessed(uniform), guessed(draw_decoys)
    assert ours.advantage < 0.15 < 0.25 < without.advantage
    assert ours.area < 0.62 < 0.66 < without.area


@pytest.fixture(scope="module")
def seen() -> dict[str, Seen]:
    return {name: Crossings(400, policy, 0).run(16, FALL) for name, policy in POLICIES.items()}


def test_after_a_fall_few_of_the_touched_are_losers(seen: dict[str, Seen]) -> None:
    """Without a rhythm or without random edges there are more."""
    without, edges, rhythm, both = (seen[name] for name in POLICIES)
    assert max(both.share, rhythm.share) < without.share / 2
    assert edges.share < without.share
    assert both.safe > 1.5 * rhythm.safe


def test_what_is_due_is_touched_in_time(seen: dict[str, Seen]) -> None:
    both = seen["at a rhythm, and random edges"]
    assert both.taken > 0
    assert both.unclean < 0.2 * both.batches
