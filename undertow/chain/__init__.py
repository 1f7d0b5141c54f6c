"""The contracts from Python: build, deploy, read, send."""
