"""The salts of what a state seals: they follow from the operator's secret, so no file keeps them.

Both are fixed before anything is proved, so a prover has no choice of the state that it leads to. A
batch's is part of its set root: it is known at the close. A run has no such commitment, and whoever
proves one knows the operator's secret, so the circuit computes its salt from that.

To whoever lacks the secret each value is a random one, whatever was seen of others, so a hash over
it shows nothing of what else is hashed. The operator finds it again from the chain alone.
"""

from __future__ import annotations

import hmac

from undertow.crypto.domains import HOUSE_SALT
from undertow.crypto.eddsa import PrivateKey
from undertow.crypto.field import R
from undertow.crypto.poseidon import poseidon
from undertow.protocol.venue import Venue

_LABEL = b"undertow batch salt v1"


def batch_salt(operator: PrivateKey, venue: Venue, number: int, parent: str) -> int:
    """Return the salt of the state that a batch leads to; ``parent`` is the close before, in hex.

    Two sets that were closed after one parent, of which a reorganisation kept one, have the same
    salt: that shows whether they did the same to the house, and nothing else. Reduced to the field,
    HMAC-SHA-512 keeps all but 2^-257 of what makes it a pseudorandom function.
    """
    follows = number.to_bytes(8, "big") + int(parent, 16).to_bytes(32, "big")
    text = _LABEL + venue.to_bytes() + follows
    return int.from_bytes(hmac.digest(operator.prefix, text, "sha512"), "big") % R


def run_salt(secret: int, venue: Venue, number: int, prev_state_root: int) -> int:
    """Return the salt of the state that a run leads to, as `requests.circom` computes it.

    ``secret`` is the operator's scalar. Two runs from one root share the salt, as batches above do.
    """
    return poseidon([secret, venue.word, number, prev_state_root], HOUSE_SALT)
