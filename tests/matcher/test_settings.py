"""Settings: a fault names its variable and never repeats a secret."""

from __future__ import annotations

import pytest

from matcher.errors import SettingsError
from matcher.settings import check_names, load_settings, secret_bytes

GOOD = {
    "LOG_PATH": "orders.db",
    "EPOCH": "3",
    "ENVELOPE_SECRET": "11" * 96,
    "RECEIPT_SECRET": "22" * 32,
    "OPERATOR_KEY": "operator.key",
    "PASSPHRASE": "correct horse",
    "CHAIN_KEY": "44" * 32,
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(f"UNDERTOW_{name}", value)
    return monkeypatch


def test_reads_the_environment(environment: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert settings.epoch == 3
    # A venue that nobody set otherwise shows by no close that somebody trades.
    assert (settings.rhythm_seconds, settings.quiet_seconds) == (12, 0)
    assert secret_bytes("receipt_secret", settings.receipt_secret, 32) == b"\x22" * 32
    assert "2222" not in repr(settings)


@pytest.mark.parametrize(("name", "value"), [("EPOCH", "-1"), ("LINGER_SECONDS", "-2")])
def test_malformed_variable_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(f"UNDERTOW_{name}", value)
    with pytest.raises(SettingsError, match=f"UNDERTOW_{name}"):
        load_settings()


def test_missing_variable_is_named(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("UNDERTOW_EPOCH")
    with pytest.raises(SettingsError, match="UNDERTOW_EPOCH"):
        load_settings()


def test_malformed_secret_is_not_repeated(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("UNDERTOW_RECEIPT_SECRET", "hunter2")
    with pytest.raises(SettingsError, match="UNDERTOW_RECEIPT_SECRET") as caught:
        secret_bytes("receipt_secret", load_settings().receipt_secret, 32)
    assert "hunter2" not in str(caught.value)


def test_a_misspelt_variable_is_refused() -> None:
    check_names(["UNDERTOW_EPOCH", "PATH"])
    with pytest.raises(SettingsError, match="UNDERTOW_EPOCHS"):
        check_names(["UNDERTOW_EPOCHS"])
