"""A touch: nobody's word. What it does to its account follows from the account alone."""

from __future__ import annotations

from undertow.engine.verdict import Verdict
from undertow.protocol.outcome import Outcome

TOUCHED = Verdict(reason=Outcome.DECOY)
"""The same for every touch that takes nobody over, whatever account and price."""
TAKES = Verdict(reason=Outcome.TAKEN)
"""Of one that does: its account was due."""
