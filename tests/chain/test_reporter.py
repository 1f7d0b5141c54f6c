"""Reports: signed for one moment and venue, read back as written, all of them evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_abi.abi import decode
from eth_account import Account

from tests.chain.node import DEPLOYMENT
from undertow.chain.reporter import Report, evidence, sign
from undertow.errors import FieldError
from undertow.protocol.errors import PriceRangeError
from undertow.protocol.units import UnitPrice
from venue.local import chain_key


def report(index: int, price: int, time: int = 100) -> Report:
    prices = [UnitPrice(price), UnitPrice(0)]
    return sign(DEPLOYMENT, chain_key(index), time, prices)


def address(index: int) -> int:
    return int(Account.from_key(chain_key(index)).address, 16)


def test_a_report_is_read_back_and_names_its_signer_for_one_venue_alone() -> None:
    made = report(1, 500)
    assert Report.from_json(made.to_json()) == made
    assert made.signer(DEPLOYMENT) == address(1)
    assert made.signer(replace(DEPLOYMENT, chain_id=1)) != address(1)
    assert made.signer(replace(DEPLOYMENT, oracle="0x" + "0d" * 20)) != address(1)
    assert replace(made, time=101).signer(DEPLOYMENT) != address(1)


@pytest.mark.parametrize("change", [{"signature": "0x12"}, {"word": 5}, {"time": "1"}, {"x": 1}])
def test_what_is_no_report_is_named(change: dict[str, object]) -> None:
    with pytest.raises(FieldError, match="report"):
        Report.from_json({**report(1, 500).to_json(), **change})


def test_evidence_goes_by_rising_signer() -> None:
    reports = [report(i, 500) for i in range(1, 5)]
    (rows,) = decode(["(uint256,bytes)[]"], evidence(DEPLOYMENT, reports))
    ordered = sorted(reports, key=lambda item: item.signer(DEPLOYMENT))
    assert [row[1] for row in rows] == [item.signature for item in ordered]


def test_a_report_with_bits_that_are_of_no_price_is_refused() -> None:
    with pytest.raises(PriceRangeError, match="of no unit price"):
        Report.from_json({**report(1, 500).to_json(), "word": hex(1 << 52)})
