.PHONY: setup test

setup:
	@scripts/setup

test: setup
	@.venv/bin/python -m pytest
