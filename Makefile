.PHONY: setup demo test

setup:
	@scripts/setup

demo: setup
	@.venv/bin/undertow demo

# Two files at a time: a proof takes both cores, all else takes one. Files stay whole, and in order.
test: setup
	@.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
