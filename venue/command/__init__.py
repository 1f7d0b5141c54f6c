"""The `undertow` command."""
