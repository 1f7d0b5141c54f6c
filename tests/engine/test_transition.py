"""A batch as a whole: who holds the money afterwards, named refusals, order independence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.cases import NO_RISK, SHALLOW, lots_of, state_of
from tests.strategies import (
    BATCHES,
    FUNDING,
    ORDERS,
    PARAMS,
    PRICE,
    TRADERS,
    account,
    genesis,
    order,
    params,
    prices,
    settle,
)
from undertow.engine.batch import Action, Batch, Decoy, Execution
from undertow.engine.margin import LEAST_EQUITY
from undertow.engine.transition import transition
from undertow.protocol.account import Account
from undertow.protocol.market import Market
from undertow.protocol.outcome import Outcome
from undertow.protocol.state import Ledger, State
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Kappa, Lots, Money, UnitPrice

MARK = 1 << 17
"""A flow of x lots moves the pool by x squared under `QUIET`, and a fee of 2**-20 is 2**13."""
GRID = (MARK * 21 >> 5) + 1
"""Far above that square: small flows pay one step of it for each lot."""
VALUE = MARK << 16
QUIET = params(rule=SHALLOW, risk=NO_RISK)
SLOW = params(rule=SHALLOW, risk=NO_RISK, funding=replace(FUNDING, decay=1, rate_max=1 << 51))
TAKER, MAKER = 400 << 13, 100 << 13
RICH = 1 << 70
SALT = 99
PRICED = Underlying(price=UnitPrice(MARK))
ANY = (1 << 36) - 1
"""A limit that no price here reaches."""


def market(skew: int = 0, **fields: int) -> Market:
    """Return a market with a depth of `QUIET` and a pool to the brim."""
    known = {"kappa": 1 << 16, "pool": skew**2}
    return Market(skew=Lots(skew), **{**known, **fields})  # type: ignore[arg-type]


def venue(
    first: Market, *, house: int = RICH, underlying: Underlying = PRICED, **accounts: Account
) -> State:
    """Return a state after batch 6, at 100 seconds: two markets, a house, accounts by name."""
    markets = tuple(first if i == 0 else market() if i == 8 else Market() for i in range(16))
    ledger = Ledger(house_cash=Money(house), insurance=Money(70), fee_pool=Money(80))
    held = {int(name[1:]): each for name, each in accounts.items()}
    return state_of(
        held,
        markets=markets,
        underlyings=(underlying, PRICED),
        time=100,
        ledger=ledger,
        batch_number=6,
    )


def executed(state: State, *slots: Action, lanes: tuple[int, ...] = (0, 8)) -> Execution:
    batch = Batch(slots=slots, lanes=lanes)
    return transition(state, batch, prices(MARK), 100, QUIET, SALT)


def test_a_buyer_pays_the_house_the_pool_and_the_fees() -> None:
    before = venue(market(), a1=account(1, RICH))
    done = executed(before, order(1, 3, ANY))
    paid = 3 * VALUE + 3 * GRID + 3 * TAKER
    assert done.state.accounts[1].cash == RICH - paid
    assert done.state.accounts[1].positions == lots_of({0: 3})
    assert done.state.ledger == Ledger(
        house_cash=Money(RICH + 3 * VALUE + 3 * GRID - 9),
        insurance=Money(70),
        fee_pool=Money(80 + 3 * TAKER),
        sum_cash=Money(RICH - paid),
        open_interest=Lots(3),
    )
    assert done.state.markets[0] == market(3)
    assert done.state.total() == before.total()


def test_a_seller_is_paid_by_the_house_less_the_pool_and_the_fees() -> None:
    before = venue(market(), a1=account(1, RICH))
    done = executed(before, order(1, -3, 0))
    assert done.state.accounts[1].cash == RICH + 3 * VALUE - 3 * GRID - 3 * TAKER
    assert done.state.ledger.house_cash == RICH - 3 * VALUE + 3 * GRID - 9
    assert done.state.markets[0] == market(-3)


def test_what_the_house_takes_is_worth_its_mark_less_funding() -> None:
    funded = replace(PRICED, funding=1_001 << 57)
    before = venue(market(), underlying=funded, a1=account(1, RICH))
    done = executed(before, order(1, 3, ANY))
    assert done.state.ledger.house_cash == RICH + 3 * (VALUE - 1_001) + 3 * GRID - 9


def test_what_pools_release_and_flows_pay_beyond_them_is_the_houses() -> None:
    # The depth falls by a 256th, and the pool with it: 255 / 2 by lots squared.
    deep = market(-4, kappa=256 << 15, pool=2_048)
    before = venue(deep, a1=account(1, RICH))
    done = executed(before, order(1, -3, 0))
    assert done.advanced[0] == replace(deep, kappa=Kappa(255 << 15), pool=Money(2_040))
    # From 4 lots to 7 it takes 4,207.5: rounded up, and then to a step for each of three lots.
    assert done.state.markets[0].pool == 2_040 + 4_208
    assert done.clearings[0].premium == -GRID
    assert done.state.ledger.house_cash == RICH - 3 * VALUE + 8 + 3 * GRID - 4_208
    assert done.state.ledger.insurance == 70
    assert done.state.total() == before.total()


def test_the_house_keeps_its_share_at_once() -> None:
    half = params(rule=replace(SHALLOW, keep=128), risk=NO_RISK)
    before = venue(market(), a1=account(1, RICH))
    batch = Batch(slots=(order(1, 3, ANY),), lanes=(0,))
    done = transition(before, batch, prices(MARK), 100, half, SALT)
    assert done.state.markets[0].pool == 4
    assert done.state.ledger.house_cash == RICH + 3 * VALUE + 3 * GRID - 4


def test_orders_meet_in_their_own_lane() -> None:
    before = venue(
        market(), a1=account(1, RICH), a2=account(2, RICH), a3=account(3, RICH), a4=account(4, RICH)
    )
    slots = (
        order(1, 5, MARK),
        order(2, 4, ANY, instrument=8),
        order(3, -5, MARK),
        Decoy(4),
    )
    done = executed(before, *slots)
    assert [slot.fill for slot in done.slots] == [5, 4, -5, 0]
    assert [slot.fee for slot in done.slots] == [5 * MAKER, 4 * TAKER, 5 * MAKER, 0]
    assert [done.state.markets[i].skew for i in (0, 8)] == [0, 4]
    assert sorted(done.clearings) == [0, 8]
    assert done.state.ledger.house_cash == RICH + 4 * VALUE + 4 * GRID - 16


def test_a_refused_order_takes_no_part_in_the_clearing() -> None:
    before = venue(market(), a1=account(1, RICH), a2=account(2, RICH))
    done = executed(before, order(1, 5, ANY, fee_cap=0), order(2, -5, MARK))
    assert [slot.outcome for slot in done.slots] == [Outcome.FEE_CAP, Outcome.CLEARED]
    assert [slot.fill for slot in done.slots] == [0, 0]
    assert done.clearings[0].flow == 0


def test_the_batch_counts_on_and_keeps_its_prices_and_leaves() -> None:
    before = venue(market(), a1=account(1, RICH), a2=account(2, RICH), a3=account(3, 0))
    done = executed(before, order(1, 3, ANY, expiry=100), order(2, 1, ANY, expiry=99))
    assert [slot.outcome for slot in done.slots] == [Outcome.CLEARED, Outcome.EXPIRED]
    after = done.state
    assert (after.batch_number, after.marks) == (7, prices(MARK))
    for index in (1, 2, 3):
        assert after.tree.get(index) == after.accounts[index].leaf()
    assert before.tree.get(1) == before.accounts[1].leaf()
    assert after.accounts[3] == before.accounts[3]


@pytest.mark.parametrize(("size", "fill"), [(1, 0), (-3, -3), (-9, -4), (-1, -1)])
def test_a_house_one_unit_short_takes_no_new_skew(size: int, fill: int) -> None:
    """Without shocks its requirement is nothing: it owes the value of the skew."""
    bid = order(1, size, ANY if size > 0 else 0)
    for short in (0, 1):
        house = 2 * VALUE - 80 - short
        before = venue(market(2), house=house, a1=account(1, RICH))
        done = executed(before, bid)
        assert done.house_grows is (short == 0)
        assert done.slots[0].fill == (fill if short else size)


def test_a_poor_house_takes_not_even_the_first_lot() -> None:
    before = venue(market(), house=-81, a1=account(1, RICH))
    assert executed(before, order(1, 1, ANY)).slots[0].fill == 0


def test_the_cap_of_the_market_bounds_its_skew() -> None:
    capped = params(rule=replace(SHALLOW, skew_cap=Lots(5)), risk=NO_RISK)
    before = venue(market(2), a1=account(1, RICH))
    batch = Batch(slots=(order(1, 9, ANY),), lanes=(0,))
    assert transition(before, batch, prices(MARK), 100, capped, SALT).slots[0].fill == 3


@pytest.mark.parametrize(("size", "fill"), [(9, 4), (4, 4), (-9, -6), (-6, -6)])
def test_the_flows_cap_bounds_what_a_batch_adds_to_the_skew(size: int, fill: int) -> None:
    """From a skew of two to six at most, and to four on the other side."""
    capped = params(rule=replace(SHALLOW, flow_cap=Lots(4)), risk=NO_RISK)
    before = venue(market(2), a1=account(1, RICH))
    batch = Batch(slots=(order(1, size, ANY if size > 0 else 0),), lanes=(0,))
    assert transition(before, batch, prices(MARK), 100, capped, SALT).slots[0].fill == fill


def test_a_market_without_a_lane_pays_funding_and_stands_still() -> None:
    before = venue(market(200), a1=account(1, RICH), a2=account(2, RICH))
    batch = Batch(slots=(order(1, 3, ANY), order(2, 3, ANY, instrument=8)), lanes=(8,))
    done = transition(before, batch, prices(MARK + 1), 164, QUIET, SALT)
    assert [slot.outcome for slot in done.slots] == [Outcome.NOT_PRICED, Outcome.CLEARED]
    assert done.state.markets[0] == before.markets[0]
    assert (done.state.marks, done.state.time) == (prices(MARK + 1), 164)
    assert done.state.underlyings[0].funding > 0
    assert done.state.underlyings[0].price == MARK + 1


@pytest.mark.parametrize(("one", "other"), [(0, 8), (8, 0)])
def test_a_halted_underlying_stands_still_and_the_others_go_on(one: int, other: int) -> None:
    before = venue(market(), a1=account(1, RICH), a2=account(2, RICH))
    slots = (order(1, 3, ANY, instrument=one), order(2, 3, ANY, instrument=other))
    marks = tuple(UnitPrice(p + (u == other // 8)) for u, p in enumerate(prices(MARK)))
    bits = 1 << one // 8
    done = transition(
        before, Batch(slots=slots, lanes=(0, 8)), marks, 164, QUIET, SALT, halted=bits
    )
    assert [slot.outcome for slot in done.slots] == [Outcome.NOT_PRICED, Outcome.CLEARED]
    assert [slot.fill for slot in done.slots] == [0, 3]
    assert done.state.accounts[1] == replace(before.accounts[1], version=1, since=164)
    assert (done.clearings[one].flow, done.clearings[other].flow) == (0, 3)
    assert done.state.markets[one] == before.markets[one]
    assert done.state.markets[other] != before.markets[other]
    assert (done.state.marks, done.state.halted) == (marks, bits)
    assert done.state.total() == before.total()
    assert replace(done.state, halted=0).root() != done.state.root()


def test_a_halted_market_keeps_its_depth_and_its_pool() -> None:
    """A price would let the depth fall, and the pool give up what it then holds too much."""
    deep = market(300, kappa=1 << 20, pool=90_000 << 4)
    for halted in (0, 1):
        batch = Batch(slots=(), lanes=(0,))
        before = venue(deep)
        after = transition(before, batch, prices(MARK), 164, QUIET, SALT, halted).state
        assert (after.markets[0] == deep) == bool(halted)
        assert (after.ledger == before.ledger) == bool(halted)


def test_a_halted_mark_carries_no_order() -> None:
    """Four lots, worth a mark more than it takes, carry another order while they trade."""
    held = account(1, LEAST_EQUITY - 3 * VALUE, positions=lots_of({0: 4}))
    before = venue(market(4), a1=held)
    batch = Batch(slots=(order(1, 1, MARK + 2, instrument=8),), lanes=(8,))
    for mark, halted, fill in ((MARK, 0, 1), (MARK, 1, 0), (MARK // 2, 0, 0), (MARK * 2, 1, 0)):
        marks = (UnitPrice(mark), UnitPrice(MARK))
        done = transition(before, batch, marks, 164, QUIET, SALT, halted)
        assert done.slots[0].fill == fill
        assert done.slots[0].outcome is (Outcome.CLEARED if fill else Outcome.MARGIN)


def test_who_holds_something_halted_may_still_close_what_trades() -> None:
    held = account(1, 9 * VALUE, positions=lots_of({0: 4, 8: -1}))
    before = venue(market(4), a1=held)
    risky = params(rule=SHALLOW)
    for limit, fill in ((MARK + 2, 1), (MARK * 2, 0)):
        batch = Batch(slots=(order(1, 1, limit, instrument=8),), lanes=(8,))
        done = transition(before, batch, prices(MARK), 164, risky, SALT, halted=1)
        assert done.slots[0].fill == fill


def test_only_a_listed_underlying_is_halted_and_only_it_may_lack_a_mark() -> None:
    batch = Batch(slots=(), lanes=(0,))
    for one, left in ((0, 8), (1, 0)):
        missing = prices(MARK, (left,))
        done = transition(venue(market()), batch, missing, 100, QUIET, SALT, halted=1 << one)
        assert done.state.marks == missing
    alone, single = params((0,), rule=SHALLOW, risk=NO_RISK), prices(MARK, (0,))
    assert transition(venue(market()), batch, single, 100, alone, SALT).state.marks == single
    wrong = (
        (prices(MARK, (8,)), 0, QUIET),
        (prices(MARK, (8,)), 2, QUIET),
        (prices(MARK), 4, QUIET),
        ((UnitPrice(-1), UnitPrice(MARK)), 1, QUIET),
        (prices(MARK), 0, alone),
        (single, 2, alone),
    )
    for marks, halted, listing in wrong:
        with pytest.raises(ValueError, match=r"listed|is none"):
            transition(venue(market()), batch, marks, 100, listing, SALT, halted)


def test_longs_pay_shorts_and_the_house_while_users_are_long() -> None:
    """Between two batches without orders, at one price."""
    rate = 1 << 50
    long, short = (
        account(1, 0, positions=lots_of({0: 5})),
        account(2, 0, positions=lots_of({0: -2})),
    )
    moving = replace(PRICED, funding_rate=rate)
    before = venue(market(3), underlying=moving, a1=long, a2=short)
    batch = Batch(slots=(), lanes=(0,))
    after = transition(before, batch, prices(MARK), 164, SLOW, SALT).state
    # A lot of 2**33 at 2**-22 a second for 64 seconds; the skew is in the dead zone, where the
    # rate decays by 2**-72 in a second.
    paid = (1 << 17) - 1
    value = [(MARK << 16) - state.underlyings[0].index for state in (before, after)]
    assert [5 * (value[1] - value[0]), -2 * (value[1] - value[0])] == [-5 * paid, 2 * paid]
    assert after.ledger == before.ledger


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (prices(MARK, (0,)), "listed underlying"),
        (prices(MARK)[:1], "argument"),
        ((*prices(MARK), UnitPrice(0)), "argument"),
        ((UnitPrice(-1), UnitPrice(MARK)), "listed underlying"),
    ],
)
def test_each_listed_underlying_has_a_price_and_no_other(
    wrong: tuple[UnitPrice, ...], match: str
) -> None:
    batch = Batch(slots=(), lanes=())
    with pytest.raises(ValueError, match=match):
        transition(venue(market()), batch, wrong, 100, QUIET, SALT)


def test_prices_are_not_older_than_the_last_ones() -> None:
    batch = Batch(slots=(), lanes=())
    assert transition(venue(market()), batch, prices(MARK), 100, QUIET, SALT).state.time == 100
    with pytest.raises(ValueError, match="not older"):
        transition(venue(market()), batch, prices(MARK), 99, QUIET, SALT)


def test_a_price_of_one_micro_dollar_is_one() -> None:
    batch = Batch(slots=(), lanes=())
    after = transition(genesis(), batch, prices(1), 1, PARAMS, SALT).state
    assert (after.marks, after.salt) == (prices(1), SALT)


def test_an_account_that_is_not_open_is_an_error() -> None:
    for slot in (order(9, 1), Decoy(9)):
        with pytest.raises(KeyError):
            executed(venue(market(), a1=account(1, RICH)), slot)


@settings(max_examples=25)
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


@settings(max_examples=15)
@given(st.permutations(range(1, TRADERS + 1)), st.data())
def test_permuting_orders_of_distinct_accounts_changes_no_price(accounts, data) -> None:  # type: ignore[no-untyped-def]
    batch = [replace(data.draw(ORDERS), account=account) for account in sorted(accounts)]
    shuffled = [batch[account - 1] for account in accounts]
    before, _ = settle(genesis(), *batch)
    after, _ = settle(genesis(), *shuffled)
    assert before.markets == after.markets


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
    moved = (replace(state.markets[0], kappa=Kappa(1)), *state.markets[1:])
    assert replace(state, markets=moved).root() != state.root()
    for change in ({"funding": -1}, {"funding_rate": 1}, {"variance": 1}, {"price": 1}):
        other = (state.underlyings[0], replace(state.underlyings[1], **change))  # type: ignore[arg-type]
        assert replace(state, underlyings=other).root() != state.root()
    assert replace(state, time=1).root() != state.root()
    richer = replace(state.accounts[1], cash=Money(1))
    assert state.with_account(1, richer).root() != state.root()
