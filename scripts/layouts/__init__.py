"""One file for each language that `write_layouts.py` writes."""
