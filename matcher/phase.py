"""What the loop is doing; `/status` shows it."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """One at a time, of the oldest thing that is under way."""

    STARTING = "starting"
    IDLE = "idle"
    SERVING_REQUESTS = "serving requests"
    WAITING_FOR_PRICE = "waiting for the price of the oldest closed set"
    ORACLE_SILENT = "oracle silent or in disagreement: no price since the close"
    PROVING = "proving"
    PROVER_FAILED = "a prover failed, trying again"
    CHAIN_UNREACHABLE = "chain unreachable, backing off"
