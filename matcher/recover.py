"""Bring a replica up to the chain: replay what was settled, by the order log and the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from matcher.desk import Desk
from matcher.errors import DivergedError
from matcher.replica import Replica
from undertow.chain.settled import SettledBatch, SettledRequests
from undertow.chain.view import View
from undertow.engine.requests import serve
from undertow.engine.transition import transition


def recover(
    desk: Desk,
    replica: Replica,
    history: Iterable[SettledBatch | SettledRequests],
    view: View,
    replayed: Callable[[int], None] = lambda _: None,
) -> None:
    """Replay settlements; the replica is then what the contracts say at the view's block.

    What the replica has already is passed over; ``replayed`` is told of each other, with their
    number so far.

    Raises:
        DivergedError: a recomputed root is not the committed one, or a record is missing.
        ChainError: the chain does not answer.
    """
    new = (settled for settled in history if _is_new(replica, settled))
    for count, settled in enumerate(new, 1):
        _replay(desk, replica, settled)
        if replica.root() != settled.root:
            raise DivergedError(f"settlement {settled.number} gives another state root")
        replayed(count)
    replica.take_in(desk.orders)
    if not replica.agrees(view):
        raise DivergedError(
            f"after batch {replica.state.batch_number} and run {replica.runs} the contracts have "
            f"batch {view.batches} and run {view.runs} with another root"
        )


def _is_new(replica: Replica, settled: SettledBatch | SettledRequests) -> bool:
    is_batch = isinstance(settled, SettledBatch)
    return settled.number > (replica.state.batch_number if is_batch else replica.runs)


def _replay(desk: Desk, replica: Replica, settled: SettledBatch | SettledRequests) -> None:
    if isinstance(settled, SettledBatch):
        _replay_batch(desk, replica, settled)
        return
    size = desk.preset.requests
    salt = desk.run_salt(settled.number, replica.root())
    state, _ = serve(replica.state, settled.requests, size, desk.params, desk.key.scalar, salt)
    replica.apply_requests(state, settled.number, len(settled.requests))


def _replay_batch(desk: Desk, replica: Replica, settled: SettledBatch) -> None:
    closed = desk.journal.find(settled.number, settled.set_root)
    if closed is None:
        raise DivergedError(f"batch {settled.number} was settled and is not in the journal")
    # Before the batch drops what it finished: an order that is taken in later would stay.
    replica.take_in(desk.orders)
    price, committed = settled.round, desk.committed(closed)
    batch, salt = committed.batch, committed.house_salt
    execution = transition(
        replica.state, batch, price.prices, price.time, desk.params, salt, price.halted
    )
    desk.outcomes.write(closed, execution.slots)
    replica.apply_batch(closed, execution)
