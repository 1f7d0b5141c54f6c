"""The program with all topics: it also expects what matcher and prover raise."""

from __future__ import annotations

from undertow.command.program import Program


class WholeProgram(Program):
    """The outermost group."""

    def expected(self) -> tuple[type[Exception], ...]:
        """Return the errors that are no fault of the program."""
        from matcher.errors import MatcherError
        from prover.artifacts import ArtifactError
        from prover.groth16 import ProverError
        from prover.toolchain import ToolchainError

        return (*super().expected(), MatcherError, ArtifactError, ProverError, ToolchainError)
