"""The file of parameters: read back as written, refused by name when anything is off."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from undertow.protocol import params_file
from undertow.protocol.errors import ParamsFileError, PerpetualError
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.perpetual import Perpetual
from undertow.protocol.sheet import INSTRUMENTS
from undertow.protocol.units import MICRO_USD, MicroUsd
from venue.markets import BTC, LOCAL_GROUP, MICRO

FORM = params_file.to_json(LOCAL_GROUP)
ROW = FORM["markets"][0]
NAMES = ("name", "instrument", "unit", "lots_per_unit")
NUMBERS = [name for name in ROW if name not in NAMES]
"""Every parameter of a market."""
RULE = FORM["funding"][0]
"""The parameters of an underlying's funding."""
TOP = [name for name in FORM if name not in ("markets", "funding")]


def read(path: Path, form: Any) -> MarketGroup:
    path.write_text(form if isinstance(form, str) else json.dumps(form), encoding="utf-8")
    return params_file.load(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "params.json"


@pytest.fixture
def form() -> dict[str, Any]:
    return json.loads(json.dumps(FORM))


def test_what_is_written_is_read_back(path: Path) -> None:
    assert read(path, FORM) == LOCAL_GROUP


@pytest.mark.parametrize("name", NUMBERS)
def test_each_parameter_of_a_market_is_in_the_hash(
    path: Path, form: dict[str, Any], name: str
) -> None:
    # Towards what stays in order: depth_min is below depth_max, which is at most concentration.
    market = form["markets"][0]
    if name == "units":
        # A lot of twice the units is half as many of them to a BTC.
        market["units"], market["lots_per_unit"] = 200, 5_000
    elif name == "shock":
        # An underlying has one.
        for each in form["markets"]:
            each["shock"] += 1
    else:
        market[name] += -1 if name == "depth_max" else 1
    assert read(path, form).params.hash() != LOCAL_GROUP.params.hash()


@pytest.mark.parametrize("name", TOP)
def test_each_parameter_of_the_venue_is_in_the_hash(
    path: Path, form: dict[str, Any], name: str
) -> None:
    form[name] += 1
    assert read(path, form).params.hash() != LOCAL_GROUP.params.hash()


@pytest.mark.parametrize("name", [name for name in RULE if name != "underlying"])
def test_each_parameter_of_funding_is_in_the_hash(
    path: Path, form: dict[str, Any], name: str
) -> None:
    form["funding"][0][name] += 1
    assert read(path, form).params.hash() != LOCAL_GROUP.params.hash()


@pytest.mark.parametrize("name", list(RULE))
def test_a_rule_of_funding_of_another_type_is_named(
    path: Path, form: dict[str, Any], name: str
) -> None:
    form["funding"][0][name] = "1"
    with pytest.raises(ParamsFileError, match=rf"params\.funding\[0\]\.{name}: found .*, expected"):
        read(path, form)


def test_a_market_that_is_left_out_is_in_the_hash(path: Path, form: dict[str, Any]) -> None:
    del form["markets"][0]
    group = read(path, form)
    assert group.perpetuals == (MICRO,)
    assert group.params.hash() != LOCAL_GROUP.params.hash()


@pytest.mark.parametrize("name", list(ROW))
@pytest.mark.parametrize("bad", [None, True, 1.0, "1 ", [], {}, float("nan")], ids=repr)
def test_a_field_of_another_type_is_named(
    path: Path, form: dict[str, Any], name: str, bad: object
) -> None:
    form["markets"][1][name] = bad
    with pytest.raises(ParamsFileError, match=rf"params\.markets\[1\]\.{name}: found .*, expected"):
        read(path, form)


@pytest.mark.parametrize("name", list(FORM))
def test_a_missing_field_is_named(path: Path, form: dict[str, Any], name: str) -> None:
    del form[name]
    with pytest.raises(ParamsFileError, match=f"params: found no {name}, expected the fields .*"):
        read(path, form)


def test_an_unknown_field_is_named(path: Path, form: dict[str, Any]) -> None:
    form["markets"][0]["depth"] = 1
    text = r'params\.markets\[0\]: found the unknown field "depth", expected only name, '
    with pytest.raises(ParamsFileError, match=text):
        read(path, form)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda form: form.update(maker_fee=form["taker_fee"] + 1), "above the taker's"),
        (lambda form: form["markets"][0].update(depth_min=1 << 13), "depth_min does not fit 13"),
        (lambda form: form["markets"][0].update(shock=-1), "shock does not fit 10 bits"),
        (lambda form: form["markets"][1].update(instrument=0), "found 0 a second time"),
        (lambda form: form["funding"][0].update(underlying=2), "found 2, expected one of 2 und"),
        (lambda form: form["funding"][0].update(underlying=-1), "found -1, expected one of 2"),
        (lambda form: form["funding"].append(RULE), r"\[1\]\.underlying: found 0, expected each"),
        (lambda form: form.update(funding=[]), "have rules of funding"),
        (lambda form: form["markets"][1].update(instrument=INSTRUMENTS), "instrument 16 of 16"),
        (lambda form: form["markets"][1].update(instrument=-1), "instrument -1 of 16"),
        (lambda form: form["markets"][1].update(name="BTC-PERP"), "the same name"),
        (lambda form: form["markets"][1].update(name="\x1b[2J"), "capitals, digits and hyphens"),
        (lambda form: form["markets"][1].update(lots_per_unit=0), "0 lots per BTC"),
        (lambda form: form.update(markets={}), "markets: found {}, expected a list"),
        (lambda form: form.update(markets=[7]), r"markets\[0\]: found 7, expected an object"),
    ],
)
def test_what_is_out_of_range_is_refused(
    path: Path, form: dict[str, Any], change: Callable[[dict[str, Any]], None], text: str
) -> None:
    change(form)
    with pytest.raises(ParamsFileError, match=text):
        read(path, form)


def test_a_field_that_is_there_twice_is_refused(path: Path) -> None:
    text = json.dumps(FORM).replace('"taker_fee": 400', '"taker_fee": 400, "taker_fee": 40')
    with pytest.raises(ParamsFileError, match="a field is there twice"):
        read(path, text)


def test_the_size_is_bounded_and_a_file_has_to_be_there(path: Path) -> None:
    text = json.dumps(FORM)
    assert read(path, text.ljust(params_file.LARGEST_FILE)) == LOCAL_GROUP
    with pytest.raises(ParamsFileError, match="more than 65536 bytes"):
        read(path, text.ljust(params_file.LARGEST_FILE + 1))
    path.unlink()
    with pytest.raises(ParamsFileError, match="No such file"):
        params_file.load(path)


def test_names_and_parameters_go_together() -> None:
    with pytest.raises(PerpetualError, match=r"instruments \[0\] have names, \[0, 1\] have"):
        MarketGroup(params=LOCAL_GROUP.params, perpetuals=(BTC,))
    assert LOCAL_GROUP.unit == "BTC"
    with pytest.raises(PerpetualError, match="the markets are of BTC, ETH"):
        two_coins().unit  # noqa: B018


def two_coins() -> MarketGroup:
    """BTC-PERP, and a lot of a thousand units of ETH on the other underlying."""
    known = LOCAL_GROUP.params
    return MarketGroup(
        params=replace(
            known,
            markets=tuple(
                replace(known.market(0), units=1_000)
                if i == 8
                else known.markets[i]
                if i == 0
                else None
                for i in range(INSTRUMENTS)
            ),
            risks=tuple(known.risk(0) if i in (0, 8) else None for i in range(INSTRUMENTS)),
            funding=(known.funding[0],) * 2,
        ),
        perpetuals=(BTC, Perpetual("ETH-PERP", 8, "ETH", 10)),
    )


def test_a_signer_reports_what_a_unit_of_each_underlying_costs() -> None:
    spot = MicroUsd(78_318 * MICRO_USD)
    assert LOCAL_GROUP.prices(spot) == (78_318, 0)
    assert LOCAL_GROUP.prices(MicroUsd(spot + MICRO_USD // 2)) == (78_319, 0)
    assert LOCAL_GROUP.prices(MicroUsd(spot + MICRO_USD // 2 - 1)) == (78_318, 0)
    assert LOCAL_GROUP.prices(spot, {"BTC"}) == (0, 0)
    assert two_coins().prices(spot) == (78_318, 7_831_800)
    assert two_coins().prices(spot, {"BTC"}) == (0, 7_831_800)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (lambda: listing(Perpetual("ETH-PERP", 1, "ETH", MICRO.lots_per_unit)), "BTC and ETH"),
        (lambda: listing(replace(MICRO, lots_per_unit=999_999)), "999999 and 1000000 units"),
        (lambda: listing(MICRO, decay=1), "else a rate pays more on its way back"),
    ],
)
def test_contracts_of_an_underlying_are_of_one_thing_in_one_unit(
    wrong: Callable[[], MarketGroup], match: str
) -> None:
    """Whoever held one against the other would be paid for no risk."""
    with pytest.raises(PerpetualError, match=match):
        wrong()


def listing(other: Perpetual, **changed: int) -> MarketGroup:
    (rule, _) = LOCAL_GROUP.params.funding
    assert rule is not None
    params = replace(LOCAL_GROUP.params, funding=(replace(rule, **changed), None))
    return MarketGroup(params=params, perpetuals=(BTC, other))


def test_a_units_price_is_rounded_to_the_side_that_is_asked_for() -> None:
    exact, odd = MicroUsd(78_318 * MICRO_USD), MicroUsd(78_318 * MICRO_USD + 1)
    assert BTC.price_per_lot(exact) == BTC.price_per_lot(exact, up=True) == 7_831_800
    assert (BTC.price_per_lot(odd), BTC.price_per_lot(odd, up=True)) == (7_831_800, 7_831_801)
