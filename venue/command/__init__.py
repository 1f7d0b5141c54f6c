"""The operator's, prover's and developer's topics of the command, on top of the trader's."""
