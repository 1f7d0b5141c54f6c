"""The executable specification: nouns and pure rules, no input or output."""
