"""What the loop is doing, or what keeps it from doing it; `/status` shows it."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """What the oldest thing under way is at, then the troubles that `matcher/trouble.py` names."""

    STARTING = "starting"
    IDLE = "idle"
    SERVING_REQUESTS = "serving requests"
    WAITING_FOR_PRICE = "waiting for the price of the oldest closed set"
    ORACLE_SILENT = "oracle silent: no price since the close"
    PROVING = "proving"

    CHAIN_UNREACHABLE = "chain unreachable, backing off"
    CHAIN_MOVED = "refused by the contract, reading the chain again"
    PROVER = "no proof, trying again"
    DISK = "disk full or not writable"
    JOURNAL = "journal damaged or not readable"
    LOG = "order log damaged or not readable"
    DIVERGED = "chain and files disagree, nothing is sent"
    UNEXPECTED = "unexpected error, trying again"
