"""The public words of a batch and of a run of requests, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, NamedTuple

from undertow.crypto.babyjubjub import Point
from undertow.protocol.accruals import ACCRUALS
from undertow.protocol.fields import Field, element, grouped
from undertow.protocol.packing import Words
from undertow.protocol.prices import MARKS, Mark
from undertow.protocol.request import REQUEST_WORD
from undertow.protocol.units import ACCOUNT_WIDTH, AMOUNT_WIDTH, TIME_WIDTH, MicroUsd
from undertow.protocol.venue import Venue

_PAID = Field(AMOUNT_WIDTH, "micro-USD that a withdrawal credits")
_LEAF = element("the new one; 0 for none")
_CIPHERTEXT = element("Delta, encrypted; 0 for none")
_SEALED = element("what the new state hides of the house")


class Statement(IntEnum):
    """What the public words speak of."""

    BATCH = 1
    REQUESTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What both kinds begin with."""

    chain_id: Annotated[int, Field(64, "of the settlement contract")]
    contract: Annotated[int, Field(160, "address of the settlement contract")]
    number: Annotated[int, Field(64, "of the batch or of the run, from one")]
    kind: Annotated[Statement, Field(8, "STATEMENT_...")]
    prev_state_root: Annotated[int, element("before")]
    new_state_root: Annotated[int, element("after")]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchHeader(Header):
    """What a batch publishes first; the contract knows it."""

    set_root: Annotated[int, element("commits the orders before their price is known")]
    prices: Annotated[Sequence[Mark], grouped(MARKS, "micro-USD per unit, and who is halted")]
    time: Annotated[int, Field(TIME_WIDTH, "seconds, of the prices")]
    market_params_hash: Annotated[int, element("the contract's")]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchHouse:
    """What a batch publishes of the house's half of the new state; its marks are the prices."""

    sealed: Annotated[int, _SEALED]
    accruals: Annotated[Sequence[MicroUsd], grouped(ACCRUALS, "micro-USD per unit")]
    clean: Annotated[int, Field(1, "1: all accounts are above maintenance; 0 says nothing")]


class Touch(NamedTuple):
    """What a batch publishes of each slot's account."""

    account: Annotated[int, Field(ACCOUNT_WIDTH, "index")]
    leaf: Annotated[int, element("the new one")]
    ciphertext: Annotated[int, element("Delta, encrypted")]
    confirmation: Annotated[int, element("Confirmation, encrypted")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsHeader(Header):
    """What a run of requests publishes first; the contract knows it."""

    operator_key: Annotated[Point, element("BabyJubJub", count=2)]
    market_params_hash: Annotated[int, element("the contract's")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsHouse:
    """What a run publishes of the house's half of the new state; the exit sheet stays."""

    sealed: Annotated[int, _SEALED]


class Served(NamedTuple):
    """What a run publishes of each request."""

    word: Annotated[int, Field(REQUEST_WORD.width, "Request, packed")]
    key: Annotated[Point, element("of an opening: an eighth of the owner's", count=2)]
    paid: Annotated[int, _PAID]
    leaf: Annotated[int, _LEAF]
    ciphertext: Annotated[int, _CIPHERTEXT]


class Answered(NamedTuple):
    """What the caller gives of a request; the contract has the request itself."""

    paid: Annotated[int, _PAID]
    leaf: Annotated[int, _LEAF]
    ciphertext: Annotated[int, _CIPHERTEXT]


HEADER = Words(Header, "Header")
BATCH_HEADER = Words(BatchHeader, "BatchHeader")
BATCH_HOUSE = Words(BatchHouse, "BatchHouse")
TOUCH_WORDS = Words(Touch, "Touch")
REQUESTS_HEADER = Words(RequestsHeader, "RequestsHeader")
REQUESTS_HOUSE = Words(RequestsHouse, "RequestsHouse")
SERVED_WORDS = Words(Served, "Served")
ANSWERED_WORDS = Words(Answered, "Answered")


def settle_words(
    venue: Venue,
    batch_number: int,
    roots: tuple[int, int],
    set_root: int,
    marks: Sequence[Mark],
    time: int,
    market_params_hash: int,
    house: BatchHouse,
    touches: Sequence[Touch],
) -> list[int]:
    """Return the words of a batch; ``roots`` are the previous and the new state root."""
    header = BatchHeader(
        chain_id=venue.chain_id,
        contract=venue.contract,
        number=batch_number,
        kind=Statement.BATCH,
        prev_state_root=roots[0],
        new_state_root=roots[1],
        set_root=set_root,
        prices=marks,
        time=time,
        market_params_hash=market_params_hash,
    )
    words = [*BATCH_HEADER.words(header), *BATCH_HOUSE.words(house)]
    return words + _all(TOUCH_WORDS, touches)


def request_words(
    venue: Venue,
    number: int,
    roots: tuple[int, int],
    operator_key: Point,
    market_params_hash: int,
    house: RequestsHouse,
    served: Sequence[Served],
) -> list[int]:
    """Return the words of a run of requests; ``number`` counts the runs from one."""
    header = RequestsHeader(
        chain_id=venue.chain_id,
        contract=venue.contract,
        number=number,
        kind=Statement.REQUESTS,
        prev_state_root=roots[0],
        new_state_root=roots[1],
        operator_key=operator_key,
        market_params_hash=market_params_hash,
    )
    words = [*REQUESTS_HEADER.words(header), *REQUESTS_HOUSE.words(house)]
    return words + _all(SERVED_WORDS, served)


def _all(words: Words, items: Iterable[object]) -> list[int]:
    return [word for item in items for word in words.words(item)]
