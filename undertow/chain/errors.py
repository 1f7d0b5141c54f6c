"""Errors of the chain side.

ChainError
├── ChainUnreachableError   no answer that can be used; try again later
│   ├── WrongAnswerError        this node lies, or lacks what was asked; name another one
│   │   └── NoContractError         no contract there that has what was asked
│   ├── RangeTooWideError       too many blocks or logs were asked for at once
│   └── ReorganisedError        the chain is another one than was read; read again
├── BuildError              the contracts do not compile
├── RevertedError           a contract refuses a call; the message names the contract's error
├── RefusedSendError        the node takes no such transaction
│   ├── NonceTooLowError        another transaction has this nonce
│   ├── UnderpricedError        the fee is too low, or too little above that of the one it replaces
│   └── AlreadyKnownError       the node has this transaction
├── DeploymentError         a file is no deployment; the message names the field
├── MismatchError           the chain says something else than the deployment file
│   ├── WrongChainError         the node is another chain's
│   ├── WrongContractError      an address has another contract, or one of other sizes
│   ├── WrongParamsError        the contract has the hash of other parameters
│   └── WrongOperatorError      the contract has another operator's key
└── StateFileError          a file holds no state, or not all of it as it was saved

`undertow/chain/answers.py` says which answer of a node is which.
"""

from __future__ import annotations

from undertow.errors import UndertowError


class ChainError(UndertowError):
    """The root of the chain's errors."""


class ChainUnreachableError(ChainError):
    """The node gives no answer that can be used; try again later."""


class WrongAnswerError(ChainUnreachableError):
    """This node lies, or lacks what was asked.

    It may be mended or catch up, so trying again is right, too; but another node is better.
    """

    def __init__(self, what: str) -> None:
        """Say what is wrong with the answer."""
        super().__init__(f"the chain's node {what}; name another with --rpc or UNDERTOW_RPC")


class NoContractError(WrongAnswerError):
    """No contract there that has what was asked, or the node lacks it."""


class RangeTooWideError(ChainUnreachableError):
    """Too many blocks or logs were asked for at once; ask for fewer."""


class ReorganisedError(ChainUnreachableError):
    """The chain is another one than was read; read again from where both agree."""


class BuildError(ChainError):
    """The contracts do not compile."""


class RevertedError(ChainError):
    """A contract refuses a call; the message names the contract's error."""

    def __init__(self, message: str, data: str = "") -> None:
        """Keep what the contract answered, in hex."""
        super().__init__(message)
        self.data = data


class RefusedSendError(ChainError):
    """The node takes no such transaction."""


class NonceTooLowError(RefusedSendError):
    """Another transaction has this nonce."""


class UnderpricedError(RefusedSendError):
    """The fee is too low, or too little above that of the transaction that it replaces."""


class AlreadyKnownError(RefusedSendError):
    """The node has this transaction."""


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


class StateFileError(ChainError):
    """A file holds no state, or not all of it as it was saved."""
