"""Replays of the engine on recorded and made prices, with modelled traders; commits to nothing."""
