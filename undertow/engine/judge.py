"""Step 4, first half: each slot's authority gives its verdict."""

from __future__ import annotations

from undertow.engine.authorities.order import judge_order
from undertow.engine.authorities.touch import TOUCHED
from undertow.engine.batch import Batch
from undertow.engine.terms import Terms
from undertow.engine.verdict import Sides
from undertow.protocol.order import Order
from undertow.protocol.state import State


def judge(state: State, batch: Batch, terms: Terms) -> tuple[Sides, ...]:
    """Return each slot's verdict on each of its sides, against the state before the batch.

    That is what an account's first slot finds: an order behind another slot of it is refused.
    """
    touched: set[int] = set()
    verdicts = []
    for slot in batch.slots:
        if isinstance(slot, Order):
            account, repeated = state.accounts[slot.account], slot.account in touched
            verdicts.append(judge_order(slot, account, terms, repeated=repeated))
        else:
            verdicts.append((TOUCHED,))
        touched.add(slot.account)
    return tuple(verdicts)
