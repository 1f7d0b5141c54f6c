"""A node in memory over HTTP: blocks, the getters of a venue's contracts, and logs of real form."""

from __future__ import annotations

import hashlib
import json
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from eth_abi.abi import encode
from web3 import Web3

from undertow.chain.answers import OK
from undertow.chain.compiled import artifact
from undertow.chain.peaks import Peaks

SECONDS = 12
"""From block to block."""
NEWEST = 16
"""Blocks that are known by their hash."""

Answer = Callable[[dict[str, Any]], tuple[int, bytes] | None]
"""HTTP status and body for a request; None drops the connection."""
Whole = Callable[[Any], tuple[int, bytes] | None]
"""The same for all that comes in one HTTP request: one question, or a list of them."""


class MemoryNode:
    """What a node knows: everything stands at the newest block."""

    def __init__(self, chain_id: int, head: int) -> None:
        self.chain_id, self.head = chain_id, head
        self.branch = 0
        """Another number gives every block above `forked` another hash: a reorganisation."""
        self.forked = head
        self._results: dict[tuple[str, str], str] = {}
        self._logs: list[dict[str, Any]] = []
        self._blocks: list[int] = []

    def put(
        self,
        name: str,
        address: str,
        getter: str,
        values: list[Any],
        given: Sequence[Any] = (),
    ) -> None:
        """Let a contract's getter answer with these values, for these arguments."""
        entry = _entry(name, "function", getter)
        call = _selector(entry) + encode(_types(entry["inputs"]), list(given))
        result = encode(_types(entry["outputs"]), values)
        self._results[address.lower(), f"0x{call.hex()}"] = f"0x{result.hex()}"

    def put_peaks(self, address: str, peaks: Peaks) -> None:
        """Let a vault hold the peaks over all its entries."""
        for level in (i for i in range(len(peaks).bit_length()) if len(peaks) >> i & 1):
            self.put("Vault", address, "peak", [peaks.levels[level][-1]], [level])

    def emit(self, name: str, address: str, block: int, event: str, said: dict[str, Any]) -> None:
        """Let a contract emit an event in a block, not before that of the newest log."""
        inputs = _entry(name, "event", event)["inputs"]
        topics = [Web3.keccak(text=f"{event}({','.join(_types(inputs))})").to_0x_hex()]
        topics += [
            f"0x{encode([i['type']], [said[i['name']]]).hex()}" for i in inputs if i["indexed"]
        ]
        plain = [item for item in inputs if not item["indexed"]]
        data = encode(_types(plain), [said[item["name"]] for item in plain])
        digest = hashlib.sha256(f"{block} {len(self._logs)}".encode()).hexdigest()
        log = {
            "address": address.lower(),
            "topics": topics,
            "data": f"0x{data.hex()}",
            "blockNumber": hex(block),
            "transactionHash": f"0x{digest}",
            "transactionIndex": "0x0",
            "logIndex": hex(len(self._logs)),
            "removed": False,
        }
        self._logs.append(log)
        self._blocks.append(block)

    def block_hash(self, number: int) -> str:
        """Return a block's hash."""
        branch = self.branch if number > self.forked else 0
        return f"0x{hashlib.sha256(f'{branch} {number}'.encode()).hexdigest()}"

    def answer(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        """Return HTTP status and body for a request."""
        said = {"jsonrpc": "2.0", "id": asked["id"]}
        error = self._refusal(*asked["params"]) if asked["method"] == "eth_call" else None
        if error is not None:
            return OK, json.dumps({**said, "error": error}).encode()
        result = self.result(asked["method"], asked["params"])
        return OK, json.dumps({**said, "result": result}).encode()

    def result(self, method: str, params: list[Any]) -> Any:
        """Return a method's result; of what is not here, what an address without code gives."""
        if method == "eth_chainId":
            return hex(self.chain_id)
        if method == "eth_getBlockByNumber":
            number = self.head if params[0] == "latest" else int(params[0], 16)
            return self._block(number) if number <= self.head else None
        if method == "eth_getLogs":
            return self._found(params[0])
        if method == "eth_call":
            return self._results.get((params[0]["to"].lower(), params[0]["data"]), "0x")
        if method == "eth_getCode":
            return "0x"
        raise LookupError(method)

    def _refusal(self, call: dict[str, Any], block: Any) -> dict[str, Any] | None:
        """Return why a call has no result: a block that is not the chain's, or the contract."""
        known = range(self.head, max(self.head - NEWEST, -1), -1)
        if isinstance(block, dict) and block["blockHash"] not in map(self.block_hash, known):
            return {"code": -32000, "message": "header not found"}
        to, data = call["to"].lower(), call["data"]
        if (to, data) in self._results or all(address != to for address, _ in self._results):
            return None
        return {"code": 3, "message": "execution reverted", "data": "0x"}

    def _block(self, number: int) -> dict[str, Any]:
        return {
            "number": hex(number),
            "hash": self.block_hash(number),
            "timestamp": hex(1_700_000_000 + SECONDS * number),
            "baseFeePerGas": "0x7",
        }

    def _found(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        start, end = bisect_left(self._blocks, first), bisect_right(self._blocks, last)
        return [
            {**log, "blockHash": self.block_hash(int(log["blockNumber"], 16))}
            for log in self._logs[start:end]
            if log["address"] in wanted["address"] and log["topics"][0] in wanted["topics"][0]
        ]


def each(answer: Answer) -> Whole:
    """Answer questions that come together as each of them is answered alone, in their order."""

    def whole(asked: Any) -> tuple[int, bytes] | None:
        if not isinstance(asked, list):
            return answer(asked)
        answers = [answer(one) for one in asked]
        bad = next((one for one in answers if one is None or one[0] != OK), (OK, b""))
        if bad is None or bad[0] != OK:
            return bad
        return OK, b"[" + b",".join(one[1] for one in answers if one) + b"]"

    return whole


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """Serve answers over HTTP while the `with` block runs; gives the address."""
    with served_whole(each(answer)) as url:
        yield url


@contextmanager
def served_whole(answer: Whole) -> Iterator[str]:
    """Serve answers to whatever is asked at once, as `served` does to each question."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = answer(asked)
            self.close_connection = found is None
            if found is None:
                return
            self.send_response(found[0])
            self.send_header("Content-Length", str(len(found[1])))
            self.end_headers()
            self.wfile.write(found[1])

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _entry(name: str, kind: str, called: str) -> dict[str, Any]:
    abi = artifact(name)["abi"]
    found: dict[str, Any] = next(
        item for item in abi if item["type"] == kind and item["name"] == called
    )
    return found


def _selector(entry: dict[str, Any]) -> bytes:
    text = f"{entry['name']}({','.join(_types(entry['inputs']))})"
    return bytes(Web3.keccak(text=text)[:4])


def _types(items: list[dict[str, Any]]) -> list[str]:
    return [_type(item) for item in items]


def _type(item: dict[str, Any]) -> str:
    if not item["type"].startswith("tuple"):
        return str(item["type"])
    inner = ",".join(_types(item["components"]))
    return f"({inner}){item['type'].removeprefix('tuple')}"
