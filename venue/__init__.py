"""The roof: a whole venue on one machine, the command, demo and bench."""
