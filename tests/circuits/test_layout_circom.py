"""circuits/generated/layout.circom packs, opens and hashes as Python does."""

from __future__ import annotations

from tests.circuits.harness import Circuit
from undertow.crypto.babyjubjub import BASE8
from undertow.crypto.field import R, to_field
from undertow.protocol.account import Account
from undertow.protocol.delta import Delta
from undertow.protocol.market import Market
from undertow.protocol.order import Order
from undertow.protocol.prices import marks_of
from undertow.protocol.request import Kind, Request
from undertow.protocol.state import HOUSE_WORDS, SEALED_WORDS, Ledger, State
from undertow.protocol.statement import (
    BatchHouse,
    RequestsHouse,
    Served,
    Touch,
    request_words,
    settle_words,
)
from undertow.protocol.underlying import Underlying
from undertow.protocol.units import Lots, MicroUsd, Money, Price, UnitPrice
from undertow.protocol.venue import Venue

SOURCE = """
pragma circom 2.2.0;
include "../../../circuits/generated/layout.circom";
template All() {
    input Account() account;
    input Ledger() ledger;
    input SealedWords() sealed;
    input HouseWords() house;
    input StateWords() state;
    input Delta() delta;
    signal input orderWord;
    signal input requestWord;
    input BatchHeader() batchHeader;
    input BatchHouse() batchHouse;
    input Touch() touch[2];
    input RequestsHeader() requestsHeader;
    input RequestsHouse() requestsHouse;
    input Served() served[2];
    signal output leaf;
    signal output ledgerHash;
    signal output sealedHash;
    signal output houseHash;
    signal output root;
    signal output deltaWord;
    output Order() order;
    output Request() request;
    signal output batch[21];
    signal output requests[22];

    leaf <== Leaf()(account);
    ledgerHash <== LedgerHash()(ledger);
    sealedHash <== SealedHash()(sealed);
    houseHash <== HouseHash()(house);
    root <== StateRoot()(state);
    deltaWord <== PackDelta()(delta);
    component openOrder = OpenOrder();
    openOrder.word <== orderWord;
    order <== openOrder.order;
    component openRequest = OpenRequest();
    openRequest.word <== requestWord;
    request <== openRequest.request;
    batch <== BatchWords(2)(batchHeader, batchHouse, touch);
    requests <== RequestsWords(2)(requestsHeader, requestsHouse, served);
}
component main = All();
"""
HELD = tuple(Lots(i - 8) for i in range(16))
ACCOUNT = Account(BASE8, 5, 6, 7, Lots(8), Money(-9), Money(10), Money(11), 12, HELD, 1 << 26)
ORDER = Order(
    account=9, instrument=5, bid=Lots(0), ask=Lots(77), limit_price=Price(123), nonce=4,
    expiry=8, immediate_or_cancel=True, fee_cap=300,
)  # fmt: skip
DELTA = Delta(
    instrument=5,
    reason=8,
    fill=Lots(-3),
    nonce=4,
    filled=Lots(6),
    cells=(1 << 27) - 1,
    cash=Money(-(1 << 90)),
)
"""Both signed fields are negative."""


def test_the_circuits_side_is_pythons() -> None:
    tested = Circuit(SOURCE)
    place = Venue(31337, 1 << 159)
    batch = settle_words(
        place, 3, (11, 12), 13, marks_of([UnitPrice(5), UnitPrice(6)], 2), 14, 15,
        BatchHouse(sealed=22, accruals=[MicroUsd(-8), MicroUsd(7)], clean=1),
        [Touch(16, 17, 18, 19), Touch(20, 21, 22, 23)],
    )  # fmt: skip
    requests = request_words(
        place,
        3,
        (11, 12),
        BASE8,
        13,
        RequestsHouse(sealed=19),
        [Served(20, BASE8, 21, 22, 23), Served(30, BASE8, 31, 32, 33)],
    )
    request = Request(Kind.WITHDRAW, 9, 5)
    ledger = Ledger(
        house_cash=Money(-1),
        insurance=Money(2),
        fee_pool=Money(3),
        sum_cash=Money(4),
        bad_debt=Money(5),
        open_interest=Lots(6),
    )
    state = State(
        markets=tuple(Market(skew=Lots(i - 7)) for i in range(16)),
        underlyings=tuple(Underlying(funding=-i, accrual=MicroUsd(-9 * i)) for i in range(2)),
        time=77,
        marks=(UnitPrice(5), UnitPrice(9)),
        halted=1,
        salt=R - 5,
    )
    sealed, house = state.sealed_words(), state.house_words()
    delta = [DELTA.instrument, DELTA.reason, DELTA.fill, DELTA.nonce, DELTA.filled]
    delta += [DELTA.cells, DELTA.cash]
    witness = tested.witness(
        {
            "account": ACCOUNT.words(),
            "ledger": [to_field(value) for value in (-1, 2, 3, 4, 5, 6)],
            "sealed": SEALED_WORDS.words(sealed),
            "house": HOUSE_WORDS.words(house),
            "state": [state.tree.root, HOUSE_WORDS.hash(house)],
            "delta": [to_field(value) for value in delta],
            "orderWord": ORDER.pack(),
            "requestWord": request.word(),
            "batchHeader": batch[:10],
            "batchHouse": batch[10:13],
            "touch": batch[13:],
            "requestsHeader": requests[:9],
            "requestsHouse": requests[9:10],
            "served": requests[10:],
        }
    )
    assert tested.accepts(witness)
    expected = {
        "leaf": ACCOUNT.leaf(),
        "ledgerHash": ledger.hash(),
        "sealedHash": state.sealed(),
        "houseHash": HOUSE_WORDS.hash(house),
        "root": state.root(),
        "deltaWord": DELTA.pack() % R,
        "order.ask": 77,
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
