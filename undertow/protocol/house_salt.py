"""The salt of what a state seals: drawn from the operator's secret, so that no file has to keep it.

HMAC-SHA-512 is a pseudorandom function: to whoever lacks the key, its value at another kind, number
and root is a random one, whatever was seen of others. Reduced to the field it keeps all but 2^-257
of that, so the hash over it shows nothing of what else is hashed. The operator finds it again from
the chain alone: kind, number and previous root are public.
"""

from __future__ import annotations

import hmac

from undertow.crypto.eddsa import PrivateKey
from undertow.crypto.field import R
from undertow.protocol.statement import Statement
from undertow.protocol.venue import Venue

_LABEL = b"undertow house salt v1"


def house_salt(
    operator: PrivateKey, venue: Venue, kind: Statement, number: int, prev_state_root: int
) -> int:
    """Return the salt of the state that a batch or a run leads to.

    Two that were proved from one root, of which a reorganisation kept one, have the same salt: that
    shows whether they did the same to the house, and nothing else.
    """
    parts = (
        kind.to_bytes(1, "big"),
        number.to_bytes(8, "big"),
        prev_state_root.to_bytes(32, "big"),
    )
    text = _LABEL + venue.to_bytes() + b"".join(parts)
    return int.from_bytes(hmac.digest(operator.prefix, text, "sha512"), "big") % R
