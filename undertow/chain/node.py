"""One node over HTTP: a request at a time, bounded in time and size, each answer classified."""

from __future__ import annotations

import itertools
import time
from typing import Any, cast

import httpx
from web3 import Web3
from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from undertow.chain import answers
from undertow.chain.errors import ChainError, ChainUnreachableError, RangeTooWideError

CONNECT_SECONDS = 10
SILENCE_SECONDS = 30
"""Longest wait for the next byte."""
ANSWER_SECONDS = 120
"""Longest wait for a whole answer, however it trickles."""


class Node(JSONBaseProvider):
    """A node as web3 asks it: what comes back is data of a known form, or an error of ours."""

    # A contract, or a node in its name, may not have us fetch an address of its choice (EIP-3668).
    global_ccip_read_enabled = False

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.heard = 0.0
        """When it answered last, by this machine's monotonic clock."""
        self._identities = itertools.count(1)
        timeout = httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
        try:
            self._http = httpx.Client(timeout=timeout, headers={"Accept-Encoding": "identity"})
            self._request = self._http.build_request("POST", url)
        except (httpx.InvalidURL, ValueError, TypeError) as error:
            raise ChainError(f"{url!r} is no address of a node") from error

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """See `ask`; a refused call is an error of ours, so an answer always has a result."""
        return cast("RPCResponse", {"jsonrpc": "2.0", "id": 0, "result": self.ask(method, params)})

    def ask(self, method: str, params: Any) -> Any:
        """Return a method's result; raises ChainError, see `answers.result`."""
        identity = next(self._identities)
        asked = {"jsonrpc": "2.0", "id": identity, "method": method, "params": params}
        status, body = self._post(method, Web3.to_json(asked).encode())
        self.heard = time.monotonic()
        return answers.result(method, params, identity, status, body)

    def _post(self, method: str, content: bytes) -> tuple[int, bytes]:
        deadline = time.monotonic() + ANSWER_SECONDS
        headers = {"Content-Type": "application/json"}
        parts, size = [], 0
        try:
            with self._http.stream("POST", self.url, content=content, headers=headers) as answer:
                for part in answer.iter_raw():
                    parts.append(part)
                    size += len(part)
                    if size > answers.LARGEST_ANSWER:
                        raise RangeTooWideError(f"the chain's node answers {method} without an end")
                    if time.monotonic() > deadline:
                        raise ChainUnreachableError(f"the chain's node trickles: {method}")
                return answer.status_code, b"".join(parts)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            raise ChainUnreachableError(
                f"the chain's node does not answer, is it running? {error}"
            ) from error
