"""Where a node's words become ours: whatever is wrong with them leaves as an error of the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from eth_abi.exceptions import DecodingError
from web3 import Web3
from web3.exceptions import BadFunctionCallOutput, Web3Exception

from undertow.chain.answers import LONGEST_SHOWN
from undertow.chain.errors import ChainError, NoContractError, RevertedError, WrongAnswerError
from undertow.errors import UndertowError

Found = TypeVar("Found")


@contextmanager
def reachable(call: Any = None) -> Iterator[None]:
    """Let nothing but errors of ours out of what reads from a node.

    The node's answers are data of a known form by now (`undertow/chain/answers.py`); what web3 and
    the ABI still find wrong in them is a contract that is not there, or a node that lies.

    Args:
        call: what is called, or several such: their ABIs name the errors of a refusal.

    Raises:
        ChainUnreachableError: there is no answer that can be used.
        RevertedError: the contract refuses, by name.
    """
    try:
        yield
    except RevertedError as error:
        raise RevertedError(_name(call, error), error.data) from error
    except BadFunctionCallOutput as error:
        raise NoContractError(f"knows no contract that answers so: {_first_line(error)}") from error
    except (Web3Exception, DecodingError) as error:
        raise WrongAnswerError(f"gives what cannot be read: {_first_line(error)}") from error


def decoded(read: Callable[[], Found]) -> Found:
    """Return what is made of a node's words; raises WrongAnswerError where they mean nothing."""
    try:
        return read()
    except ChainError:
        raise
    except (UndertowError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise WrongAnswerError(f"gives what no contract of ours says: {error}") from error


def _name(call: Any, error: RevertedError) -> str:
    """Return the contract's error by name, or what the node says."""
    for one in call if isinstance(call, tuple) else (call,):
        for entry in getattr(one, "contract_abi", None) or getattr(one, "abi", None) or ():
            if entry.get("type") == "error":
                types = ",".join(item["type"] for item in entry["inputs"])
                selector = Web3.keccak(text=f"{entry['name']}({types})")[:4].to_0x_hex()
                if error.data.startswith(selector):
                    return str(entry["name"])
    return f"{error} {error.data}" if error.data else str(error)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:LONGEST_SHOWN]
