"""A node that answers getters of a venue's contracts over HTTP, and holds nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from web3 import Web3

from undertow.chain.deployment import Deployment
from undertow.chain.terms import LOCAL, OF_SETTLEMENT, OF_VAULT
from undertow.crypto.eddsa import PrivateKey
from undertow.protocol.params import MINIMAL
from venue.markets import LOCAL_GROUP

OPERATOR = PrivateKey.from_seed(b"operator of the tests".ljust(32, b"."))
DEPLOYMENT = Deployment(
    chain_id=31337,
    settlement=Web3.to_checksum_address("0x" + "5e" * 20),
    vault=Web3.to_checksum_address("0x" + "fa" * 20),
    oracle=Web3.to_checksum_address("0x" + "0c" * 20),
    token=Web3.to_checksum_address("0x" + "70" * 20),
    preset=MINIMAL.name,
    block=7,
    keys="dev",
    operator_key=OPERATOR.public,
    group=LOCAL_GROUP,
    terms=LOCAL,
)


VERIFIERS = {
    "BATCH_VERIFIER": Web3.to_checksum_address("0x" + "ba" * 20),
    "REQUEST_VERIFIER": Web3.to_checksum_address("0x" + "be" * 20),
}
KEYS = {"BATCH_VERIFIER": range(22), "REQUEST_VERIFIER": range(22, 44)}
"""Words that stand for keys: the node verifies nothing."""


def _selector(name: str) -> str:
    return Web3.keccak(text=f"{name}()")[:4].to_0x_hex()


class Node:
    """What the chain says: its id, and each getter's word by contract and name."""

    def __init__(self, deployment: Deployment) -> None:
        self.url = ""
        self.chain_id = deployment.chain_id
        settlement, vault = deployment.settlement, deployment.vault
        self.words: dict[tuple[str, str], int] = {
            (settlement, "MARKET_PARAMS_HASH"): deployment.group.params.hash(),
            (settlement, "VAULT"): int(vault, 16),
            (settlement, "PRICE_SOURCE"): int(deployment.oracle, 16),
            (settlement, "SLOTS"): MINIMAL.slots,
            (settlement, "REQUESTS"): MINIMAL.requests,
            (settlement, "OPERATOR_KEY_X"): deployment.operator_key.x,
            (settlement, "OPERATOR_KEY_Y"): deployment.operator_key.y,
            (settlement, "BATCH_VERIFIER"): int(VERIFIERS["BATCH_VERIFIER"], 16),
            (settlement, "REQUEST_VERIFIER"): int(VERIFIERS["REQUEST_VERIFIER"], 16),
            (vault, "TOKEN"): int(deployment.token, 16),
            **{(settlement, n.upper()): getattr(deployment.terms, n) for n in OF_SETTLEMENT},
            **{(vault, n.upper()): getattr(deployment.terms, n) for n in OF_VAULT},
        }
        self.keys = {address: list(KEYS[name]) for name, address in VERIFIERS.items()}

    def answer(self, method: str, params: list[Any]) -> str:
        """Return a call's result; of what is not here, what an address without code gives."""
        if method == "eth_chainId":
            return hex(self.chain_id)
        if method == "eth_getCode":
            return "0x"
        assert method == "eth_call", method
        to, data = params[0]["to"].lower(), params[0]["data"]
        for address, key in self.keys.items():
            if address.lower() == to and data == _selector("verifyingKey"):
                return "0x" + "".join(f"{word:064x}" for word in key)
        for (contract, name), word in self.words.items():
            if contract.lower() == to and data == _selector(name):
                return f"{word:#066x}"
        return "0x"


@contextmanager
def running(deployment: Deployment = DEPLOYMENT) -> Iterator[Node]:
    """Serve a node while the `with` block runs."""
    node = Node(deployment)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            result = node.answer(asked["method"], asked["params"])
            body = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        node.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield node
        finally:
            server.shutdown()
            thread.join()
