"""Answers that no honest node gives, and those of an ill one; each made from the honest one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Lie = Callable[[dict[str, Any], Any], tuple[int, bytes] | None]
"""Makes of a request and its honest result what is sent; None drops the connection."""


def _raw(status: int, body: bytes) -> Lie:
    return lambda asked, result: (status, body)


def _result(change: Callable[[Any], Any]) -> Lie:
    def lie(asked: dict[str, Any], result: Any) -> tuple[int, bytes]:
        answer = {"jsonrpc": "2.0", "id": asked["id"], "result": change(result)}
        return 200, json.dumps(answer).encode()

    return lie


def _error(code: object, message: object, data: object = None) -> Lie:
    def lie(asked: dict[str, Any], result: Any) -> tuple[int, bytes]:
        error = {"code": code, "message": message, "data": data}
        return 200, json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": error}).encode()

    return lie


def _logs(change: Callable[[list[dict[str, Any]]], Any]) -> Lie:
    def changed(result: Any) -> Any:
        return change(result) if isinstance(result, list) and result else result

    return _result(changed)


def _each(**fields: Any) -> Lie:
    return _logs(lambda logs: [{**log, **fields} for log in logs])


def _without(name: str) -> Lie:
    def change(result: Any) -> Any:
        rows = result if isinstance(result, list) else [result]
        for row in rows:
            if isinstance(row, dict):
                row.pop(name, None)
        return result

    return _result(change)


WORD = "ff" * 32
OFFCHAIN = "0x556f1830" + "00" * 31 + "20" + "00" * 64
ILL: dict[str, Lie] = {
    "HTML": _raw(200, b"<html><body>502 Bad Gateway</body></html>"),
    "nothing": _raw(200, b""),
    "no text": _raw(200, b"\xff\xfe\x00"),
    "half an answer": _raw(200, b'{"jsonrpc": "2.0", "id": 1, "resu'),
    "a deep answer": _raw(200, b"[" * 100_000),
    "a number": _raw(200, b"7"),
    "a field twice": _raw(200, b'{"id": 1, "result": "0x1", "result": "0x2"}'),
    "another request's answer": _raw(200, b'{"jsonrpc": "2.0", "id": -1, "result": "0x1"}'),
    "neither result nor error": _raw(200, b'{"jsonrpc": "2.0", "id": 1}'),
    "HTTP 403": _raw(403, b"no"),
    "HTTP 404": _raw(404, b""),
    "HTTP 413": _raw(413, b""),
    "HTTP 429": _raw(429, b"slow down"),
    "HTTP 500": _raw(500, b"<html>"),
    "HTTP 504": _raw(504, b""),
    "a dropped connection": lambda asked, result: None,
    "limit exceeded": _error(-32005, "limit exceeded"),
    "internal error": _error(-32603, "internal error"),
    "block range": _error(-32000, "block range is too wide"),
    "too many results": _error(-32602, "query returned more than 10000 results"),
    "no such method": _error(-32601, "the method does not exist"),
    "lacks the state": _error(-32000, "missing trie node 0x00"),
    "an error of no form": _raw(200, b'{"jsonrpc": "2.0", "id": 1, "error": "no"}'),
    "an error of odd fields": _error("x", {"a": [1]}, [None]),
    "an empty error": _raw(200, b'{"jsonrpc": "2.0", "id": 1, "error": {}}'),
    "a terminal's orders": _error(-32000, "\x1b[2J\x1b]0;owned\x07"),
    "a revert": _error(3, "execution reverted", "0x" + WORD),
    "a revert of no text": _error(3, "execution reverted", "0x08c379a0" + WORD),
    "a panic of no number": _error(3, "execution reverted", "0x4e487b71" + WORD),
    "a look-up elsewhere": _error(3, "execution reverted", OFFCHAIN),
}
LIES: dict[str, Lie] = {
    "0x": _result(lambda result: "0x"),
    "null": _result(lambda result: None),
    "true": _result(lambda result: True),
    "a list": _result(lambda result: [1, "a", None]),
    "an object": _result(lambda result: {"a": 1}),
    "an empty object": _result(lambda result: {}),
    "a whole number": _result(lambda result: 7),
    "no hex": _result(lambda result: "0xzz"),
    "odd hex": _result(lambda result: "0x123"),
    "a huge number": _result(lambda result: "0x" + "f" * 64),
    "a huger number": _result(lambda result: "0x" + "f" * 100_000),
    "a short word": _result(lambda result: "0x01"),
    "words of ones": _result(lambda result: "0x" + WORD * 12),
    "zeros": _result(lambda result: "0x" + "00" * 32 * 12),
    **{
        f"without {name}": _without(name)
        for name in ("number", "hash", "timestamp", "topics", "data", "blockNumber", "logIndex")
    },
}
LOG_LIES: dict[str, Lie] = {
    "no logs": _logs(lambda logs: []),
    "the first log missing": _logs(lambda logs: logs[1:]),
    "the last log missing": _logs(lambda logs: logs[:-1]),
    "another address": _each(address="0x" + "99" * 20),
    "another topic": _each(topics=["0x" + WORD]),
    "no topic": _each(topics=[]),
    "one topic too many": _logs(
        lambda logs: [{**log, "topics": [*log["topics"], "0x" + WORD] * 2} for log in logs]
    ),
    "duplicates": _logs(lambda logs: [*logs, logs[-1]]),
    "removed": _each(removed=True),
    "another block": _each(blockNumber="0xffff"),
    "a block of no number": _each(blockNumber=None),
    "no data": _each(data="0x"),
    "data of ones": _each(data="0x" + WORD * 40),
    "data of zeros": _each(data="0x" + "00" * 32 * 40),
}
