"""A batch as a whole: conservation, named refusals, order independence, versions and nonces."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import BATCHES, ORDERS, PRICE, TRADERS, genesis, order, settle
from undertow.engine.batch import Decoy
from undertow.protocol.delta import Delta
from undertow.protocol.errors import DeltaError
from undertow.protocol.order import Order
from undertow.protocol.outcome import Outcome
from undertow.protocol.units import Money


@settings(max_examples=25, deadline=None)
@given(st.lists(BATCHES, min_size=1, max_size=3))
def test_money_and_lots_are_conserved_to_the_last_unit(history: list) -> None:  # type: ignore[type-arg]
    state = genesis()
    total = state.total()
    for step, (batch, price) in enumerate(history):
        state, _ = settle(state, *batch, price=price, time=100 + 7 * step)
        assert state.total() == total
        assert state.ledger.sum_cash == sum(a.cash for a in state.accounts.values())
        for instrument, market in enumerate(state.markets):
            held = sum(a.positions[instrument] for a in state.accounts.values())
            assert held == market.skew
            assert market.pool >= 0


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(1, TRADERS + 1)), st.data())
def test_permuting_orders_of_distinct_accounts_changes_no_price(accounts, data) -> None:  # type: ignore[no-untyped-def]
    batch = [replace(data.draw(ORDERS), account=account) for account in sorted(accounts)]
    shuffled = [batch[account - 1] for account in accounts]
    before, _ = settle(genesis(), *batch)
    after, _ = settle(genesis(), *shuffled)
    assert before.markets == after.markets


def test_opposing_orders_are_internalized_without_the_house() -> None:
    after, slots = settle(genesis(), order(1, 50), order(2, -50))
    assert [slot.fill for slot in slots] == [50, -50]
    assert after.markets[0].skew == 0
    assert after.ledger.house_cash == genesis().ledger.house_cash


def test_the_house_takes_what_is_left_and_charges_a_premium() -> None:
    after, slots = settle(genesis(), order(1, 50, PRICE + 100_000))
    assert slots[0].fill == 50
    assert slots[0].price > PRICE << 16
    assert after.markets[0].skew == 50
    assert after.markets[0].pool > 0


def test_a_poor_house_takes_no_new_skew() -> None:
    _, slots = settle(genesis(house=1), order(1, 50, PRICE + 100_000))
    assert (slots[0].outcome, slots[0].fill) == (Outcome.CLEARED, 0)


@pytest.mark.parametrize(
    ("bad", "outcome"),
    [
        (order(1, 5, nonce=0), Outcome.STALE_NONCE),
        (order(1, 5, expiry_batch=1, nonce=2), Outcome.EXPIRED),
        (order(1, 5, instrument=3, nonce=2), Outcome.NOT_PRICED),
        (order(1, 5, fee_cap=399, nonce=2), Outcome.FEE_CAP),
        (order(1, 5, reduce_only=True, nonce=2), Outcome.NOT_REDUCING),
        (order(1, (1 << 30) - 1, nonce=2), Outcome.POSITION_RANGE),
        (order(1, 100_000, nonce=2), Outcome.MARGIN),
        (order(1, 5, limit=(1 << 36) - 1, nonce=2), Outcome.MARGIN),
    ],
)
def test_each_refusal_is_named_and_changes_only_the_version(bad: Order, outcome: Outcome) -> None:
    first, _ = settle(genesis(), order(1, 7, PRICE + 100_000))
    before = first.accounts[1]
    after, slots = settle(first, bad)
    assert (slots[0].outcome, slots[0].fill, slots[0].fee) == (outcome, 0, 0)
    assert after.accounts[1] == replace(before, version=before.version + 1)


def test_the_second_order_of_an_account_is_refused() -> None:
    _, slots = settle(genesis(), order(1, 5, PRICE + 100_000), order(1, 5, nonce=2))
    assert [slot.outcome for slot in slots] == [Outcome.CLEARED, Outcome.REPEATED]


def test_an_order_filled_whole_cannot_be_replayed() -> None:
    taken = order(1, 5, PRICE + 100_000)
    state, _ = settle(genesis(), taken)
    again, slots = settle(state, taken)
    assert slots[0].fill == 0
    assert again.accounts[1].positions == state.accounts[1].positions


def test_a_smaller_size_under_an_equal_nonce_gives_nothing_back() -> None:
    """Else the larger order could be filled again for what the smaller one gave back."""
    larger = order(1, 10, PRICE + 100_000)
    state, slots = settle(genesis(), larger)
    assert slots[0].fill == 10
    state, slots = settle(state, order(1, 5, PRICE + 100_000, immediate_or_cancel=True))
    assert (slots[0].fill, state.accounts[1].filled) == (0, 10)
    _, slots = settle(state, larger)
    assert slots[0].fill == 0


def test_every_field_of_the_state_moves_its_root() -> None:
    state = genesis()
    assert replace(state, ledger=replace(state.ledger, insurance=Money(1))).root() != state.root()
    moved = (replace(state.markets[0], kappa=1), *state.markets[1:])
    assert replace(state, markets=moved).root() != state.root()
    richer = replace(state.accounts[1], cash=Money(1))
    assert state.with_account(1, richer).root() != state.root()


def test_a_decoy_changes_only_the_version_and_does_not_block_an_order() -> None:
    after, slots = settle(genesis(), Decoy(1), order(1, 5, PRICE + 100_000), Decoy(2))
    assert [slot.outcome for slot in slots] == [Outcome.DECOY, Outcome.CLEARED, Outcome.DECOY]
    assert slots[1].fill == 5
    assert after.accounts[2] == replace(genesis().accounts[2], version=1)
    assert after.accounts[1].version == 2


def test_the_published_words_rebuild_an_account() -> None:
    state, slots = settle(genesis(), order(1, 50, PRICE + 100_000), order(2, -20))
    before, after = genesis().accounts[2], state.accounts[2]
    delta = Delta.decrypt(slots[1].ciphertext(), before.view_key, before.version + 1)
    assert before.cash + delta.cash == after.cash
    assert before.positions[delta.instrument] + delta.fill == after.positions[0]
    assert (delta.nonce, delta.filled, delta.reason) == (1, 20, Outcome.CLEARED)
    with pytest.raises(DeltaError):
        Delta.decrypt(slots[1].ciphertext(), before.view_key + 1, before.version + 1)
