"""Anybody makes every state's root again from published words, and reads no order out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from prover.inputs import Job, requests_job
from tests.circuits.batches import PARAMS, Case, commit, execute
from tests.circuits.runs import NEWCOMER, OPERATOR
from tests.strategies import PRICE, VENUE, account, genesis, key, order, prices
from undertow.crypto.merkle import Tree
from undertow.crypto.poseidon import poseidon
from undertow.engine.batch import Batch, Decoy
from undertow.engine.requests import serve
from undertow.engine.transition import transition
from undertow.protocol.grid import COARSE, FINE
from undertow.protocol.house_salt import batch_salt, run_salt
from undertow.protocol.prices import split_marks
from undertow.protocol.public_state import PublicState
from undertow.protocol.request import Kind, Request
from undertow.protocol.safety_table import empty_table
from undertow.protocol.state import State
from undertow.protocol.statement import (
    BATCH_HEADER,
    BATCH_HOUSE,
    REQUESTS_HEADER,
    REQUESTS_HOUSE,
    SERVED_WORDS,
    TOUCH_WORDS,
    BatchHouse,
    RequestsHouse,
    Statement,
    Touch,
)

LISTED = (0, 8, 15)
SECRET_SIZE = 37
"""Lots that account 1 sells."""


def followed(state: PublicState, words: Sequence[int]) -> PublicState:
    """Return the state after a settlement, from its public words alone."""
    if words[BATCH_HEADER.at("kind")] == Statement.BATCH:
        header, house, items = parted(words, BATCH_HEADER.size, BATCH_HOUSE.size)
        touches = [
            Touch(*items[i : i + TOUCH_WORDS.size]) for i in range(0, len(items), TOUCH_WORDS.size)
        ]
        marks = BATCH_HEADER.values(header)["prices"]
        return state.after_batch(BatchHouse(**BATCH_HOUSE.values(house)), marks, touches)
    _, house, items = parted(words, REQUESTS_HEADER.size, REQUESTS_HOUSE.size)
    rows = [items[i : i + 6] for i in range(0, len(items), SERVED_WORDS.size)]
    leaves = [(Request.from_word(row[0]).account, row[SERVED_WORDS.at("leaf")]) for row in rows]
    return state.after_requests(RequestsHouse(**REQUESTS_HOUSE.values(house)), leaves)


def parted(
    words: Sequence[int], header: int, house: int
) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """Return the three parts of public words."""
    return words[:header], words[header : header + house], words[header + house :]


def ran(state: State, number: int, *requests: Request) -> tuple[State, Job]:
    """Return the state after a run, and its job."""
    salt = run_salt(OPERATOR.scalar, VENUE, number, state.root())
    after, answers = serve(state, requests, 3, PARAMS, OPERATOR.scalar, salt)
    return after, requests_job(state, after, answers, number, PARAMS, OPERATOR, VENUE)


def settled(state: State, time: int, price: int, *slots: object, halted: int = 0) -> Case:
    """Return a batch; who is halted keeps the mark."""
    known = prices(price, LISTED)
    marks = tuple(state.marks[u] if halted >> u & 1 else p for u, p in enumerate(known))
    return execute(state, commit(slots, (0, 8)), marks, time, halted)  # type: ignore[arg-type]


def venue() -> Iterator[tuple[State, Job]]:
    """Yield each settlement of a venue from its first one: the state after it, and its job."""
    state, job = ran(
        State(),
        1,
        Request(Kind.OPEN, 1, 10**10, NEWCOMER),
        Request(Kind.OPEN, 2, 10**10, NEWCOMER),
        Request(Kind.HOUSE_DEPOSIT, 0, 10**12),
    )
    yield state, job
    batches = (
        (100, PRICE, 0),
        (90_000, PRICE * 2, 0),
        (95_000, PRICE * 3, 1),
        (10**6, PRICE, 0),
    )
    for number, (time, price, halted) in enumerate(batches, 2):
        trade = replace(order(1, 90, PRICE * 3, nonce=number), account=1)
        case = settled(state, time, price, trade, Decoy(2), Decoy(2), Decoy(1), halted=halted)
        state = case.execution.state
        yield state, case.job()
        state, job = ran(state, number, Request(Kind.DEPOSIT, 2, 5), Request(Kind.WITHDRAW, 1, 7))
        yield state, job


def test_the_root_follows_from_published_words() -> None:
    public = PublicState()
    assert public.root() == State().root() == PublicState.genesis(COARSE).root()
    assert (
        PublicState.genesis(FINE).root() == State(safety=empty_table(FINE)).root() != public.root()
    )
    sheets = set()
    for state, job in venue():
        assert public.root() == job.words[BATCH_HEADER.at("prev_state_root")]
        public = followed(public, job.words)
        assert public.root() == job.words[BATCH_HEADER.at("new_state_root")] == state.root()
        assert split_marks(public.marks) == (state.marks, state.halted)
        sheets.add(public.accruals)
    assert len(sheets) > 2


@pytest.mark.parametrize("word", ["prices", "sealed", "accruals", "leaf"])
def test_another_word_gives_another_root(word: str) -> None:
    at = {
        "prices": BATCH_HEADER.at("prices"),
        "sealed": BATCH_HEADER.size,
        "accruals": BATCH_HEADER.size + BATCH_HOUSE.at("accruals"),
        "leaf": BATCH_HEADER.size + BATCH_HOUSE.size + TOUCH_WORDS.at("leaf"),
    }[word]
    (_, run), (state, batch), *_ = venue()
    words = list(batch.words)
    public = followed(PublicState(), run.words)
    assert followed(public, words).root() == state.root()
    words[at] += 1
    # The first slot's account is touched again by the last, whose leaf counts.
    if word == "leaf":
        words[at + 3 * TOUCH_WORDS.size] += 1
    assert followed(public, words).root() != state.root()


# The observer: it knows deposits and the state before the first batch, and every public word.


def before() -> State:
    """Return a venue before its first batch, with the keys that an observer does not know."""
    return genesis(house=2_000_000, traders=2)


def guessed() -> State:
    """Return the same with other keys: deposits and the house's are public."""
    state = before()
    for index in (1, 2):
        stranger = account(index, view_key=5, owner=key(9).public)
        state = state.with_account(index, stranger)
    return state


def found(salt: int, tree: Tree, root: int) -> list[int]:
    """Return each size, negative to sell, whose outcome gives the root."""
    sizes = []
    for size in (*range(-2 * SECRET_SIZE, 0), *range(1, 2 * SECRET_SIZE)):
        batch = Batch(slots=(order(1, size, 1 if size < 0 else PRICE * 3),), lanes=(0, 8))
        done = transition(guessed(), batch, prices(PRICE, LISTED), 1_000, PARAMS, salt)
        if replace(done.state, tree=tree).root() == root:
            sizes.append(size)
    return sizes


def test_whoever_knows_the_state_before_reads_no_order_out_of_the_root() -> None:
    state = before()
    salt = batch_salt(OPERATOR, VENUE, 1, "0x5")
    batch = Batch(slots=(order(1, -SECRET_SIZE, 1), Decoy(2), Decoy(2)), lanes=(0, 8))
    done = transition(state, batch, prices(PRICE, LISTED), 1_000, PARAMS, salt)
    assert done.slots[0].fill == -SECRET_SIZE
    tree, root = done.state.tree, done.state.root()
    # The guess is right where the salt is known, as it would be if there were none.
    assert found(salt, tree, root) == [-SECRET_SIZE]
    assert found(0, tree, root) == []
    # Nor does a salt of another batch help.
    assert found(batch_salt(OPERATOR, VENUE, 2, "0x5"), tree, root) == []


def test_a_batchs_salt_follows_from_secret_venue_number_and_close_before() -> None:
    salt = batch_salt(OPERATOR, VENUE, 1, "0x5")
    assert salt == batch_salt(OPERATOR, VENUE, 1, "0x" + "0" * 63 + "5")
    others = {
        batch_salt(key(1), VENUE, 1, "0x5"),
        batch_salt(OPERATOR, replace(VENUE, chain_id=1), 1, "0x5"),
        batch_salt(OPERATOR, VENUE, 2, "0x5"),
        batch_salt(OPERATOR, VENUE, 1, "0x6"),
    }
    assert len(others) == 4
    assert salt not in others


def test_a_runs_salt_follows_from_secret_venue_number_and_root() -> None:
    secret = OPERATOR.scalar
    salt = run_salt(secret, VENUE, 1, 5)
    assert salt == run_salt(secret, VENUE, 1, 5) == poseidon([secret, VENUE.word, 1, 5], 14)
    others = {
        run_salt(key(1).scalar, VENUE, 1, 5),
        run_salt(secret, replace(VENUE, chain_id=1), 1, 5),
        run_salt(secret, VENUE, 2, 5),
        run_salt(secret, VENUE, 1, 6),
    }
    assert len(others) == 4
    assert salt not in others
