"""The statement and the circuit inputs of one executed batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from prover.safety_inputs import cells_inputs, table_inputs, windows
from prover.takeover_inputs import slot_hints
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.domains import PARAMS, TABLE
from undertow.crypto.eddsa import PrivateKey, Signature
from undertow.crypto.field import to_field
from undertow.crypto.merkle import Proof, Tree
from undertow.crypto.poseidon import poseidon
from undertow.crypto.signature_digits import signature_digits
from undertow.engine.batch import Batch, Execution, authority_of
from undertow.engine.certificate import safeguards
from undertow.engine.lots import lot_prices
from undertow.engine.markets import price_sheet
from undertow.engine.requests import Answer
from undertow.protocol.account import SKEWS
from undertow.protocol.accruals import ACCRUALS
from undertow.protocol.layout import LEVELS, SECRET_WIDTH
from undertow.protocol.order import Order
from undertow.protocol.order_set import set_root
from undertow.protocol.params import NO_FUNDING, MarketParams, pricing_words
from undertow.protocol.prices import marks_of, pack_marks
from undertow.protocol.sheet import INSTRUMENTS, RISK_WORD, UNDERLYINGS
from undertow.protocol.state import LEDGER_WORDS, State, market_row
from undertow.protocol.statement import (
    BatchHouse,
    RequestsHouse,
    Served,
    Touch,
    request_words,
    settle_words,
)
from undertow.protocol.underlying import UNDERLYING_WORDS
from undertow.protocol.units import UnitPrice
from undertow.protocol.venue import Venue
from undertow.protocol.words import Signals, signals

NO_SIGNATURE = Signature(BASE8, 0)
"""Stands in empty slots, where the circuit does not look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A batch as it was committed: with a signature for each order and all salts."""

    batch: Batch
    signatures: tuple[Signature | None, ...]
    salts: tuple[int, ...]
    """One for each slot."""
    house_salt: int
    """Of the state that it leads to."""

    def root(self, venue: Venue, batch_number: int) -> int:
        """Return the set root."""
        messages = [
            action.message(venue.word) if isinstance(action, Order) else action.account
            for action in self.batch.slots
        ]
        return set_root(batch_number, self.batch.lanes, self.house_salt, messages, self.salts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a prover needs: the public words, the signals and the inputs of the circuit."""

    words: tuple[int, ...]
    signals: Signals
    inputs: dict[str, Any]


def settle_job(
    state: State,
    committed: Committed,
    execution: Execution,
    prices: Sequence[UnitPrice],
    time: int,
    params: MarketParams,
    venue: Venue,
) -> Job:
    """Return the job that proves an execution of a committed batch from ``state``."""
    number, after = state.batch_number + 1, execution.state
    touches = [slot.touch() for slot in execution.slots]
    words = settle_words(
        venue,
        number,
        (state.root(), after.root()),
        committed.root(venue, number),
        marks_of(prices, after.halted),
        time,
        params.hash(),
        batch_house(execution),
        touches,
    )
    public = signals(words)
    lanes = committed.batch.lanes
    inputs: dict[str, Any] = {
        "z": public.z,
        "venue": [venue.chain_id, venue.contract],
        "batch": number,
        "price": list(prices),
        "halted": halted_input(after),
        "time": time,
        "params": params_input(params),
        "top": state.tree.level(LEVELS),
        **state_inputs(state),
        "newHouseSalt": committed.house_salt,
        "timeBefore": state.time,
        "marks": pack_marks(state.marks, state.halted),
        **table_inputs(state.safety, after.safety, execution.clean),
        "lane": list(lanes),
        "row": [market_row(state.markets[lane]) for lane in lanes],
        "pricing": [pricing_words(params.market(lane)) for lane in lanes],
        "flow": [to_field(execution.clearings[lane].flow) for lane in lanes],
        "side": [to_field(execution.clearings[lane].side) for lane in lanes],
        "traded": [sum(map(abs, execution.clearings[lane].fills)) for lane in lanes],
        **_slot_inputs(state, committed, execution, touches, params),
    }
    return Job(words=tuple(words), signals=public, inputs=inputs)


def requests_job(
    state: State,
    after: State,
    answers: Sequence[Answer],
    number: int,
    params: MarketParams,
    operator: PrivateKey,
    venue: Venue,
) -> Job:
    """Return the job that proves the answers to a run of requests from ``state``."""
    served = [
        Served(a.request.word(), a.request.key, a.paid, a.leaf(), a.ciphertext()) for a in answers
    ]
    words = request_words(
        venue,
        number,
        (state.root(), after.root()),
        operator.public,
        params.hash(),
        RequestsHouse(sealed=after.sealed()),
        served,
    )
    public = signals(words)
    inputs: dict[str, Any] = {
        "z": public.z,
        "venue": [venue.chain_id, venue.contract],
        "run": number,
        "operatorKey": list(operator.public),
        "operatorBits": [operator.scalar >> i & 1 for i in range(SECRET_WIDTH)],
        "params": params_input(params),
        "accounts": state.tree.root,
        **state_inputs(state),
        "time": state.time,
        "mark": list(state.marks),
        "halted": halted_input(state),
        "table": state.safety.ring_words(),
        "windows": windows(state.safety),
        **_request_inputs(state, answers),
    }
    return Job(words=tuple(words), signals=public, inputs=inputs)


def batch_house(execution: Execution) -> BatchHouse:
    """Return what a batch publishes of the house's half of the state that it leads to."""
    after = execution.state
    return BatchHouse(sealed=after.sealed(), accruals=after.accruals, clean=int(execution.clean))


def halted_input(state: State) -> list[int]:
    """Return a bit for each underlying, 1 where the state's mark is no price."""
    return [state.halted >> u & 1 for u in range(UNDERLYINGS)]


def _request_inputs(state: State, answers: Sequence[Answer]) -> dict[str, Any]:
    tree = state.tree.copy()
    rows: list[dict[str, Any]] = []
    for answer in answers:
        request = answer.request
        rows.append(
            {
                "word": request.word(),
                "key": list(request.key),
                "account": answer.before.words(),
                **cells_inputs(answer.before.cells, state.safety),
                "children": path_inputs(tree, request.account),
            }
        )
        tree.update(request.account, answer.leaf())
    return {name: [row[name] for row in rows] for name in rows[0]}


def params_input(params: MarketParams) -> list[int]:
    """Return the bus of the parameters."""
    instruments = range(INSTRUMENTS)
    risks = [params.risk(i) for i in instruments]
    return [
        *(getattr(risk, field.name) for risk in risks for field in RISK_WORD.fields),
        *(params.market(i).skew_cap for i in instruments),
        *(params.market(i).units for i in instruments),
        *(poseidon(pricing_words(params.market(i)), PARAMS) for i in instruments),
        *(number for rule in params.funding for number in astuple(rule or NO_FUNDING)),
        params.taker_fee,
        params.maker_fee,
        params.profit_cap,
        params.vesting,
        params.jump,
        params.penalty,
        params.grace,
    ]


def state_inputs(state: State) -> dict[str, Any]:
    """Return the house's half of a state but for its marks, which the circuits take apart."""
    return {
        "markets": [
            *SKEWS.pack([market.skew for market in state.markets]),
            *(word for row in state.underlyings for word in UNDERLYING_WORDS.words(row)),
            *(poseidon(market_row(market), TABLE) for market in state.markets),
        ],
        "ledger": LEDGER_WORDS.words(state.ledger),
        "uncleanSince": state.unclean_since,
        "houseSalt": state.salt,
        "accruals": ACCRUALS.pack(state.accruals)[0],
    }


def path_inputs(tree: Tree, index: int) -> list[list[int]]:
    """Return the eight children of each node on a leaf's path, from the leaf up."""
    proof: Proof = tree.proof(index)
    value = tree.get(index)
    path = []
    for siblings in proof:
        place = index % 8
        children = [*siblings[:place], value, *siblings[place:]]
        path.append(children)
        value = tree.parent(children)
        index //= 8
    return path


def _slot_inputs(
    state: State,
    committed: Committed,
    execution: Execution,
    touches: Sequence[Touch],
    params: MarketParams,
) -> dict[str, Any]:
    tree, after = state.tree.copy(), execution.state
    by, prices = safeguards(after.underlyings, params), lot_prices(after.marks, params)
    sheet = price_sheet(after.underlyings, prices, params)
    rows: list[dict[str, Any]] = []
    for slot, signature, salt, touch in zip(
        execution.slots, committed.signatures, committed.salts, touches, strict=True
    ):
        signed = signature or NO_SIGNATURE
        rows.append(
            {
                "index": slot.account,
                "authority": authority_of(slot.action),
                "word": slot.order.pack() if slot.order else 0,
                "signature": [*signed.r8, *signature_digits(signed.s)],
                "salt": salt,
                "lots": abs(slot.fill),
                "cells": slot.after.cells,
                "hints": slot_hints(slot, by, sheet, prices, after.safety),
                "account": slot.before.words(),
                "children": path_inputs(tree, slot.account)[:LEVELS],
            }
        )
        tree.update(slot.account, touch.leaf)
    return {name: [row[name] for row in rows] for name in rows[0]}
