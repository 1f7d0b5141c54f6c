"""The statement and the circuit inputs of one executed batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.domains import PARAMS, TABLE
from undertow.crypto.eddsa import PrivateKey, Signature
from undertow.crypto.field import to_field
from undertow.crypto.merkle import Proof, Tree
from undertow.crypto.poseidon import poseidon
from undertow.crypto.signature_digits import signature_digits
from undertow.engine.batch import Batch, Execution, Slot
from undertow.engine.requests import Answer
from undertow.protocol.account import Account, pack_positions
from undertow.protocol.order_set import EMPTY_MESSAGE, set_root
from undertow.protocol.params import VenueParams, rule
from undertow.protocol.prices import pack_prices
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.state import State, market_row
from undertow.protocol.statement import (
    Served,
    Touch,
    request_words,
    settle_words,
)
from undertow.protocol.units import Price
from undertow.protocol.venue import Venue
from undertow.protocol.words import Signals, signals

NO_SIGNATURE = Signature(BASE8, 0)
"""Stands in empty slots, where the circuit does not look at it."""


LEVELS = 6
"""Levels of the accounts' tree that a slot proves; above them the batch carries all 64 nodes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A batch as it was committed: with a signature for each order and a salt for each slot."""

    batch: Batch
    signatures: tuple[Signature | None, ...]
    salts: tuple[int, ...]

    def root(self, venue: Venue, batch_number: int) -> int:
        """Return the set root."""
        messages = [o.message(venue.word) if o else EMPTY_MESSAGE for o in self.batch.orders()]
        return set_root(batch_number, self.batch.lanes, messages, self.salts)


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
    prices: Sequence[Price],
    time: int,
    params: VenueParams,
    venue: Venue,
) -> Job:
    """Return the job that proves an execution of a committed batch from ``state``."""
    number = state.batch_number + 1
    touches = [Touch(slot.index, slot.after.leaf(), slot.ciphertext()) for slot in execution.slots]
    words = settle_words(
        venue,
        number,
        (state.root(), execution.state.root()),
        committed.root(venue, number),
        prices,
        time,
        params.hash(),
        touches,
    )
    public = signals(words)
    lanes = committed.batch.lanes
    inputs: dict[str, Any] = {
        "z": public.z,
        "chainId": venue.chain_id,
        "contract": venue.contract,
        "batchNumber": number,
        "price": list(prices),
        "time": time,
        "lane": list(lanes),
        "rule": [rule(params.market(lane)) for lane in lanes],
        "flow": [to_field(execution.clearings[lane].flow) for lane in lanes],
        "side": [to_field(execution.clearings[lane].side) for lane in lanes],
        **params_inputs(params),
        **_without(venue_inputs(state), "accountsRoot"),
        "cap": state.tree.level(LEVELS),
        "row": [market_row(state.markets[lane]) for lane in lanes],
        **_slot_inputs(state, committed, execution.slots, touches),
    }
    return Job(words=tuple(words), signals=public, inputs=inputs)


def requests_job(
    state: State,
    after: State,
    answers: Sequence[Answer],
    number: int,
    params: VenueParams,
    operator: PrivateKey,
    venue: Venue,
) -> Job:
    """Return the job that proves the answers to a run of requests from ``state``."""
    served = [
        Served(a.request.word(), a.request.key, a.paid, a.leaf(), a.ciphertext()) for a in answers
    ]
    words = request_words(
        venue, number, (state.root(), after.root()), operator.public, params.hash(), served
    )
    public = signals(words)
    inputs: dict[str, Any] = {
        "z": public.z,
        "chainId": venue.chain_id,
        "contract": venue.contract,
        "batchNumber": number,
        "operatorKey": list(operator.public),
        "operatorBits": [operator.scalar >> i & 1 for i in range(252)],
        "price": list(state.marks),
        **params_inputs(params),
        **_without(venue_inputs(state), "marks"),
        **_request_inputs(state, answers),
    }
    return Job(words=tuple(words), signals=public, inputs=inputs)


def _request_inputs(state: State, answers: Sequence[Answer]) -> dict[str, Any]:
    tree = state.tree.copy()
    rows: list[dict[str, Any]] = []
    for answer in answers:
        request = answer.request
        rows.append(
            {
                "word": request.word(),
                "key": list(request.key),
                **account_inputs(answer.before),
                "children": path_inputs(tree, request.account),
            }
        )
        tree.update(request.account, answer.leaf())
    return {name: [row[name] for row in rows] for name in rows[0]}


def _without(inputs: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if key != name}


def params_inputs(params: VenueParams) -> dict[str, Any]:
    """Return the parameters as both circuits take them."""
    instruments = range(INSTRUMENTS)
    return {
        "shock": [params.risk(i).shock for i in instruments],
        "contingency": [params.risk(i).contingency for i in instruments],
        "concentration": [params.risk(i).concentration for i in instruments],
        "skewCap": [params.market(i).skew_cap for i in instruments],
        "ruleHash": [poseidon(rule(params.market(i)), PARAMS) for i in instruments],
        "takerFee": params.taker_fee,
        "makerFee": params.maker_fee,
        "profitCap": params.profit_cap,
    }


def venue_inputs(state: State) -> dict[str, Any]:
    """Return accounts' root, market table, ledger and marks as both circuits take them."""
    ledger = state.ledger
    money = (ledger.house_cash, ledger.insurance, ledger.fee_pool, ledger.sum_cash)
    return {
        "accountsRoot": state.tree.root,
        "skews": list(pack_positions([market.skew for market in state.markets])),
        "funding": [to_field(market.funding_index) for market in state.markets],
        "rowHash": [poseidon(market_row(market), TABLE) for market in state.markets],
        "ledger": [to_field(value) for value in money],
        "marks": list(pack_prices(state.marks)),
    }


def account_inputs(account: Account) -> dict[str, Any]:
    """Return the fields of a leaf as both circuits take them."""
    return {
        "owner": list(account.owner),
        "viewKey": account.view_key,
        "version": account.version,
        "nonce": account.nonce,
        "filled": account.filled,
        "cash": to_field(account.cash),
        "netDeposits": to_field(account.net_deposits),
        "positions": list(pack_positions(account.positions)),
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
    state: State, committed: Committed, slots: Sequence[Slot], touches: Sequence[Touch]
) -> dict[str, Any]:
    tree = state.tree.copy()
    rows: list[dict[str, Any]] = []
    for slot, signature, salt, touch in zip(
        slots, committed.signatures, committed.salts, touches, strict=True
    ):
        signed = signature or NO_SIGNATURE
        rows.append(
            {
                "index": slot.index,
                "occupied": int(slot.order is not None),
                "word": slot.order.pack() if slot.order else 0,
                "r8": list(signed.r8),
                "digits": signature_digits(signed.s),
                "salt": salt,
                "lots": abs(slot.fill),
                **account_inputs(slot.before),
                "children": path_inputs(tree, slot.index)[:LEVELS],
            }
        )
        tree.update(slot.index, touch.leaf)
    return {name: [row[name] for row in rows] for name in rows[0]}
