"""Generic faults that change nothing which the rules say, by the reason why."""

from __future__ import annotations

SURVIVORS: dict[str, tuple[str, ...]] = {}
