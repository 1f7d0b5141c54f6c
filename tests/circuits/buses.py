"""Nouns as the circuits' buses take them: their words, one after another."""

from __future__ import annotations

from collections.abc import Sequence

from prover.inputs import params_input
from prover.safety_inputs import holdings
from tests.circuits.batches import PARAMS, Case
from tests.strategies import VENUE
from undertow.crypto.field import to_field
from undertow.engine.batch import Slot
from undertow.engine.interest import room_of
from undertow.engine.maintenance import holdings as held_of
from undertow.engine.maintenance import shocks
from undertow.engine.markets import price_sheet
from undertow.engine.price import premium, supply_of, within_cap
from undertow.engine.share import net_flow_share
from undertow.engine.spread import half_spreads
from undertow.engine.verdict import Verdict
from undertow.protocol.market import Market
from undertow.protocol.order import ORDER_WORD, Order
from undertow.protocol.params import NO_FUNDING, MarketParams
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS, Entry, underlying
from undertow.protocol.state import market_row
from undertow.protocol.units import Lots, money

PARAMS_WORDS = params_input(PARAMS)
RISKS = PARAMS_WORDS[: 3 * INSTRUMENTS]


def signed(value: int) -> list[int]:
    """Return a Signed."""
    return [abs(value), int(value < 0), to_field(value)]


def stored(lots: Sequence[Lots]) -> list[list[int]]:
    """Return a Position of each instrument."""
    return [signed(one)[:2] for one in lots]


def market(known: Market, mark: int) -> list[int]:
    """Return a Market at a mark."""
    return [*signed(known.skew), mark, *market_row(known)]


def entry(line: Entry) -> list[int]:
    """Return an Entry."""
    return [to_field(line.value), line.step]


def units_of(
    prices: Sequence[int], indices: Sequence[int], accruals: Sequence[int], params: MarketParams
) -> list[list[int]]:
    """Return a Unit of each underlying."""
    shock, cells = shocks(params), [(rule or NO_FUNDING).cell for rule in params.funding]
    return [
        [
            prices[u],
            to_field((prices[u] << 16) - indices[u]),
            to_field((prices[u] - accruals[u]) << 16),
            prices[u] * shock[u],
            cells[u],
        ]
        for u in range(UNDERLYINGS)
    ]


def case_units(case: Case) -> list[list[int]]:
    """Return a Unit of each underlying at a batch's marks."""
    known = case.execution.state.underlyings
    return units_of(
        case.prices, [one.index for one in known], [one.accrual for one in known], PARAMS
    )


def held(positions: Sequence[Lots], params: MarketParams = PARAMS) -> list[int]:
    """Return the Holdings of positions."""
    return holdings(held_of(positions, params))


def order_fields(order: Order) -> list[int]:
    """Return an Order."""
    return [int(getattr(order, field.name)) for field in ORDER_WORD.fields]


def book(cash: int, positions: Sequence[Lots], sheet: Sequence[Entry]) -> list[int]:
    """Return a Book, summed as the engine's margin does it, instrument by instrument."""
    equity, add_ons, cells, losses = cash, 0, 0, [0] * UNDERLYINGS
    for i, (lots, line) in enumerate(zip(positions, sheet, strict=True)):
        equity += lots * line.value
        add_ons += (abs(lots) * line.contingency << 17) + lots * lots * line.concentration
        cells += abs(lots) * line.cell
        losses[underlying(i)] += lots * line.step
    return [to_field(equity), add_ons, sum(map(abs, losses)), cells]


def verdict(given: Verdict) -> list[int]:
    """Return a Verdict."""
    effect = given.effect
    left, sells = abs(effect.left), int(effect.left < 0)
    words = [int(given.eligible), given.reason, effect.instrument, sells, left]
    return [*words, effect.limit, effect.nonce, effect.carried, int(effect.spends)]


def hot(index: int) -> list[int]:
    """Return 1 at an instrument, else 0."""
    return [int(i == index) for i in range(INSTRUMENTS)]


def sheet_of(case: Case) -> tuple[Entry, ...]:
    """Return a batch's sheet."""
    return price_sheet(case.execution.state.underlyings, case.lots, PARAMS)


def lane(case: Case, instrument: int) -> list[int]:
    """Return a Lane of a batch, all zero where the batch has none."""
    if instrument not in case.committed.batch.lanes:
        return [0] * 5
    mark, free = case.lots[instrument], not case.stopped >> instrument & 1
    risk, units = PARAMS.risk(instrument), PARAMS.market(instrument).units
    return [int(mark > 0 and free), mark, units, risk.contingency, risk.concentration]


def clearing(case: Case, instrument: int) -> list[int]:
    """Return a Clearing of a batch, all zero where the batch has none."""
    cleared = case.execution.clearings.get(instrument)
    if cleared is None:
        return [0] * 6
    advanced = case.execution.advanced[instrument]
    further = cleared.flow + cleared.side
    offered = supply_of(
        advanced,
        case.lots[instrument],
        PARAMS.market(instrument),
        PARAMS.maker_fee,
        grows=case.execution.house_grows,
        spread=half_spreads(case.execution.state.underlyings, PARAMS)[underlying(instrument)],
    )
    following = money(case.lots[instrument]) + premium(offered, further)
    beyond = int(not within_cap(offered, further))
    price, side = to_field(cleared.price), to_field(cleared.side)
    sign, share = to_field(taker_sign(advanced, cleared.flow)), net_flow_share(cleared.fills)
    return [price, to_field(following), beyond, side, sign, share]


def taker_sign(known: Market, flow: int) -> int:
    """Return the sign of the fills that pay the taker's fee, zero without a flow."""
    grows = abs(known.skew + flow) > abs(known.skew)
    return (1 if grows else -1) * ((flow > 0) - (flow < 0))


def terms(case: Case) -> list[int]:
    """Return the Terms of a batch."""
    fees = [PARAMS.taker_fee, PARAMS.maker_fee]
    room = room_of(case.before.ledger, len(case.execution.slots))
    return [VENUE.word, case.time, *fees, PARAMS.profit_cap, PARAMS.vesting, room]


def repeated(case: Case, slot: Slot) -> int:
    """Return 1 for a slot behind an earlier one of its account."""
    before = case.execution.slots[: case.execution.slots.index(slot)]
    return int(any(other.account == slot.account for other in before))
