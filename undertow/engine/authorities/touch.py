"""A touch: nobody's word, so it moves nothing but the account's version."""

from __future__ import annotations

from undertow.engine.verdict import Verdict
from undertow.protocol.outcome import Outcome

TOUCHED = Verdict(reason=Outcome.DECOY)
"""The same for every touch; no account and no price changes it."""
