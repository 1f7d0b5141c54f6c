"""Settings of the matcher, from environment variables that start with `UNDERTOW_`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from matcher.bounded import CONNECTIONS, CONNECTIONS_PER_ADDRESS, GARBAGE
from matcher.close import IDLE_SECONDS
from matcher.errors import SettingsError
from matcher.rhythm import RHYTHM_SECONDS
from matcher.serve import REQUEST_LINGER_SECONDS
from matcher.yardstick import BAND_BP


class Settings(BaseSettings):
    """Everything that differs between two matchers."""

    model_config = SettingsConfigDict(env_prefix="UNDERTOW_", frozen=True)

    log_path: Path
    """SQLite file of the order log."""
    epoch: int = Field(ge=0, lt=1 << 32)
    """Period of the envelope key."""
    envelope_secret: SecretStr
    """ML-KEM-768 seed and X25519 secret, 96 bytes of hex."""
    receipt_secret: SecretStr
    """Ed25519 secret, 32 bytes of hex."""
    operator_key: Path
    """Key file of the operator's BabyJubJub key, made by `undertow keys new`."""
    passphrase: SecretStr
    """Of the operator's key file."""
    chain_key: SecretStr
    """Private key of the operator's account on the chain, hex."""
    rpc: str = "http://127.0.0.1:8545"
    """The chain's node."""
    deployment: Path = Path("deployment.json")
    """What `undertow deploy` wrote."""
    journal_path: Path = Path("journal.sqlite")
    """SQLite file of the closed sets."""
    sends_path: Path = Path("sends.sqlite")
    """SQLite file of the transactions that were sent."""
    queue_path: Path = Path("queue.json")
    """File of what was read of the vault's queue."""
    checkpoints: Path = Path("checkpoints")
    """Folder of what a restart goes on from."""
    confirmations: int = Field(default=12, ge=0, le=1 << 20)
    """Blocks on top of one that no reorganisation undoes; a local chain needs none."""
    linger_seconds: float = Field(default=2.0, ge=0)
    """How long the first order of a batch waits for others."""
    request_linger_seconds: float = Field(default=REQUEST_LINGER_SECONDS, ge=0)
    """How long the first request at an idle venue waits for others."""
    idle_seconds: float = Field(default=IDLE_SECONDS, ge=0)
    """After how long without a batch one is closed for orders that are all parked."""
    rhythm_seconds: float = Field(default=RHYTHM_SECONDS, ge=0)
    """From close to close, whether anything waits or not. With 0, and where the next one is set, a
    batch shows that something waited, and a time without one that nobody traded."""
    quiet_seconds: float = Field(default=0.0, ge=0)
    """After so long without an order sets are closed no more until there is one; 0: always."""
    band_bp: int = Field(default=BAND_BP, ge=0, le=9_999)
    """How far from the last price, in 1/10,000, an order may be to get a slot."""
    connections: int = Field(default=CONNECTIONS, ge=1)
    """Of all clients together; this one and the next two count a proxy as one address."""
    connections_per_address: int = Field(default=CONNECTIONS_PER_ADDRESS, ge=1)
    garbage_per_address: int = Field(default=GARBAGE, ge=1)
    """Envelopes in ten seconds that nobody could have meant, after which an address is dropped."""
    jobs: str | None = None
    """Database of proof jobs to share, such as sqlite:///jobs.sqlite; unset: all proved here."""
    prover_port: int | None = Field(default=None, ge=1, lt=1 << 16)
    """Where this process serves the jobs to provers; unset: `undertow prover queue` may."""
    prover_host: str = "127.0.0.1"
    """Address of that port: without TLS, so a reverse proxy's business beyond this machine."""
    prover_tokens: SecretStr = SecretStr("")
    """Pairs name=token with blanks between: each prover's own bearer token."""
    prover_patience_seconds: float = Field(default=30.0, ge=0)
    """How long each prover has for a job, and all of them for the oldest, before this process
    proves it with its own key."""


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: names each variable that is missing or malformed, never its value.
    """
    try:
        return Settings()  # type: ignore[call-arg]  # the fields come from the environment
    except ValidationError as error:
        faults = [
            f"UNDERTOW_{str(e['loc'][0]).upper()}: {_fault(e['type'], e['msg'])}"
            for e in error.errors()
        ]
        raise SettingsError("; ".join(faults)) from None


def _fault(kind: str, message: str) -> str:
    return "is not set" if kind == "missing" else message


_KNOWN = {f"UNDERTOW_{name.upper()}" for name in Settings.model_fields} | {
    "UNDERTOW_PROVER_TOKEN",
    "UNDERTOW_PURE_PYTHON",
    "UNDERTOW_SIGNER_KEY",
}


def check_names(environment: Iterable[str]) -> None:
    """Refuse misspelt variables, which would be ignored in silence; raises SettingsError."""
    unknown = [n for n in environment if n.startswith("UNDERTOW_") and n not in _KNOWN]
    if unknown:
        raise SettingsError(f"unknown settings: {', '.join(sorted(unknown))}")


def secret_bytes(name: str, value: SecretStr, length: int) -> bytes:
    """Decode a secret of `length` bytes.

    Raises:
        SettingsError: not that many bytes of hex; the value is not repeated.
    """
    try:
        raw = bytes.fromhex(value.get_secret_value())
    except ValueError:
        raw = b""
    if len(raw) != length:
        raise SettingsError(f"UNDERTOW_{name.upper()}: expected {length} bytes of hex")
    return raw
