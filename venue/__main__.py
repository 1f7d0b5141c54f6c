"""`python -m venue`: the whole command."""

from venue.command.cli import main

main()
