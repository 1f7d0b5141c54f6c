"""A market group as JSON: what `undertow deploy` takes and what it writes into the deployment.

A row for each market, with its name and all of its parameters, and one for each underlying's rule
of funding. Whoever reads it compares the
parameters with the contract's hash (`undertow.chain.check`); the names nothing can check.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from undertow import foreign_json
from undertow.errors import FieldError, UndertowError
from undertow.foreign_json import Fields
from undertow.protocol.errors import ParamsFileError
from undertow.protocol.market import PricingParams
from undertow.protocol.market_group import MarketGroup
from undertow.protocol.params import MarketParams
from undertow.protocol.perpetual import NAME, UNIT, Perpetual
from undertow.protocol.sheet import INSTRUMENTS, UNDERLYINGS, RiskParams
from undertow.protocol.underlying import FundingParams

LARGEST_FILE = 1 << 16
_MARKET = tuple(field.name for field in fields(PricingParams))
_RISK = tuple(field.name for field in fields(RiskParams))
_PERPETUAL = tuple(field.name for field in fields(Perpetual))
_FUNDING = tuple(field.name for field in fields(FundingParams))
_IN_ROWS = ("markets", "risks", "funding")
_VENUE = tuple(field.name for field in fields(MarketParams) if field.name not in _IN_ROWS)
FIELDS = (*_VENUE, "funding", "markets")


def to_json(group: MarketGroup) -> dict[str, Any]:
    """Return the form that `from_fields` reads."""
    rows = []
    for one in group.perpetuals:
        market, risk = group.params.market(one.instrument), group.params.risk(one.instrument)
        rows.append({**asdict(one), **asdict(market), **asdict(risk)})
    return {
        **{name: getattr(group.params, name) for name in _VENUE},
        "funding": [
            {"underlying": number, **asdict(rule)}
            for number, rule in enumerate(group.params.funding)
            if rule is not None
        ],
        "markets": rows,
    }


def from_fields(value: Fields) -> MarketGroup:
    """Return the market group of an object with the fields `FIELDS`.

    Raises:
        FieldError: a field is missing, unknown or of another type.
        ParamsRangeError: a parameter is out of its width or not in order with another.
        PerpetualError: a market has no name that serves, or a number that another has.
    """
    markets: list[PricingParams | None] = [None] * INSTRUMENTS
    risks: list[RiskParams | None] = [None] * INSTRUMENTS
    perpetuals = []
    for row in value.rows("markets", (*_PERPETUAL, *_MARKET, *_RISK)):
        one = _perpetual(row)
        if markets[one.instrument] is not None:
            found = f"{one.instrument} a second time"
            raise FieldError(row.place("instrument"), found, "each one once")
        markets[one.instrument] = PricingParams(**{name: row.whole(name) for name in _MARKET})  # type: ignore[arg-type]
        risks[one.instrument] = RiskParams(**{name: row.whole(name) for name in _RISK})
        perpetuals.append(one)
    numbers: dict[str, Any] = {name: value.whole(name) for name in _VENUE}
    return MarketGroup(
        params=MarketParams(
            markets=tuple(markets), risks=tuple(risks), funding=_funding(value), **numbers
        ),
        perpetuals=tuple(sorted(perpetuals, key=lambda one: one.instrument)),
    )


def _funding(value: Fields) -> tuple[FundingParams | None, ...]:
    rules: list[FundingParams | None] = [None] * UNDERLYINGS
    for row in value.rows("funding", ("underlying", *_FUNDING)):
        number = row.whole("underlying")
        if not 0 <= number < UNDERLYINGS:
            expected = f"one of {UNDERLYINGS} underlyings"
            raise FieldError(row.place("underlying"), str(number), expected)
        if rules[number] is not None:
            raise FieldError(row.place("underlying"), str(number), "each underlying once")
        rules[number] = FundingParams(**{name: row.whole(name) for name in _FUNDING})
    return tuple(rules)


def load(path: Path) -> MarketGroup:
    """Read a file of parameters; raises ParamsFileError."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        return from_fields(Fields(foreign_json.read(content, LARGEST_FILE), "params", FIELDS))
    except (OSError, ValueError, UndertowError) as error:
        raise ParamsFileError(
            f"{path} is no file of parameters ({error}); the `params` that `undertow deploy` "
            "writes into a deployment are the form to follow"
        ) from error


def _perpetual(row: Fields) -> Perpetual:
    return Perpetual(
        name=row.text("name", NAME, "a name of at most 32 capitals, digits and hyphens"),
        instrument=row.whole("instrument"),
        unit=row.text("unit", UNIT, "at most 16 capitals and digits"),
        lots_per_unit=row.whole("lots_per_unit"),
    )
