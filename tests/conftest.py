"""Hypothesis draws the same examples in every run, so that a test fails by what changed."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,  # a machine may be slow for a while
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")
