"""A local chain for the demo and the tests: anvil from the npm registry."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterable
from types import TracebackType

from undertow.chain.compiled import ROOT
from undertow.chain.errors import ChainUnreachableError

BINARY = ROOT / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil"
CHAIN_ID = 31337
START_SECONDS = 20
_LISTENING = re.compile(r"Listening on 127\.0\.0\.1:(\d+)$")


class Anvil:
    """One anvil process on a port of its own; use it in a `with` statement."""

    def __init__(self, accounts: int = 40) -> None:
        self.port = 0
        self._command = [str(BINARY), "--port", "0", "--accounts", str(accounts)]
        self._command += ["--chain-id", str(CHAIN_ID)]
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where the chain answers."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Anvil:
        if not BINARY.is_file():
            raise ChainUnreachableError(f"{BINARY} is missing; run `make setup`")
        process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        self._process = process
        deadline = threading.Timer(START_SECONDS, process.kill)
        deadline.start()
        self.port = _port(process.stdout)
        deadline.cancel()
        if self.port == 0:
            self._end(process)
            raise ChainUnreachableError("anvil did not start")
        # It tells of every call, and would wait for a reader.
        self._reader = threading.Thread(target=_drain, args=(process.stdout,), daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._end(self._process)

    def _end(self, process: subprocess.Popen[str]) -> None:
        process.terminate()
        process.wait(timeout=10)
        if self._reader is not None:
            self._reader.join(10)
        assert process.stdout is not None
        process.stdout.close()


def _port(lines: Iterable[str]) -> int:
    """Return the port that anvil says it listens on; 0 where it ends without."""
    for line in lines:
        if found := _LISTENING.match(line.rstrip()):
            return int(found[1])
    return 0


def _drain(lines: Iterable[str]) -> None:
    for _ in lines:
        pass
