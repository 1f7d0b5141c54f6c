"""`python -m undertow`: the trader's command."""

from undertow.command.cli import main

main()
