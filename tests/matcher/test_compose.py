"""Places of a set are public: they tell nothing, and keep orders in time order."""

from __future__ import annotations

from collections import Counter
from random import Random

from matcher.compose import arrange, edge_draws, share_out
from undertow.engine.narrow import PART_BITS
from undertow.protocol.authority import Authority
from undertow.protocol.sheet import UNDERLYINGS

ORDERS = [(11, 1), (12, 2), (15, 3)]
"""Numbers and accounts."""


def test_an_orders_place_is_as_likely_as_a_decoys() -> None:
    draw, places = Random(1), Counter[tuple[int, int]]()
    for _ in range(4_000):
        slots = arrange(ORDERS[:1], [4, 5, 6], draw)
        assert sorted(slots) == [(0, 4), (0, 5), (0, 6), (1, 11)]
        places.update((place, number) for place, (_, number) in enumerate(slots))
    assert len(places) == 16
    assert all(900 < count < 1_100 for count in places.values())


def test_orders_stand_in_time_order_and_before_touches_of_their_accounts() -> None:
    draw = Random(2)
    for _ in range(300):
        touches = draw.choices(range(1, 6), k=6)
        slots = arrange(ORDERS, touches, draw)
        touched = [n for kind, n in slots if kind is Authority.TOUCH]
        assert sorted(n for n in touched if n > 3) == sorted(n for n in touches if n > 3)
        assert len(touched) == 6
        assert [n for kind, n in slots if kind is Authority.ORDER] == [11, 12, 15]
        for number, account in ORDERS:
            seen = [each for each in slots if each in ((1, number), (0, account))]
            assert seen[0] == (Authority.ORDER, number)


def test_that_an_account_stands_twice_does_not_tell_that_it_has_no_order() -> None:
    """Of few accounts some are touched more than once; how often tells nothing either."""
    draw, first = Random(3), Counter[int]()
    for _ in range(4_000):
        slots = arrange([(11, 1)], [1, 2, 2], draw)
        accounts = [1 if kind is Authority.ORDER else n for kind, n in slots]
        first[accounts[0]] += 1
    assert abs(first[1] - first[2]) < 300


def test_who_waits_to_be_paid_takes_a_quarter_at_most() -> None:
    orders = [(n, n) for n in range(1, 9)]
    assert share_out(orders, [20, 21, 22], 8) == (orders[:6], [20, 21])
    assert share_out(orders[:3], [20, 2, 20, 21], 8) == (orders[:3], [20, 21])
    assert share_out(orders, [], 4) == (orders[:4], [])
    assert share_out([], [20, 21, 22], 2) == ([], [20, 21])


def test_each_slot_has_a_draw_of_its_own() -> None:
    draws = edge_draws(16, Random(4))
    assert len(set(draws)) == 16
    assert max(draws).bit_length() <= PART_BITS * (UNDERLYINGS + 1) < 2 + max(draws).bit_length()
