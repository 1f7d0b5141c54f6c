"""Whom a decoy touches: as likely as orders come from such accounts, and each another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

from matcher.checkpoint import Checkpoint, Checkpoints
from matcher.decoys import PATIENCE, draw_decoys
from matcher.habits import KEPT, NEVER, SWEEP, Habits, Kind, unseen
from tests.matcher.test_order_states import Traded
from undertow.protocol.units import ceil_div

EVERYBODY = range(1, 301)


def drawn(
    habits: Habits,
    count: int,
    seed: int = 1,
    *,
    taken: Iterable[int] = (),
    due: Iterable[int] = (),
    accounts: range = EVERYBODY,
    batch: int = 100,
) -> list[int]:
    return draw_decoys(habits, accounts, set(taken), list(due), batch, count, Random(seed))


def traded(batches: int, account: int = 7) -> Habits:
    """Return what is seen of a venue where one account trades in every third batch."""
    habits = Habits()
    for batch in range(1, batches + 1):
        orders = [account] if batch % 3 == 0 else []
        habits.see(batch, [*orders, 100 + batch % 150], orders)
    return habits


def test_a_venue_without_orders_touches_all_alike() -> None:
    seen = Counter(account for seed in range(600) for account in drawn(Habits(), 15, seed))
    assert set(seen) == set(EVERYBODY)
    assert max(seen.values()) < 3 * min(seen.values())


def test_decoys_fall_on_accounts_like_those_that_trade() -> None:
    """The only one that trades often is touched as a decoy, too, and others become like it."""
    habits = traded(300)
    lately = set(habits.traces)
    seen = Counter(a for seed in range(200) for a in drawn(habits, 4, seed, batch=301))
    assert seen[7] > 100
    likest = seen.most_common(1)[0][0]
    assert likest in lately
    without = Counter(
        a for seed in range(200) for a in drawn(habits, 4, seed, taken=[7], batch=301)
    )
    assert 7 not in without
    assert sum(count for a, count in without.items() if a in lately) > 600


def test_no_account_is_touched_twice_until_there_are_too_few() -> None:
    habits = traded(60)
    for count in (4, 300):
        assert len(set(drawn(habits, count))) == count
    few = drawn(habits, 16, taken=[2], accounts=range(1, 6))
    assert sorted(few[:4]) == [1, 3, 4, 5]
    assert set(few) <= {1, 2, 3, 4, 5}


def test_of_too_few_accounts_those_that_trade_are_repeated_as_well() -> None:
    extra = Counter(
        a
        for seed in range(900)
        for a in drawn(Habits(), 10, seed, taken=[2], accounts=range(1, 5))[3:]
    )
    assert max(extra.values()) < 1.2 * min(extra.values())
    assert set(extra) == {1, 2, 3, 4}


def test_what_is_due_goes_first_within_its_kind_and_in_time() -> None:
    habits = traded(300)
    due = list(range(260, 300))
    found = drawn(habits, 12, due=due)
    assert len(set(found) & set(due)) >= ceil_div(len(due), PATIENCE) == 5
    # Draws among accounts as never touched take the due ones of these; others stay what they are.
    alone = Counter(bool(set(drawn(habits, 12, seed, due=[255])) & {255}) for seed in range(50))
    assert alone == {True: 50}
    assert not set(drawn(habits, 3, due=[9], taken=[9])) & {9}


def test_a_flood_of_accounts_that_do_not_trade_takes_few_of_the_decoys() -> None:
    """A cohort without orders gets those that are anybody's; the cover of the others stays."""
    habits = Habits()
    for batch in range(1, 400):
        order = 100 + batch % 150
        habits.see(batch, [order, 1 + batch % 300], [order])
    flooded = range(1, 16 * 300)
    found = Counter(
        account < 512
        for seed in range(100)
        for account in drawn(habits, 12, seed, accounts=flooded)
    )
    assert found[True] > 0.9 * sum(found.values())


def test_kinds_are_what_is_seen_and_fade() -> None:
    habits = Habits()
    assert habits.kind(9, 5) == unseen(4) == Kind(4, NEVER, 0, 0)
    habits.see(5, [9, 9], [9])
    assert habits.placed == {unseen(4): 1.0}
    assert habits.kind(9, 6) == Kind(4, 1, 2, 2)
    assert habits.kind(9, 5 + 64) == Kind(4, 7, 0, 2)
    habits.see(8, [9], [9])
    assert habits.placed[unseen(4)] == 1 - KEPT
    assert habits.kind(9, 9)[2:] == (3, 3)
    other = habits.copy()
    other.see(10, [1, 9], [1])
    assert 1 not in habits.traces
    for batch in range(11, 16 * SWEEP):
        other.see(batch, [2], [])
    assert set(other.traces) == {2}


def test_sets_of_a_lower_number_after_a_lapse_are_no_fault() -> None:
    habits = traded(40)
    habits.see(5, [7, 8], [8])
    assert habits.kind(8, 4).gap == 0
    assert len(drawn(habits, 12, batch=3)) == 12


def test_a_restart_draws_by_the_same_habits(tmp_path: Path) -> None:
    """From the chain and the files, and from a checkpoint; what lapsed or is held counts then."""
    traded = Traded(tmp_path)
    for trader in traded.venue.traders[:3]:
        traded.send(trader, 2, 1.01)
        traded.settle()
    known = traded.venue.operator.replica.book.memory.habits
    assert len(known.placed) >= 1
    assert len(known.traces) >= 4
    traded.reborn()
    operator = traded.venue.operator
    assert operator.replica.book.memory.habits == known
    assert operator.view is not None
    kept = Checkpoints(tmp_path / "kept", operator.desk.venue, operator.desk.orders)
    kept.save(Checkpoint(operator.replica, operator.view.block, []))
    assert next(kept.load()).replica.book.memory.habits == known


def test_what_is_closed_and_not_settled_counts_as_touched(tmp_path: Path) -> None:
    traded = Traded(tmp_path)
    traded.send(traded.venue.traders[0], 2, 1.01)
    traded.steps()
    assert traded.venue.chain.pending
    book = traded.venue.operator.ahead.tip.book
    known, ahead = book.memory.habits, book.habits()
    number = traded.venue.chain.batches + 1
    account = traded.venue.traders[0].account
    assert ahead.traces[account].last == number > known.traces[account].last
    traded.reborn()
    assert traded.venue.operator.ahead.tip.book.habits() == ahead
    traded.settle()
    assert traded.venue.operator.replica.book.memory.habits == ahead
