"""What a venue asks of the contract that gives it prices, before anything is deployed.

1. It moves by no more than a trade costs.
2. It prices the underlyings of the venue's markets and nothing else.
3. Its patience leaves blocks on both sides within the settlement's window.

That its prices are true is not asked here: that is whom one trusts.
"""

from __future__ import annotations

from undertow.chain.chain import Chain
from undertow.chain.errors import ChainError
from undertow.chain.reading import reachable
from undertow.chain.terms import Terms
from undertow.protocol.params import MarketParams
from undertow.protocol.units import FEE_WIDTH

BASIS_POINTS = 10_000


def check_source(chain: Chain, address: str, params: MarketParams, terms: Terms) -> None:
    """Refuse a price source that a venue could not live with; see the top for the steps.

    Raises:
        ChainError: what is wrong, or the node does not answer.
    """
    with reachable():
        functions = chain.contract("IPriceSource", address).functions
        deviation = int(functions.deviation().call())
        listed = int(functions.listed().call())
        patience = int(functions.patience().call())
    _check_deviation(deviation, params)
    _check_listed(listed, params)
    check_patience(patience, terms)


def listed_in(params: MarketParams) -> int:
    """Return a bit for each underlying that has a market."""
    return sum(1 << u for u, rule in enumerate(params.funding) if rule is not None)


def patience_for(terms: Terms) -> int:
    """Return an own oracle's patience: half the window, in whole blocks, rounded up.

    Before it honest posters bring all reports, behind it evidence that decides nothing is taken at
    last. On L1 that is three blocks for them and two behind, so that neither hangs on one that is
    missed. More would let the silent delay every market for longer; on a rollup half is plenty.
    """
    blocks = terms.window // terms.interval
    return (blocks + 1) // 2 * terms.interval


def check_patience(patience: int, terms: Terms) -> None:
    """Refuse a patience that is too short or too long for the window.

    A window begins anew where no block recorded a price in it, and patience with it: without a
    block behind it, evidence that decides nothing is refused for ever. A source without patience
    may refuse the moment's own second.

    Raises:
        ChainError: there is no block for honest posters, or none behind.
    """
    block, window = terms.interval, terms.window
    if 0 < patience < block:
        raise ChainError(
            f"evidence that decides nothing is taken after {patience} s, a block takes up to "
            f"{block}: whoever posts first would halt what honest reports price"
        )
    if window - max(patience, 1) < block:
        raise ChainError(
            f"evidence that decides nothing is taken after {patience} s of a window of {window}, a "
            f"block takes up to {block}: there may be none in between, and never a price"
        )


def _check_deviation(deviation: int, params: MarketParams) -> None:
    """Refuse what may be further from the market than a trade costs.

    Whoever knows the market would trade against its answer, and the house would lose the rest.
    """
    fee = min(params.taker_fee, params.maker_fee)
    if deviation << FEE_WIDTH > fee * BASIS_POINTS:
        raise ChainError(
            f"the price source moves by {deviation} basis points before it answers anew, a trade "
            f"costs {fee * BASIS_POINTS / (1 << FEE_WIDTH):.2f}: everybody would know better"
        )


def _check_listed(listed: int, params: MarketParams) -> None:
    """Refuse marks that no batch can have: of each underlying one, and of nothing else."""
    expected = listed_in(params)
    if listed != expected:
        raise ChainError(
            f"the price source prices underlyings {_shown(listed)}, the venue's markets are of "
            f"{_shown(expected)}: no batch could be settled"
        )


def _shown(bits: int) -> str:
    numbers = [str(i) for i in range(bits.bit_length()) if bits >> i & 1]
    return ", ".join(numbers) or "none"
