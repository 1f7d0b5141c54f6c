"""What an authority answers for one slot: the same three things, whichever authority it is."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.protocol.outcome import Outcome
from undertow.protocol.units import Lots, Money, Price, money


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a slot may do to its account, at most; the clearing decides how much of it."""

    instrument: int = 0
    left: Lots = Lots(0)
    """Signed lots still to fill, positive to buy."""
    limit: Price = Price(0)
    nonce: int = 0
    """The account's nonce afterwards."""
    carried: Lots = Lots(0)
    """Filled before under the same nonce, signed and net."""
    spends: bool = False
    """What is not filled is spent all the same."""


NO_EFFECT = Effect()
"""Nothing but the version moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An authority's answer, against the account as it stood before the batch."""

    reason: Outcome
    effect: Effect = NO_EFFECT

    @property
    def eligible(self) -> bool:
        """Whether the effect may take place; the clearing price is still to come."""
        return self.reason is Outcome.CLEARED


Sides = tuple[Verdict, ...]
"""One verdict, or a quote's two: the bid's first."""


def chosen(sides: Sides, price: Money) -> Verdict:
    """Return the verdict of the side that a price per lot is for: the ask from its limit on.

    The other side refuses the price, so it trades nothing whatever its verdict.
    """
    return sides[-1] if price >= money(sides[-1].effect.limit) else sides[0]
