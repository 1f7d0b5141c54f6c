"""Nouns and the one description of their layouts: what all parts and languages share."""
