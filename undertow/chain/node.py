"""One node over HTTP: bounded in time and size, each answer classified."""

from __future__ import annotations

import itertools
import json
import logging
import time
from collections.abc import Sequence
from typing import Any, cast

import httpx
from web3 import Web3
from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from undertow.chain import answers
from undertow.chain.answers import Question
from undertow.chain.errors import ChainError, ChainUnreachableError, RangeTooWideError

log = logging.getLogger(__name__)
CONNECT_SECONDS = 10
SILENCE_SECONDS = 30
"""Longest wait for the next byte."""
ANSWER_SECONDS = 120
"""Longest wait for a whole answer, however it trickles."""
APART = 64
"""How often a node that gave no answer to questions asked together is not asked so again."""


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
        self._apart = 0
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

    def ask_together(self, questions: Sequence[Question]) -> list[Any]:
        """Return the results of several questions in one round trip; see `answers.results`.

        Raises:
            ChainUnreachableError: it gives no such answer, now or a short while ago, whatever is
                the cause: asked one by one, it says which.
        """
        if self._apart:
            self._apart -= 1
            raise ChainUnreachableError("the chain's node is to be asked one by one")
        asked = {next(self._identities): question for question in questions}
        content = [
            {"jsonrpc": "2.0", "id": identity, "method": method, "params": params}
            for identity, (method, params) in asked.items()
        ]
        try:
            status, body = self._post("a batch", json.dumps(content).encode())
            found = answers.results(asked, status, body)
        except ChainUnreachableError as error:
            log.info("the chain's node is asked one by one from here: %s", error)
            self._apart = APART
            raise
        self.heard = time.monotonic()
        return found

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
