"""Undertow: a sealed-order derivatives venue whose every batch is proved."""
