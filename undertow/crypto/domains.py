"""What each Poseidon hash is for: the number its capacity element starts from."""

from __future__ import annotations

from enum import IntEnum


class Domain(IntEnum):
    """Zero is circomlib's plain Poseidon; only the EdDSA challenge uses it."""

    PLAIN = 0
    NODE = 1
    LEAF = 2
    ORDER = 3
    SET = 4
    TABLE = 5
    STATE = 6
    STREAM = 7
    WORDS = 8
    VIEW_KEY = 9
    PARAMS = 10
    LEDGER = 11
    SEALED = 12
    HOUSE = 13
    HOUSE_SALT = 14
    SAFETY = 15


NODE = Domain.NODE
LEAF = Domain.LEAF
ORDER = Domain.ORDER
SET = Domain.SET
TABLE = Domain.TABLE
STATE = Domain.STATE
STREAM = Domain.STREAM
WORDS = Domain.WORDS
VIEW_KEY = Domain.VIEW_KEY
PARAMS = Domain.PARAMS
LEDGER = Domain.LEDGER
SEALED = Domain.SEALED
HOUSE = Domain.HOUSE
HOUSE_SALT = Domain.HOUSE_SALT
SAFETY = Domain.SAFETY
