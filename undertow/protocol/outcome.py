"""Why an account changed, or did not: the reason in each published delta."""

from __future__ import annotations

from enum import IntEnum


class Outcome(IntEnum):
    """Why an order was not filled or a request not paid, or that neither was judged."""

    CLEARED = 0
    REPEATED = 1
    STALE_NONCE = 2
    EXPIRED = 3
    NOT_PRICED = 4
    """The batch prices other markets than the order's, or its market is halted."""
    FEE_CAP = 5
    NOT_REDUCING = 6
    POSITION_RANGE = 7
    """More lots than one account may hold, or all of them together."""
    MARGIN = 8
    EDGE = 9
    """A withdrawal for which the account's certificate alone does not stand."""
    TAKEN = 10
    """No order: the account was below maintenance, and the house took all its positions."""
    NOT_CLEAN = 11
    """A withdrawal while no batch had shown for too long that every account is safe."""
    REQUEST = 14
    """No order: a request of the vault's queue."""
    DECOY = 15
    """No order: the account was touched so that an observer cannot tell who traded."""
