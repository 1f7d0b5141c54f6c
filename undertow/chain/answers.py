"""What a node's answer is: data, later, another node, or a contract's or the pool's refusal.

1. HTTP: too busy or broken is later; any other status but 200, or no JSON-RPC, is another node.
2. A JSON-RPC error is told by its code and, as nodes differ, by its words.
3. A result has its method's form (`undertow/chain/shapes.py`), or it is another node.
4. Questions that are asked together each get one answer, in whichever order.

That the node is of another chain is said by its chain id alone: `Chain.require`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from undertow import foreign_json
from undertow.chain.errors import (
    AlreadyKnownError,
    ChainError,
    ChainUnreachableError,
    NonceTooLowError,
    RangeTooWideError,
    RefusedSendError,
    RevertedError,
    UnderpricedError,
    WrongAnswerError,
)
from undertow.chain.shapes import shaped

Question = tuple[str, list[Any]]
"""A method, and what it is asked with."""

OK = 200
LARGEST_ANSWER = 1 << 26
"""Bytes."""
LONGEST_SHOWN = 200
"""Characters of a node's message that an error repeats."""
LIMIT_EXCEEDED, INTERNAL, REVERTED = -32005, -32603, 3
_BUSY = {408, 425, 429}
_TOO_MUCH = {413, 504}
_EXECUTING = {"eth_call", "eth_estimateGas", "eth_sendRawTransaction"}
_RANGE = re.compile(r"range|too many|too large|exceed|limit|more than|results|size|timeout", re.I)
_LACKS = re.compile(r"missing trie|pruned|not available|unsupported|does not exist", re.I)
_REVERTED = re.compile(r"revert", re.I)
_POOL: tuple[tuple[re.Pattern[str], type[RefusedSendError]], ...] = (
    (re.compile(r"nonce (?:is )?too low|old nonce", re.I), NonceTooLowError),
    (re.compile(r"already known|already imported|known transaction", re.I), AlreadyKnownError),
    (re.compile(r"underpriced|fee.* too low|less than block base fee", re.I), UnderpricedError),
    (re.compile(r"insufficient funds|intrinsic gas|exceeds block gas", re.I), RefusedSendError),
)


def result(method: str, params: Sequence[Any], identity: int, status: int, body: bytes) -> Any:
    """Return the data of an answer; see the top for the steps.

    Raises:
        ChainUnreachableError: later, or another node, as the class says.
        RevertedError: a contract refuses the call.
        RefusedSendError: the node does not take the transaction.
    """
    return _result(method, params, _envelope(method, identity, status, body))


def results(questions: Mapping[int, Question], status: int, body: bytes) -> list[Any]:
    """Return the data of questions that were asked together, by the requests' numbers.

    In place of the data of a call that a contract refuses there is its RevertedError.

    Raises:
        ChainUnreachableError: one of them has no answer that can be used, or two.
    """
    try:
        answers = foreign_json.read(body, LARGEST_ANSWER)
    except (ValueError, RecursionError) as error:
        raise WrongAnswerError(f"answers a batch with HTTP {status} and no JSON") from error
    if status != OK or not isinstance(answers, list) or len(answers) != len(questions):
        raise WrongAnswerError(f"answers a batch with HTTP {status} and no answer to each request")
    found = {}
    for answer in answers:
        identity = answer.get("id") if isinstance(answer, dict) else None
        # `True` is 1 to a dict, and no number of a request.
        if type(identity) is not int or identity not in questions or identity in found:
            raise WrongAnswerError("answers a batch with an answer to no request, or with two")
        found[identity] = answer
    return [_or_refused(*questions[identity], found[identity]) for identity in questions]


def _or_refused(method: str, params: Sequence[Any], answer: dict[str, Any]) -> Any:
    try:
        return _result(method, params, answer)
    except RevertedError as error:
        return error


def _result(method: str, params: Sequence[Any], answer: dict[str, Any]) -> Any:
    if answer.get("error") is not None:
        raise _error(method, answer["error"])
    if "result" not in answer:
        raise WrongAnswerError(f"answers {method} with neither a result nor an error")
    try:
        return shaped(method, params, answer["result"])
    except ValueError as error:
        raise WrongAnswerError(f"answers {method} with {error}") from error


def _envelope(method: str, identity: int, status: int, body: bytes) -> dict[str, Any]:
    if status in _TOO_MUCH and method == "eth_getLogs":
        raise RangeTooWideError(f"the chain's node answers {method} with HTTP {status}")
    if status in _BUSY or status >= 500:
        raise ChainUnreachableError(f"the chain's node is busy or broken: HTTP {status}")
    try:
        answer = foreign_json.read(body, LARGEST_ANSWER)
    except (ValueError, RecursionError) as error:
        raise WrongAnswerError(f"answers {method} with HTTP {status} and no JSON") from error
    # Some nodes send an error with a status of its own, and without the request's number.
    if isinstance(answer, dict) and isinstance(answer.get("error"), dict):
        return answer
    if status != OK or not isinstance(answer, dict) or answer.get("id") != identity:
        raise WrongAnswerError(f"answers {method} with HTTP {status} and no answer to the request")
    return answer


def _error(method: str, error: Any) -> ChainError:
    if not isinstance(error, dict):
        return WrongAnswerError(f"answers {method} with an error of no known form")
    code, message, data = error.get("code"), str(error.get("message"))[:LONGEST_SHOWN], _hex(error)
    said = f"{method}: {code} {_plain(message)}"
    if method == "eth_getLogs" and (code == LIMIT_EXCEEDED or _RANGE.search(message)):
        return RangeTooWideError(f"the chain's node says of {said}")
    if method in _EXECUTING:
        for pattern, kind in _POOL if method != "eth_call" else ():
            if pattern.search(message) and not data:
                return kind(f"the chain's node refuses a transaction: {_plain(message)}")
        if code == REVERTED or data or _REVERTED.search(message):
            return RevertedError(_plain(message), data)
    if code in (LIMIT_EXCEEDED, INTERNAL):
        return ChainUnreachableError(f"the chain's node says of {said}")
    if code in (-32600, -32601, -32602, -32700) or _LACKS.search(message):
        return WrongAnswerError(f"says of {said}")
    return ChainUnreachableError(f"the chain's node says of {said}")


def _hex(error: dict[str, Any]) -> str:
    """Return a contract's answer to a call that it refused; nodes put it into two places."""
    found = error.get("data")
    if isinstance(found, dict):
        found = found.get("data")
    return found if isinstance(found, str) and re.fullmatch(r"0x[0-9a-fA-F]{8,}", found) else ""


def _plain(message: str) -> str:
    """Return a message without what a terminal would obey."""
    return "".join(character if character.isprintable() else "?" for character in message)
