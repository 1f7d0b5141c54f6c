"""Key file: opens with its passphrase and its owner's permissions only."""

from __future__ import annotations

from pathlib import Path

import pytest

from undertow.client.errors import KeyFileError
from undertow.client.keys import load_secret, save_secret

SECRET = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "trader.key"
    save_secret(path, SECRET, "correct horse")
    return path


def test_round_trip_is_private(path: Path) -> None:
    assert load_secret(path, "correct horse") == SECRET
    assert path.stat().st_mode & 0o777 == 0o600
    assert SECRET.hex() not in path.read_text()


def test_wrong_passphrase(path: Path) -> None:
    with pytest.raises(KeyFileError, match="wrong passphrase"):
        load_secret(path, "battery staple")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_loose_permissions_are_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_secret(path, "correct horse")


def test_existing_file_is_kept(path: Path) -> None:
    before = path.read_text()
    with pytest.raises(KeyFileError, match="never overwritten"):
        save_secret(path, SECRET, "other")
    assert path.read_text() == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "undertow key 1", "salt": "0"}'])
def test_not_a_key_file(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(KeyFileError, match="not an Undertow key file"):
        load_secret(path, "correct horse")


def test_other_format_is_named(path: Path) -> None:
    path.write_text('{"format": "undertow key 2"}')
    with pytest.raises(KeyFileError, match="undertow key 2"):
        load_secret(path, "correct horse")


def test_missing_file_and_bad_input(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="no key file"):
        load_secret(tmp_path / "none", "x")
    with pytest.raises(KeyFileError, match="passphrase is empty"):
        save_secret(tmp_path / "new", SECRET, "")
    with pytest.raises(KeyFileError, match="32 bytes"):
        save_secret(tmp_path / "new", b"short", "x")
    assert not (tmp_path / "new").exists()
