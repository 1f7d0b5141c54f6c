"""Jobs under way: only the first is late, and one at a time has the key."""

from __future__ import annotations

from prover.line import Line
from tests.prover.table import Clock


def test_the_first_is_first_since_the_one_before_it_left() -> None:
    clock = Clock()
    line = Line(clock)
    first, second, third = line.join(), line.join(), line.join()
    clock.now += 5
    assert [line.first_for(place) for place in (first, second, third)] == [5, 0, 0]
    line.leave(second)
    clock.now += 2
    assert (line.first_for(first), line.first_for(third)) == (7, 0)
    line.leave(first)
    clock.now += 3
    assert line.first_for(third) == 3
    line.leave(third)
    clock.now += 9
    assert line.first_for(line.join()) == 0


def test_one_has_the_key_the_oldest_first() -> None:
    line = Line()
    first, second, third = line.join(), line.join(), line.join()
    assert line.take_key(second, True)
    assert line.take_key(second, True)
    assert not line.take_key(first, True)
    assert not line.take_key(third, True)
    line.leave(second)
    assert not line.take_key(third, True)
    # A worker took the first one's job: it wants the key no more.
    assert not line.take_key(first, False)
    assert line.take_key(third, True)
    line.leave(third)
    assert line.take_key(first, True)
