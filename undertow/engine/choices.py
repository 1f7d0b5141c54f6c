"""What the operator is free to choose of the safety table once the prices are known.

Nothing of it lets a batch say more than is true: each choice can make `clean` 0, none can make it 1
(docs/adr/0013-every-account-in-one-bit.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from undertow.engine.certificate import Certificate
from undertow.protocol.units import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """An operator's choices in one batch; without one the rules' own are taken."""

    waiting: Mapping[int, Money] = field(default_factory=dict)
    """By account: the withdrawal that waits in the vault's queue; an account has one at a time. Its
    certificate is made to stand without that money where one can, for else it would be refused."""
    certificates: Mapping[int, Certificate] = field(default_factory=dict)
    """By slot: another certificate than the widest, which has to hold."""
    draws: Mapping[int, int] = field(default_factory=dict)
    """By slot: what makes its certificate narrower than the widest by chance (`narrow.py`)."""
    rows: Sequence[int] | None = None
    """Where the windows of the rings start."""
    claims: bool = True
    """Whether the batch says that all is clean where it is."""


HONEST = Choices()
