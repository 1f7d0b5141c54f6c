"""An order: opened and signed for, and judged as `judge_order` does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.circuits.batches import MAX_PRICE, Case, history
from tests.circuits.buses import (
    book,
    case_units,
    held,
    lane,
    order_fields,
    repeated,
    sheet_of,
    signed,
    terms,
)
from tests.circuits.harness import Circuit
from tests.strategies import NEVER, VENUE, key
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.field import R
from undertow.crypto.signature_digits import signature_digits
from undertow.engine.margin import book_of, holds_any
from undertow.protocol.order import Order
from undertow.protocol.sheet import underlying
from undertow.protocol.units import Lots, Price

Compile = Callable[[str], Circuit]
READ = "authorities/order.circom: ReadOrder()"
JUDGE = "authorities/order.circom: JudgeOrder()"
EDGE = (1 << 29) - 1
ORDER = Order(5, 13, Lots(0), Lots(EDGE), Price(MAX_PRICE), 3, NEVER, True, False, (1 << 20) - 1)


def signed_order(order: Order = ORDER) -> dict[str, Any]:
    signature = key(order.account).sign(order.message(VENUE.word))
    return {
        "on": 1,
        "venue": VENUE.word,
        "account": order.account,
        "owner": key(order.account).public,
        "word": order.pack(),
        "signature": [*signature.r8, *signature_digits(signature.s)],
    }


def test_read_order(circuit: Compile) -> None:
    tested = circuit(READ)
    outputs = {
        "order.instrument": 13,
        "order.bid": 0,
        "order.ask": EDGE,
        "order.limitPrice": MAX_PRICE,
        "order.nonce": 3,
        "order.expiry": NEVER,
        "order.reduceOnly": 1,
        "order.immediateOrCancel": 0,
        "order.feeCap": ORDER.fee_cap,
        "message": ORDER.message(VENUE.word),
        **{f"instrumentBits[{i}]": 13 >> i & 1 for i in range(4)},
    }
    tested.agrees(signed_order(), outputs)
    for change in (
        {"account": 6},
        {"owner": key(6).public},
        {"venue": VENUE.word + 1},
        {"word": ORDER.pack() + 1},
        {"word": 1 << 250},
        {"word": R - 1},
    ):
        tested.refuses({**signed_order(), **change})
    assert tested.count == tested.cost


def test_without_the_authority_there_is_no_order(circuit: Compile) -> None:
    """Whoever owns the account: its key is not looked at. The set root commits its index."""
    tested = circuit(READ)
    off = {**signed_order(), "on": 0, "word": 0, "signature": [*BASE8, *signature_digits(0)]}
    for owner in (key(5).public, (0, 1)):
        values = tested.agrees({**off, "owner": owner}, {"message": 5, "order.ask": 0})
        assert tested.value(values, "order.limitPrice") == 0
        assert not tested.accepts(tested.forge(values, {"message": 0}))
    tested.agrees({**off, "account": 6}, {"message": 6})
    tested.refuses({**off, "word": ORDER.pack()})


def price_of(case: Case, instrument: int) -> int:
    """Return what the slot has of the lane's clearing, 0 of none."""
    clearing = case.execution.clearings.get(instrument)
    return clearing.price if clearing is not None else 0


def judged(order: Order, account: Any, **given: Any) -> dict[str, Any]:
    return {
        "on": 1,
        "second": underlying(order.instrument),
        "order": order_fields(order),
        "account": account.words(),
        "position": signed(account.positions[order.instrument]),
        **given,
    }


@pytest.mark.parametrize("seed", range(10))
def test_judge_order(circuit: Compile, seed: int) -> None:
    tested = circuit(JUDGE)
    for case in history(seed, 4):
        sheet = sheet_of(case)
        for slot in case.execution.slots:
            if slot.order is None:
                continue
            verdict, again = slot.verdict, repeated(case, slot)
            inputs = judged(
                slot.order,
                slot.before,
                repeated=again,
                stuck=int(holds_any(book_of(slot.before), case.stopped)),
                held=held(slot.before.positions),
                unit=case_units(case),
                book=book(slot.before.cash, slot.before.positions, sheet),
                price=price_of(case, slot.order.instrument),
                lane=lane(case, slot.order.instrument),
                terms=terms(case),
            )
            outputs = {"eligible": int(verdict.eligible), "reason": verdict.reason}
            if not again:
                effect = verdict.effect
                outputs |= {
                    "effect.left": abs(effect.left),
                    "effect.carried": effect.carried,
                    "effect.limit": effect.limit,
                    "effect.nonce": effect.nonce,
                    "effect.spends": int(effect.spends),
                }
            named = {f"verdict.{name}": value for name, value in outputs.items()}
            values = tested.agrees(inputs, named)
            for lie in ("eligible", "reason"):
                forged = {f"verdict.{lie}": outputs[lie] + 1}
                assert not tested.accepts(tested.forge(values, forged))
    assert tested.count == tested.cost


def test_without_the_authority_the_verdict_is_zero(circuit: Compile) -> None:
    """Of an account with a nonce of zero, which the zero order continues, too."""
    tested = circuit(JUDGE)
    case = next(history(2, 1))
    account = case.before.accounts[1]
    for nonce in (0, 7):
        words = [*account.words()[:4], nonce, 50, *account.words()[6:]]
        inputs = {
            "on": 0,
            "repeated": 0,
            "second": 0,
            "order": [0] * 11,
            "price": 5 << 40,
            "account": words,
            "position": signed(account.positions[0]),
            "stuck": 0,
            "held": held(account.positions),
            "unit": case_units(case),
            "book": book(account.cash, account.positions, sheet_of(case)),
            "lane": lane(case, 0),
            "terms": terms(case),
        }
        fields = ("instrument", "isSell", "left", "limit", "nonce", "carried", "spends")
        outputs = {f"verdict.effect.{field}": 0 for field in fields}
        tested.agrees(inputs, {"verdict.eligible": 0, "verdict.reason": 0, **outputs})
