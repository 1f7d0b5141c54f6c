"""circuits/generated/layout.circom packs, opens and hashes as Python does."""

from __future__ import annotations

from tests.circuits.harness import Circuit
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.field import R, to_field
from undertow.protocol.account import Account
from undertow.protocol.delta import Delta
from undertow.protocol.order import Order
from undertow.protocol.request import Kind, Request
from undertow.protocol.state import Ledger, State
from undertow.protocol.statement import Served, Touch, request_words, settle_words
from undertow.protocol.units import Lots, Money, Price
from undertow.protocol.venue import Venue

SOURCE = """
pragma circom 2.2.0;
include "../../../circuits/generated/layout.circom";
template All() {
    input Account() account;
    input Ledger() ledger;
    input StateWords() state;
    input Delta() delta;
    signal input orderWord;
    signal input requestWord;
    input BatchHeader() batchHeader;
    input Touch() touch[2];
    input RequestsHeader() requestsHeader;
    input Served() served[2];
    signal output leaf;
    signal output ledgerHash;
    signal output root;
    signal output deltaWord;
    output Order() order;
    output Request() request;
    signal output batch[18];
    signal output requests[21];

    leaf <== Leaf()(account);
    ledgerHash <== LedgerHash()(ledger);
    root <== StateRoot()(state);
    deltaWord <== PackDelta()(delta);
    component openOrder = OpenOrder();
    openOrder.word <== orderWord;
    order <== openOrder.order;
    component openRequest = OpenRequest();
    openRequest.word <== requestWord;
    request <== openRequest.request;
    batch <== BatchWords(2)(batchHeader, touch);
    requests <== RequestsWords(2)(requestsHeader, served);
}
component main = All();
"""
ACCOUNT = Account(
    BASE8, 5, 6, 7, Lots(8), Money(-9), Money(10), tuple(Lots(i - 8) for i in range(16))
)
ORDER = Order(
    account=9, instrument=5, is_sell=True, size=Lots(77), limit_price=Price(123), nonce=4,
    expiry_batch=8, immediate_or_cancel=True, fee_cap=300,
)  # fmt: skip
DELTA = Delta(
    instrument=5, reason=8, fill=Lots(-3), nonce=4, filled=Lots(6), cash=Money(-(1 << 90))
)
"""Both signed fields are negative."""


def test_the_circuits_side_is_pythons() -> None:
    tested = Circuit(SOURCE)
    place = Venue(31337, 1 << 159)
    batch = settle_words(
        place, 3, (11, 12), 13, [Price(i) for i in range(16)], 14, 15,
        [Touch(16, 17, 18), Touch(19, 20, 21)],
    )  # fmt: skip
    requests = request_words(
        place,
        3,
        (11, 12),
        BASE8,
        13,
        [Served(20, BASE8, 21, 22, 23), Served(30, BASE8, 31, 32, 33)],
    )
    request = Request(Kind.WITHDRAW, 9, 5)
    ledger = Ledger(house_cash=Money(-1), insurance=Money(2), fee_pool=Money(3), sum_cash=Money(4))
    state = State()
    delta = [DELTA.instrument, DELTA.reason, DELTA.fill, DELTA.nonce, DELTA.filled, DELTA.cash]
    witness = tested.witness(
        {
            "account": ACCOUNT.words(),
            "ledger": [to_field(value) for value in (-1, 2, 3, 4)],
            "state": [state.tree.root, state.house_hash()],
            "delta": [to_field(value) for value in delta],
            "orderWord": ORDER.pack(),
            "requestWord": request.word(),
            "batchHeader": batch[:12],
            "touch": batch[12:],
            "requestsHeader": requests[:9],
            "served": requests[9:],
        }
    )
    assert tested.accepts(witness)
    expected = {
        "leaf": ACCOUNT.leaf(),
        "ledgerHash": ledger.hash(),
        "root": state.root(),
        "deltaWord": DELTA.pack() % R,
        "order.isSell": 1,
        "order.limitPrice": ORDER.limit_price,
        "order.immediateOrCancel": 1,
        "order.feeCap": ORDER.fee_cap,
        "request.kind": request.kind,
        "request.account": request.account,
        "request.amount": request.amount,
        **{f"batch[{i}]": word for i, word in enumerate(batch)},
        **{f"requests[{i}]": word for i, word in enumerate(requests)},
    }
    assert {name: tested.value(witness, name) for name in expected} == expected
