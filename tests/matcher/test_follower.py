"""The operator and a chain that is reorganised, lags or leaves things out; and its checkpoints."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from matcher import recover
from matcher.checkpoint import Checkpoints
from matcher.errors import DivergedError
from matcher.follower import LAG_PATIENCE, Follower
from matcher.openings import Openings
from matcher.order_states import FOREIGN, Condition
from matcher.owners import is_owners
from matcher.phase import Phase
from matcher.yardstick import YOUNG
from tests.matcher.faults import Faults, StoppedError
from tests.matcher.one_process import KEYS, SPOT, OneProcess
from tests.strategies import NEVER
from undertow.chain.contracts import Close
from undertow.chain.errors import WrongAnswerError
from undertow.chain.queue_entry import Entry
from undertow.chain.settled import SettledBatch
from undertow.chain.view import Reached
from undertow.client.client import MatcherInfo, Trader
from undertow.protocol.authority import Authority
from venue.markets import BTC

LIMIT = BTC.price_per_lot(SPOT)


@pytest.fixture
def venue(tmp_path: Path) -> Iterator[OneProcess]:
    one = OneProcess(tmp_path, 5, Faults())
    yield one
    one.operator.close()


def settle_in(venue: OneProcess) -> None:
    """Let the operator see what it did last."""
    venue.operator.step()


def check(venue: OneProcess) -> None:
    settle_in(venue)
    assert venue.operator.state.root() == venue.chain.root
    assert venue.operator.state.batch_number == venue.chain.batches
    numbers = [batch["batch"] for batch in venue.operator.matcher.settled]
    assert numbers == [*range(1, venue.chain.batches + 1)]


@pytest.mark.parametrize("empty_blocks", [1_000, 0], ids=["a longer chain", "a shorter chain"])
@pytest.mark.parametrize("lost", [1, 3])
def test_a_reorganisation_is_noticed_and_rolled_back(
    venue: OneProcess, lost: int, empty_blocks: int
) -> None:
    venue.run(3)
    mark = venue.chain.mark()
    venue.run(3 + lost)
    written = rows(venue)
    venue.back(mark, empty_blocks)
    venue.run(9)
    check(venue)
    assert venue.lives == 1
    # What was written down stays so: whatever follows the same close again is the same set.
    assert rows(venue)[: len(written)] == written


def rows(venue: OneProcess) -> list[Any]:
    database = venue.operator.desk.journal._table._opened()
    return database.execute("SELECT * FROM sets ORDER BY rowid").fetchall()


def test_a_reorganisation_beyond_all_memory_is_read_from_the_beginning(
    venue: OneProcess,
) -> None:
    venue.operator.follower._past = deque(maxlen=2)
    venue.run(1)
    mark = venue.chain.mark()
    venue.run(12)
    venue.back(mark, 1_000)
    venue.run(13)
    check(venue)


def test_a_node_that_is_behind_is_waited_for(venue: OneProcess) -> None:
    venue.run(2)
    check(venue)
    chain, behind = venue.chain, []
    view, sent, current, block = chain.view(), chain.sent, chain.view, chain.block

    def lagging(known: Any = None) -> Any:
        behind.append(chain.sent)
        if len(behind) > 5:
            chain.view, chain.block = current, block  # type: ignore[method-assign]
            return current(known)
        return view

    chain.idle(3)  # Other people's.
    venue.operator.step()
    sent = chain.sent
    chain.view = lagging  # type: ignore[method-assign]
    chain.block = lambda number: block(number) if number <= view.block.number else None  # type: ignore[method-assign]
    venue.run(4)
    assert behind[:6] == [sent] * 6
    check(venue)


def test_settlements_that_are_left_out_lead_to_no_act(venue: OneProcess) -> None:
    venue.run(3)
    before = venue.chain.sent, venue.chain.pending.copy()
    venue.operator.close()
    venue.operator = venue._born()
    venue.chain.settlements = lambda since, view: []  # type: ignore[method-assign]
    with pytest.raises(DivergedError, match="after batch 0 and run 0 the contracts have batch 3"):
        venue.operator.recover()
    assert venue.operator.phase is Phase.STARTING
    assert (venue.chain.sent, venue.chain.pending) == before


def rests(venue: OneProcess) -> None:
    """Let the operator work until nothing is left to do; the world does nothing by itself."""
    venue.clock.on_wait = lambda: None
    for _ in range(100):
        venue.operator.step()
        venue.proofs.turn()
        venue.clock.wait(threading.Event(), 1)


@pytest.fixture
def unserved(tmp_path: Path) -> Iterator[OneProcess]:
    """A venue whose openings are in the queue, on a chain that may leave twenty blocks behind."""
    faults = Faults()
    faults.deepest = 20
    one = OneProcess(tmp_path, 5, faults)
    one.operator.recover()
    yield one
    one.operator.close()


def test_an_account_gets_a_slot_once_no_reorganisation_undoes_its_opening(
    unserved: OneProcess,
) -> None:
    chain, operator = unserved.chain, unserved.operator
    rests(unserved)
    assert chain.taken == len(chain.queue)
    _order(unserved, unserved.traders[0])
    rests(unserved)
    record = operator.matcher.log.with_ticket(unserved.traders[0].tickets[-1])
    assert record is not None
    assert (chain.pending, rows(unserved)) == ([], [])
    state = operator.order_state(record)
    assert (state.condition, state.why) == (Condition.PARKED, YOUNG)
    for _ in range(20):
        chain.idle()
    rests(unserved)
    assert len(chain.pending) == 1
    assert operator.order_state(record).condition is Condition.IN_SET


def test_a_close_that_is_mined_again_without_the_openings_before_it_stops_nothing(
    unserved: OneProcess,
) -> None:
    """A set of accounts that are not open has no proof, and once it has a price it cannot lapse."""
    chain, mark, close = unserved.chain, unserved.chain.mark(), unserved.chain.close
    closes: list[Close] = []

    def kept(sent: Close) -> None:
        close(sent)
        closes.append(sent)

    chain.close = kept  # type: ignore[assignment,method-assign]
    rests(unserved)
    _order(unserved, unserved.traders[0])
    rests(unserved)
    unserved.back(mark, 1)
    for sent in closes:
        close(sent)
        unserved._publish(Random(1))
    unserved.clock.on_wait = unserved._time_passes
    unserved.run(2)
    check(unserved)


def test_an_account_that_is_somebody_elses_now_gets_its_owners_orders_alone(
    unserved: OneProcess,
) -> None:
    """Two openings change places in a reorganisation; the first one's order was acknowledged.

    Its nonce, as high as it may be, cancels nothing of the present owner's.
    """
    venue, mark = unserved, unserved.chain.mark()
    rests(venue)
    for trader in venue.traders[:2]:
        trader.nonce = 1_000_000
        _order(venue, trader)
        trader.nonce = 0
    tickets = [trader.tickets[-1] for trader in venue.traders[:2]]
    rests(venue)
    queue: list[Entry] = mark["queue"]  # type: ignore[assignment]
    first, second = (i for i, e in enumerate(queue) if e.request.account in (1, 2))
    one, two = queue[first], queue[second]
    queue[first] = replace(one, request=replace(one.request, key=two.request.key))
    queue[second] = replace(two, request=replace(two.request, key=one.request.key))
    venue.back(mark, 1)
    venue.clock.on_wait = venue._time_passes
    keys = [trader.key for trader in venue.traders[:2]]
    venue.traders[0].key, venue.traders[1].key = keys[1], keys[0]
    venue.run(12)
    check(venue)
    served = set()
    for settled in venue.chain.settled:
        if not isinstance(settled, SettledBatch):
            continue
        closed = venue.operator.desk.journal.find(settled.number, settled.set_root)
        assert closed is not None
        for authority, number in closed.slots:
            if authority is Authority.ORDER:
                signed = venue.operator.desk.orders.get(number)
                assert is_owners(signed, venue.operator.state.accounts, venue.chain.venue)
                served.add(signed.order.account)
    assert served >= {1, 2}
    for ticket in tickets:
        record = venue.operator.matcher.log.with_ticket(ticket)
        assert record is not None
        state = venue.operator.order_state(record)
        assert (state.condition, state.why) == (Condition.REFUSED, FOREIGN)


def test_accounts_are_open_for_good_at_a_depth_and_not_after_it_was_left() -> None:
    openings = Openings(confirmations=3)
    for block, accounts in ((5, 2), (6, 2), (7, 4)):
        openings.see(block, accounts)
        assert openings.deep == 0
    openings.see(8, 4)
    assert openings.deep == 2
    openings.forget(after=6)
    openings.see(7, 2)
    openings.see(10, 3)
    assert openings.deep == 2
    openings.see(13, 3)
    assert openings.deep == 3
    openings.forget(after=9)
    assert openings.deep == 0


def test_a_block_from_the_future_opens_no_account_for_good() -> None:
    openings = Openings(confirmations=12)
    openings.see(80, 2)
    openings.see(95, 2)
    openings.see(100, 5)
    assert openings.deep == 2
    openings.see(10**9, 5)
    openings.forget(after=100)
    assert openings.deep == 2
    openings.see(111, 5)
    assert openings.deep == 2
    openings.see(112, 5)
    assert openings.deep == 5


def test_a_node_that_names_a_block_from_the_future_opens_no_account_for_good(
    unserved: OneProcess,
) -> None:
    chain, operator = unserved.chain, unserved.operator
    rests(unserved)
    true = chain.view
    far = replace(true(), block=replace(true().block, number=10**6, hash="0xfa"))
    chain.view = lambda known=None: far  # type: ignore[method-assign]
    operator.step()
    chain.view = true  # type: ignore[method-assign]
    for _ in range(LAG_PATIENCE):
        with pytest.raises(WrongAnswerError, match="is behind block 1000000"):
            operator.step()
    operator.step()
    _order(unserved, unserved.traders[0])
    rests(unserved)
    assert (chain.pending, operator.ahead.opened) == ([], 0)


def _order(venue: OneProcess, trader: Trader) -> None:
    order = trader.order(0, 5, LIMIT, NEVER, fee_cap=400, immediate_or_cancel=False)
    info = MatcherInfo(venue.chain.venue, KEYS.envelope.public, b"", 0, "")
    envelope = trader.seal(order, info)
    venue.operator.matcher.log.append(envelope, 1, trader.tickets[-1]).result()


def test_a_set_that_we_did_not_write_down_is_not_settled(venue: OneProcess) -> None:
    venue.run(2)
    while not venue.chain.pending:
        venue.operator.step()
        venue.proofs.turn()
        venue.clock.wait(threading.Event(), 1)
    chain = venue.chain
    chain.pending[0] = replace(chain.pending[0], set_root=chain.pending[0].set_root + 1)
    chain.idle()
    with pytest.raises(DivergedError, match="is closed on chain, not in the journal"):
        venue.operator.step()


@pytest.fixture
def checkpointed(venue: OneProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OneProcess:
    """A venue with two checkpoints, of some settlements each, and its operator gone."""
    monkeypatch.setattr("matcher.follower.CHECKPOINT_EVERY", 3)
    venue._parts = replace(venue._parts, checkpoints=tmp_path / "checkpoints")
    venue.operator.close()
    venue.operator = venue._born()
    venue.run(9)
    settle_in(venue)
    venue.operator.close()
    assert len(paths(venue)) == 2
    return venue


def paths(venue: OneProcess) -> list[Path]:
    folder = venue._parts.checkpoints
    assert folder is not None
    return sorted(folder.iterdir(), reverse=True)


def restarted(venue: OneProcess) -> int:
    """Start an operator; return the batch after which it read settlements."""
    since: list[int] = []
    read = venue.chain.settlements

    def counted(reached: Reached, view: Any) -> Any:
        since.append(reached.batches)
        return read(reached, view)

    venue.chain.settlements = counted  # type: ignore[method-assign, assignment]
    venue.operator = venue._born()
    venue.operator.recover()
    venue.chain.settlements = read  # type: ignore[method-assign]
    check(venue)
    return since[-1]


def test_a_restart_reads_only_what_is_new(checkpointed: OneProcess) -> None:
    waiting = checkpointed.operator.replica.book.waiting
    assert restarted(checkpointed) >= 6
    checkpointed.operator.replica.take_in(checkpointed.operator.desk.orders)
    assert checkpointed.operator.replica.book.waiting == waiting
    checkpointed.run(11)
    check(checkpointed)


@pytest.mark.parametrize("name", ["state", "replica.json"])
@pytest.mark.parametrize("damage", ["a bit", "the end", "all", "gone"])
def test_a_damaged_checkpoint_is_named_and_passed_over(
    checkpointed: OneProcess, name: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    newest, older = paths(checkpointed)
    file = newest / name
    content = file.read_bytes()
    middle = len(content) // 2
    if damage == "gone":
        file.unlink()
    else:
        flipped = bytes([content[middle] ^ 1])
        changed = {"a bit": content[:middle] + flipped + content[middle + 1 :]}
        changed |= {"the end": content[:-3], "all": b"\\x00\\xff{"}
        file.write_bytes(changed[damage])
    with caplog.at_level(logging.WARNING):
        assert 0 < restarted(checkpointed) < int(checkpointed.chain.batches)
    assert f"checkpoint {newest} is passed over" in caplog.text
    assert f"checkpoint {older} is" not in caplog.text


def test_without_a_checkpoint_that_can_be_read_all_is_made_again(
    checkpointed: OneProcess,
) -> None:
    for path in paths(checkpointed):
        (path / "state").write_bytes(b"")
    assert restarted(checkpointed) == 0


def test_a_replay_that_is_stopped_goes_on_where_it_was(
    checkpointed: OneProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.follower.REPLAYED_AT_ONCE", 4)
    for path in paths(checkpointed):
        (path / "state").write_bytes(b"")
    replayed: list[int] = []
    replay = recover._replay

    def stopped(desk: Any, replica: Any, settled: Any) -> None:
        if len(replayed) == 9:
            raise StoppedError
        replayed.append(settled.number)
        replay(desk, replica, settled)

    monkeypatch.setattr(recover, "_replay", stopped)
    checkpointed.operator = checkpointed._born()
    with pytest.raises(StoppedError):
        checkpointed.operator.recover()
    assert checkpointed.operator.follower.beat == checkpointed.clock.monotonic()
    checkpointed.operator.close()

    def counted(desk: Any, replica: Any, settled: Any) -> None:
        replayed.append(settled.number)
        replay(desk, replica, settled)

    monkeypatch.setattr(recover, "_replay", counted)
    # The logs are read from the beginning again, the first eight settlements are not replayed.
    assert restarted(checkpointed) == 0
    assert len(replayed) - 9 == len(checkpointed.chain.settled) - 8


def test_the_checkpoint_written_last_is_the_first_to_be_tried(checkpointed: OneProcess) -> None:
    """A chain that was left may have had more settlements than the one that stands."""
    checkpointed.operator = checkpointed._born()
    folder, desk = checkpointed._parts.checkpoints, checkpointed.operator.desk
    assert folder is not None
    checkpoints = Checkpoints(folder, desk.venue, desk.orders)
    newest, older = checkpoints.load()
    assert newest.replica.runs + newest.replica.state.batch_number > (
        older.replica.runs + older.replica.state.batch_number
    )
    checkpoints.save(older)
    assert next(checkpoints.load()).block == older.block
    assert len(paths(checkpointed)) == 2


def test_a_checkpoint_of_a_chain_that_was_left_is_passed_over(
    checkpointed: OneProcess, caplog: pytest.LogCaptureFixture
) -> None:
    chain = checkpointed.chain
    blocks = len(chain.blocks)
    checkpointed.back({**chain.mark(), "blocks": chain.blocks[:1]}, blocks)
    with caplog.at_level(logging.WARNING):
        assert restarted(checkpointed) == 0
    assert "is of no chain now" in caplog.text


def test_a_checkpoint_of_another_venue_or_log_is_passed_over(
    checkpointed: OneProcess, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    venue = checkpointed._parts.chain.venue
    checkpointed.operator = checkpointed._born()
    orders = checkpointed.operator.desk.orders
    assert list(Checkpoints(tmp_path / "checkpoints", venue, orders).load())
    other = replace(venue, contract=venue.contract + 1)
    assert not list(Checkpoints(tmp_path / "checkpoints", other, orders).load())
    assert "of another form or venue" in caplog.text
    orders.log.get = lambda sequence: None  # type: ignore[method-assign]
    assert not list(Checkpoints(tmp_path / "checkpoints", venue, orders).load())
    assert "the order log has no record" in caplog.text


def test_a_checkpoint_waits_for_its_confirmations(
    venue: OneProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.follower.CHECKPOINT_EVERY", 1)
    venue.run(1)
    desk, follower = venue.operator.desk, venue.operator.follower
    follower.checkpoints = Checkpoints(tmp_path / "kept", desk.venue, desk.orders)
    follower.openings.confirmations = 10_000
    venue.run(3)
    assert not (tmp_path / "kept").exists()
    for _ in range(10_000):
        venue.chain.idle()
    venue.operator.step()
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_a_full_disk_is_named_and_stops_nothing(
    checkpointed: OneProcess, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("undertow.chain.state_file.save", full)
    restarted(checkpointed)
    checkpointed.run(14)
    check(checkpointed)
    assert "No space left on device" in caplog.text
    assert isinstance(checkpointed.operator.follower, Follower)
