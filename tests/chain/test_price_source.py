"""What a price source has to be for a venue, as its contract says on a real chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from eth_account import Account

from tests.chain.test_deploy import PLAN
from undertow.chain.anvil import Anvil
from undertow.chain.chain import Chain
from undertow.chain.errors import ChainError
from undertow.chain.price_source import check_patience, listed_in, patience_for
from undertow.chain.terms import L1, LOCAL, ROLLUP, Terms
from venue.local import chain_key
from venue.markets import LOCAL_GROUP, LOCAL_PARAMS

DEAR = replace(LOCAL_PARAMS, taker_fee=10_000, maker_fee=10_000)
"""A trade costs more than 50 basis points."""
PRICED = (0,)
"""Underlyings of the local markets."""


@pytest.fixture(scope="module")
def chain() -> Iterator[Chain]:
    with Anvil(accounts=1) as anvil:
        yield Chain(anvil.url, chain_key(0))


def check(chain: Chain, source: str, terms: Terms = L1, dear: bool = True) -> None:
    """Check a plan with this price source."""
    group = replace(LOCAL_GROUP, params=DEAR) if dear else LOCAL_GROUP
    replace(PLAN, group=group, terms=terms, price_source=source).check(chain)


def adapter(chain: Chain, underlyings: Sequence[int], deviation: int = 50) -> str:
    feeds = [(chain.signer.address, i, 3_600, 1) for i in sorted(underlyings)]
    return chain.deploy("AggregatorAdapter", feeds, deviation).address


def oracle(chain: Chain, patience: int, listed: int | None = None) -> str:
    signers = sorted((Account.from_key(chain_key(i)).address for i in range(4)), key=str.lower)
    priced = listed_in(LOCAL_PARAMS) if listed is None else listed
    return chain.deploy("Oracle", signers, priced, (100, 1_000, 60, patience)).address


def test_a_source_that_moves_by_more_than_a_trade_costs_is_refused(chain: Chain) -> None:
    for deviation in (1, 50):
        with pytest.raises(ChainError, match="everybody would know better"):
            check(chain, adapter(chain, PRICED, deviation), dear=False)
    check(chain, adapter(chain, PRICED, 50))


@pytest.mark.parametrize("priced", [(1,), (0, 1)], ids=["another one", "one too many"])
def test_a_source_that_prices_other_underlyings_than_the_markets_is_refused(
    chain: Chain, priced: tuple[int, ...]
) -> None:
    with pytest.raises(ChainError, match="no batch could be settled"):
        check(chain, adapter(chain, priced))
    with pytest.raises(ChainError, match="no batch could be settled"):
        check(chain, oracle(chain, 36, sum(1 << i for i in priced)))
    check(chain, oracle(chain, 36))


@pytest.mark.parametrize(
    ("patience", "refusal"),
    [
        (11, "whoever posts first"),
        (12, None),
        (48, None),
        (49, "never a price"),
        (60, "never a price"),
        ((1 << 32) - 1, "never a price"),
    ],
)
def test_a_patience_leaves_a_block_on_both_sides(
    chain: Chain, patience: int, refusal: str | None
) -> None:
    if refusal is None:
        check(chain, oracle(chain, patience))
        return
    with pytest.raises(ChainError, match=refusal):
        check(chain, oracle(chain, patience))


def test_a_source_without_patience_needs_more_than_a_block(chain: Chain) -> None:
    """Feeds may answer again in the moment's own second, so that one records nothing."""
    source = adapter(chain, PRICED)
    check(chain, source, replace(L1, window=24))
    with pytest.raises(ChainError, match="never a price"):
        check(chain, source, replace(L1, window=12))


def test_what_is_no_price_source_is_refused(chain: Chain) -> None:
    token = chain.deploy("TestToken").address
    for address in ("0x" + "11" * 20, token):
        with pytest.raises(ChainError):
            check(chain, address)


def test_an_own_oracle_leaves_most_blocks_to_honest_posters() -> None:
    assert [patience_for(terms) for terms in (L1, ROLLUP, LOCAL)] == [36, 30, 30]
    for interval in (1, 2, 3, 12):
        for blocks in range(2, 30):
            terms = replace(L1, interval=interval, window=interval * blocks)
            check_patience(patience_for(terms), terms)
            assert patience_for(terms) * 2 >= terms.window
