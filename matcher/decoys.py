"""Which accounts are touched as decoys: such as look like those that place orders.

A decoy takes the kind of account (`matcher/habits.py`) that some past order's was of, by chance,
and touches an account of that kind, or of the likest one that there is. So of a kind's touches the
same share are orders whatever the kind: neither that an account was touched again and again nor
that it was touched for the first time tells which it was. Who traded just now is drawn like others.

Within a kind, whoever is due (`matcher/due.py`) goes first. So what is due spreads over the rhythm
without a trace, but for the part that cannot wait that long.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Container, Sequence
from random import Random

from matcher.habits import Habits, Kind, unseen
from undertow.protocol.units import ceil_div

ANYBODY = 16.0
"""Weight of orders that come from anywhere, beside up to 1,024 that were seen: no account is out of
reach, and a venue without orders touches all alike."""
PATIENCE = 8
"""Batches that what is due may take; where it would be more, so many slots are its own."""
_TRIES = 32


def draw_decoys(
    habits: Habits,
    accounts: Sequence[int],
    taken: Container[int],
    due: Sequence[int],
    batch: int,
    count: int,
    random: Random,
) -> list[int]:
    """Return accounts that a set touches beside those that it has already.

    Each is another one, as long as there are any; the rest are repeated without a choice.

    Args:
        habits: what was seen up to this batch.
        accounts: those that may be touched, in ascending order.
        taken: those that have a slot.
        due: those whose certificates need a touch.
        batch: the set's number.
        count: how many.
        random: draws them.
    """
    due = [account for account in due if account not in taken]
    random.shuffle(due)
    crowd = _Crowd(habits, accounts, taken, due, batch, random)
    found = [crowd.take(account) for account in due[: min(ceil_div(len(due), PATIENCE), count)]]
    while len(found) < count and (account := crowd.draw()) is not None:
        found.append(account)
    return found + random.choices(accounts, k=count - len(found))


class _Crowd:
    """Everybody who may still be drawn, by kind."""

    def __init__(
        self,
        habits: Habits,
        accounts: Sequence[int],
        taken: Container[int],
        due: Sequence[int],
        batch: int,
        random: Random,
    ) -> None:
        self._habits, self._accounts, self._taken, self._random = habits, accounts, taken, random
        self._batch, self._drawn = batch, set[int]()
        self._kinds: dict[Kind, list[int] | range] = _cohorts(accounts)
        for account in habits.traces:
            if _has(accounts, account):
                members = self._kinds.setdefault(habits.kind(account, batch), [])
                assert isinstance(members, list)
                members.append(account)
        self._due: defaultdict[Kind, list[int]] = defaultdict(list)
        for account in due:
            self._due[habits.kind(account, batch)].append(account)

    def take(self, account: int) -> int:
        """Count an account as drawn; return it."""
        self._drawn.add(account)
        return account

    def draw(self) -> int | None:
        """Return an account that is drawn, None if all are."""
        placed, random = self._habits.placed, self._random
        if random.random() * (sum(placed.values()) + ANYBODY) < ANYBODY:
            wanted = self._habits.kind(random.choice(self._accounts), self._batch)
        else:
            (wanted,) = random.choices(tuple(placed), tuple(placed.values()))
        while self._kinds:
            likest = self._likest(wanted)
            account = self._of(likest)
            if account is not None:
                return self.take(account)
            del self._kinds[likest]
        return None

    def _likest(self, wanted: Kind) -> Kind:
        if wanted in self._kinds:
            return wanted
        return min(self._kinds, key=lambda kind: (wanted.distance(kind), self._random.random()))

    def _of(self, kind: Kind) -> int | None:
        """Return one of a kind, who is due if one is; None if nobody is left."""
        for waiting in (self._due.get(kind, []), self._kinds[kind]):
            if isinstance(waiting, range):
                return self._within(waiting, self._is_unseen)
            while waiting:
                at = self._random.randrange(len(waiting))
                waiting[at], waiting[-1] = waiting[-1], waiting[at]
                if self._is_free(account := waiting.pop()):
                    return account
        return None

    def _is_free(self, account: int) -> bool:
        return account not in self._drawn and account not in self._taken

    def _is_unseen(self, account: int) -> bool:
        return account not in self._habits.traces and self._is_free(account)

    def _within(self, places: range, allows: Callable[[int], bool]) -> int | None:
        """Return one of the accounts at these places, where mostly all are allowed."""
        for _ in range(_TRIES):
            account = self._accounts[self._random.choice(places)]
            if allows(account):
                return account
        rest = [account for at in places if allows(account := self._accounts[at])]
        return self._random.choice(rest) if rest else None


def _cohorts(accounts: Sequence[int]) -> dict[Kind, list[int] | range]:
    """Return the places of each cohort's accounts."""
    found: dict[Kind, list[int] | range] = {}
    first = 0
    while first < len(accounts):
        bits = accounts[first].bit_length()
        end = bisect_left(accounts, 1 << bits, first)
        found[unseen(bits)] = range(first, end)
        first = end
    return found


def _has(accounts: Sequence[int], account: int) -> bool:
    at = bisect_left(accounts, account)
    return at < len(accounts) and accounts[at] == account
