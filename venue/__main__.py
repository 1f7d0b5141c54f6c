"""`python -m undertow`."""

from venue.command.cli import main

main()
