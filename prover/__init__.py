"""Compiles Undertow's circuits, computes witnesses and makes proofs."""
