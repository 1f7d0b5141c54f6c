"""Errors of the prover, by who has to act.

ProverError
├── InstallationError           whoever set this machine up
│   ├── ToolchainError          a tool failed or refused its input, or a source is missing
│   └── NoNativeCoreError       only the native core does what was asked for
├── FileError                   whoever made the file: build, adopt or fetch it again
│   ├── FormatError             it is damaged, or of another kind than was asked for
│   ├── ArtifactError           it is missing, or not the one that its manifest names
│   └── UnsafeKeyError          a key is not shown to come from its circuit and a contribution
├── TapeError                   nobody: the calculator computes what no tape can
├── StatementError              whoever made the job: nothing can prove it
│   ├── WitnessError            the inputs are not the circuit's, or break one of its statements
│   └── BrokenConstraintError   the witness breaks a constraint
├── QueueError                  whoever runs the queue of jobs: its database or service is unusable
│   └── JobTextError            what came from it is no job
└── ProofError                  whoever proves
    ├── InvalidProofError       what came back does not show the job's public signals
    └── StoppedError            told to stop while a proof was waited for
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from undertow.errors import UndertowError


class ProverError(UndertowError):
    """The root of the prover's errors."""


class InstallationError(ProverError):
    """Something that `make setup` installs is missing or fails."""


class ToolchainError(InstallationError):
    """A tool failed or refused its input, or a source could not be found."""


class NoNativeCoreError(InstallationError):
    """Only the native core does what was asked for, and it is not installed."""


class FileError(ProverError):
    """A file is not what it has to be."""


class FormatError(FileError):
    """A file is damaged, or of another kind than was asked for; the message says where."""


class ArtifactError(FileError):
    """A file of a circuit is missing or is not the one that its manifest names."""

    def __init__(self, path: Path, message: str) -> None:
        """Keep the file or folder beside the sentence."""
        super().__init__(message)
        self.path = path


class UnsafeKeyError(FileError):
    """A key is not shown to come from its circuit and somebody's contribution."""


class TapeError(ProverError):
    """A calculator that no tape can stand for, and that is used instead; the message says why."""


class StatementError(ProverError):
    """No proof can show what a job says."""


class WitnessError(StatementError):
    """The inputs are not those of the circuit, or break one of its statements."""


class BrokenConstraintError(StatementError):
    """The witness breaks a constraint."""

    def __init__(self, index: int, signals: Sequence[str]) -> None:
        """Name the constraint and the signals that it mentions."""
        super().__init__(f"constraint {index} does not hold: {', '.join(signals)}")
        self.index = index
        self.signals = tuple(signals)


class ProofError(ProverError):
    """A job has no proof."""


class InvalidProofError(ProofError):
    """What came back does not show the job's public signals."""


class StoppedError(ProofError):
    """Told to stop while a proof was waited for."""


class QueueError(ProverError):
    """The queue of jobs cannot be used: its database, its service, or an answer of it."""


class JobTextError(QueueError):
    """What came from the queue is no job."""
