"""Settings of the matcher, from environment variables that start with `UNDERTOW_`."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from matcher.errors import SettingsError
from undertow.protocol.envelope import Venue

_HEX_20 = r"^(0x)?[0-9a-fA-F]{40}$"


class Settings(BaseSettings):
    """Everything that differs between two matchers."""

    model_config = SettingsConfigDict(env_prefix="UNDERTOW_", frozen=True)

    chain_id: int = Field(ge=0, lt=1 << 64)
    contract: str = Field(pattern=_HEX_20)
    """Settlement contract, hex."""
    log_path: Path
    """SQLite file of the order log."""
    epoch: int = Field(ge=0, lt=1 << 32)
    """Period of the envelope key."""
    envelope_secret: SecretStr
    """ML-KEM-768 seed and X25519 secret, 96 bytes of hex."""
    receipt_secret: SecretStr
    """Ed25519 secret, 32 bytes of hex."""

    @property
    def venue(self) -> Venue:
        """Return the contract and chain that this matcher serves."""
        return Venue(self.chain_id, bytes.fromhex(self.contract.removeprefix("0x")))


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: names each variable that is missing or malformed, never its value.
    """
    try:
        return Settings()  # type: ignore[call-arg]  # the fields come from the environment
    except ValidationError as error:
        faults = [f"UNDERTOW_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("; ".join(faults)) from None


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
