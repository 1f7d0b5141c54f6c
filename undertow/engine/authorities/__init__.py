"""One file for each authority that a slot can have; each gives the same `Verdict`."""
