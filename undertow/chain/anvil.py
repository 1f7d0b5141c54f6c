"""A local chain for the demo and the tests: anvil from the npm registry."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

from web3 import Web3

from undertow.chain.compiled import ROOT
from undertow.chain.errors import ChainUnreachableError

BINARY = ROOT / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil"
CHAIN_ID = 31337
START_SECONDS = 20


class Anvil:
    """One anvil process; use it in a `with` statement."""

    def __init__(self, port: int | None = None, accounts: int = 40) -> None:
        self.port = port or _free_port()
        self._command = [str(BINARY), "--port", str(self.port), "--accounts", str(accounts)]
        self._command += ["--chain-id", str(CHAIN_ID), "--silent"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the chain answers."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Anvil:
        if not Path(self._command[0]).is_file():
            raise ChainUnreachableError(f"{self._command[0]} is missing; run `make setup`")
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        web3 = Web3(Web3.HTTPProvider(self.url))
        while not web3.is_connected():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise ChainUnreachableError("anvil did not start")
            time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
