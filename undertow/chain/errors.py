"""Errors of the chain side.

ChainError
├── ChainUnreachableError   the node does not answer; try again later
├── BuildError              the contracts do not compile
├── RevertedError           a transaction was refused; the message names the contract's error
├── DeploymentError         a file is no deployment; the message names the field
├── MismatchError           the chain says something else than the deployment file
│   ├── WrongChainError         the node is another chain's
│   ├── WrongContractError      an address has another contract, or one of other sizes
│   ├── WrongParamsError        the contract has the hash of other parameters
│   ├── WrongOperatorError      the contract has another operator's key
│   └── WrongKeyError           a verifier holds another circuit's or another setup's key
└── StateFileError          a file holds no state, or not all of it as it was saved
"""

from __future__ import annotations

from undertow.errors import UndertowError


class ChainError(UndertowError):
    """The root of the chain's errors."""


class ChainUnreachableError(ChainError):
    """The node does not answer; try again later."""


class BuildError(ChainError):
    """The contracts do not compile."""


class RevertedError(ChainError):
    """A transaction was refused; the message names the contract's error."""


class DeploymentError(ChainError):
    """A file is no deployment; the message names the field."""


class MismatchError(ChainError):
    """The chain says something else than the deployment file, or than a key at hand."""

    advice = "do not use the venue by this file; ask whoever deployed it for theirs"

    def __init__(self, what: str, expected: str, found: str) -> None:
        """Keep what was expected and what the chain has, as the message shows them."""
        super().__init__(f"{what} is {expected} here and {found} on the chain; {self.advice}")
        self.what = what
        self.expected = expected
        self.found = found


class WrongChainError(MismatchError):
    """The node is another chain's."""

    advice = "name a node of the deployment's chain with --rpc or UNDERTOW_RPC"


class WrongContractError(MismatchError):
    """An address has another contract, or one of other sizes."""


class WrongParamsError(MismatchError):
    """The contract has the hash of other parameters."""


class WrongOperatorError(MismatchError):
    """The contract has another operator's key."""

    advice = "the deployment and the operator's key file have to be of the same venue"


class WrongKeyError(MismatchError):
    """A verifier holds another circuit's or another setup's key."""

    advice = "build or adopt the circuits that the venue was deployed with"


class StateFileError(ChainError):
    """A file holds no state, or not all of it as it was saved."""
