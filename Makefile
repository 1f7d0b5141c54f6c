.PHONY: setup demo test

setup:
	@scripts/setup

demo: setup
	@.venv/bin/undertow demo

test: setup
	@.venv/bin/python -m pytest
