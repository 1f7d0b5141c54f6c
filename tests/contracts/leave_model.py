"""Leaving, in every order of events of a small venue: two traders, a house, one request, clocks.

Each trader has one side of a contract, so a mark moves money from one to the other; the house may
be in debt. Time is in ticks. `explore` names what goes wrong; each rule can be left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

BATCH, OUTER, REQUEST, UNCLEAN, WINDOW, LAST = 2, 4, 3, 2, 1, 8
"""The clocks, the window of claims and the last tick."""
INSIDE, FILED, PAID = range(3)
TRADERS = (0, 1)


class Rules(NamedTuple):
    """What holds; a test leaves one out."""

    once: bool = True
    phases: bool = True
    heartbeat: bool = True
    lapse_resets: bool = False
    from_served: bool = True
    late_share: bool = True
    house: int = 1
    requests: int = 1
    marks: tuple[int, ...] = (0, 5)


class State(NamedTuple):
    """The venue; pairs are of both traders."""

    now: int = 0
    cash: tuple[int, int] = (3, 3)
    mark: int = 0
    house: int = 1
    queue: tuple[tuple[int, int], ...] = ()
    """Deposits of one, by trader and time."""
    served: int = 0
    pending: int = -1
    priced: int = -1
    closed_at: int = 0
    marks_at: int = 0
    unclean: int = -1
    frozen: int = -1
    stage: tuple[int, int] = (INSIDE, INSIDE)
    filed: tuple[int, int] = (0, 0)
    pot: int = 0
    credit: tuple[int, int] = (0, 0)
    handed: frozenset[int] = frozenset()


Moves = Iterator[tuple[str, State]]


def put(pair: tuple[int, int], who: int, value: int) -> tuple[int, int]:
    """Return a pair with one of its values replaced."""
    return (value, pair[1]) if who == 0 else (pair[0], value)


def equity(s: State, who: int) -> int:
    """Return what a trader has at the mark."""
    return s.cash[who] + (s.mark if who == 0 else -s.mark)


def owed(s: State, who: int) -> int:
    """Return what an exit shows."""
    return max(0, equity(s, who))


def committed(s: State) -> int:
    """Return what is inside."""
    return sum(s.cash) + s.house


def moves(s: State, rules: Rules) -> Moves:
    """Yield every event that may be next, with the state after it."""
    if s.now < LAST:
        yield "tick", s._replace(now=s.now + 1)
    yield from _running(s, rules) if s.frozen < 0 else _frozen(s, rules)


def _running(s: State, rules: Rules) -> Moves:
    if len(s.queue) < rules.requests and s.now <= 1:
        for who in TRADERS:
            yield "queue", s._replace(queue=(*s.queue, (who, s.now)))
    if s.served < len(s.queue):
        who, _ = s.queue[s.served]
        yield "serve", s._replace(served=s.served + 1, cash=put(s.cash, who, s.cash[who] + 1))
    if s.pending < 0 and s.now <= 5:
        yield "close", s._replace(pending=s.now, closed_at=s.now)
    if s.pending >= 0 and s.priced < 0 and s.now > s.pending:
        yield "price", s._replace(priced=s.now)
        lapsed = s._replace(pending=-1)
        yield "lapse", lapsed._replace(marks_at=s.now) if rules.lapse_resets else lapsed
    if s.priced >= 0:
        yield from _settled(s, rules)
    if any(_due(s, rules)):
        yield "freeze", s._replace(frozen=s.now, pending=-1, priced=-1, pot=committed(s))


def _settled(s: State, rules: Rules) -> Moves:
    for mark in rules.marks:
        after = s._replace(mark=mark, pending=-1, priced=-1, marks_at=s.priced)
        clean = all(equity(after, who) >= 0 for who in TRADERS) and after.house >= 0
        since = after.priced if s.unclean < 0 else s.unclean
        yield f"settle{mark}", after._replace(unclean=-1 if clean else max(since, s.priced))


def _due(s: State, rules: Rules) -> Iterator[bool]:
    if rules.heartbeat:
        yield s.now > s.marks_at + OUTER
        yield s.now > s.closed_at + BATCH
    yield s.priced >= 0 and s.now > s.priced + BATCH
    yield s.served < len(s.queue) and s.now > s.queue[s.served][1] + REQUEST
    yield s.unclean >= 0 and s.now > s.unclean + UNCLEAN


def _frozen(s: State, rules: Rules) -> Moves:
    covered, over = s.unclean < 0 or not rules.phases, s.now > s.frozen + WINDOW
    for who in TRADERS:
        if s.stage[who] == INSIDE or not rules.once:
            yield from _exit(s, who, covered, over, rules)
        if s.stage[who] == FILED and over:
            total = sum(s.filed)
            share = s.filed[who] if total <= s.pot else s.filed[who] * s.pot // total
            yield f"payOut{who}", _paid(s, who, share)
    for number in range(s.served if rules.from_served else 0, len(s.queue)):
        if number not in s.handed:
            who = s.queue[number][0]
            credit = put(s.credit, who, s.credit[who] + 1)
            yield f"handBack{number}", s._replace(handed=s.handed | {number}, credit=credit)


def _exit(s: State, who: int, covered: bool, over: bool, rules: Rules) -> Moves:
    if covered:
        amount = min(owed(s, who), committed(s))
        if amount or rules.once:
            yield f"exit{who}", _paid(s, who, amount)
    elif not over:
        yield (
            f"file{who}",
            s._replace(stage=put(s.stage, who, FILED), filed=put(s.filed, who, owed(s, who))),
        )
    else:
        left = s.pot - sum(s.filed) if rules.late_share else s.pot
        if left > 0:
            amount = min(owed(s, who), left)
            yield f"late{who}", _paid(s._replace(pot=s.pot - amount), who, amount)


def _paid(s: State, who: int, amount: int) -> State:
    return s._replace(
        stage=put(s.stage, who, PAID),
        credit=put(s.credit, who, s.credit[who] + amount),
        house=s.house - amount,
    )


def explore(rules: Rules) -> tuple[int, set[str]]:
    """Return how many states there are, and what goes wrong in some of them."""
    first = State(house=rules.house, unclean=-1 if rules.house >= 0 else 0)
    after: dict[State, list[tuple[str, State]]] = {}
    todo, found = deque([first]), set[str]()
    while todo:
        s = todo.popleft()
        if s in after:
            continue
        after[s] = list(moves(s, rules))
        todo.extend(n for _, n in after[s])
        found |= set(_wrong(s, rules))
    # Those that have the time to end.
    frozen = {n for s in after for name, n in after[s] if name == "freeze"}
    for s in (one for one in frozen if one.now + WINDOW < LAST):
        found |= set(_unfair(s, after, rules))
    found |= set(_stalled(first, after))
    return len(after), found


def _wrong(s: State, rules: Rules) -> Iterator[str]:
    brought = 6 + rules.house + len(s.queue)
    waiting = sum(1 for i in range(s.served, len(s.queue)) if i not in s.handed)
    if sum(s.credit) > brought:
        yield "more paid than paid in"
    if committed(s) + sum(s.credit) + waiting != brought:
        yield "money is lost or made"
    if s.frozen >= 0 and committed(s) < 0 <= s.house + sum(s.credit):
        yield "more paid than there is"


def _unfair(s: State, after: dict[State, list[tuple[str, State]]], rules: Rules) -> Iterator[str]:
    """Look at all orders of who leaves in time, and at those in which somebody is late."""
    prompt = _ends(s, after, late=False)
    if len(prompt) > 1:
        yield "the outcome depends on who is first"
    due = [
        owed(s, who) + sum(1 for payer, _ in s.queue[s.served :] if payer == who) for who in TRADERS
    ]
    for credit in _ends(s, after, late=True):
        if any(credit[who] > due[who] for who in TRADERS):
            yield "one is paid more than it is owed"
    enough = owed(s, 0) + owed(s, 1) <= s.pot
    if enough and any(credit != tuple(due) for credit in prompt):
        yield "one is paid less though there is enough"
    if s.unclean < 0 and not enough and rules.house >= 0:
        yield "clean, and not covered"


def _ends(
    s: State, after: dict[State, list[tuple[str, State]]], *, late: bool
) -> set[tuple[int, int]]:
    """Return what both have in the end; unless late ones count, time waits for who files."""
    ends: set[tuple[int, int]] = set()
    todo, seen = [s], {s}
    while todo:
        at = todo.pop()
        acts = [n for name, n in after[at] if name != "tick"]
        ticks = [n for name, n in after[at] if name == "tick"]
        filing = any(name.startswith(("file", "exit")) for name, _ in after[at])
        nexts = [*acts, *ticks] if late or not filing else acts
        if not nexts:
            ends.add(at.credit)
        for n in nexts:
            if n not in seen:
                seen.add(n)
                todo.append(n)
    return ends


def _stalled(first: State, after: dict[State, list[tuple[str, State]]]) -> Iterator[str]:
    """Look whether operators that do nothing, or close and lapse for ever, are frozen."""
    operators: dict[str, tuple[str, ...]] = {"idle": (), "stalling": ("lapse", "close")}
    for name, does in operators.items():
        s, frozen = first, False
        while s.now < LAST and not frozen:
            nexts = dict(after[s])
            frozen = "freeze" in nexts
            act = next((one for one in does if one in nexts), "tick")
            s = nexts[act]
        if not frozen:
            yield f"never frozen: an operator that is {name}"
