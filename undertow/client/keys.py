"""Key file: the trader's secret, encrypted with a passphrase (scrypt, ChaCha20-Poly1305)."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from undertow.client.errors import KeyFileError

SECRET_BYTES = 32
SCRYPT_LOG_N = 15
"""2**15 blocks of 1 KiB: 32 MiB and about a tenth of a second per guess."""
_SCRYPT_R = 8
_SCRYPT_P = 1
_SALT_BYTES = 16
_NONCE_BYTES = 12
_FORMAT = "undertow key 1"


def save_secret(path: Path, secret: bytes, passphrase: str) -> None:
    """Write `secret` to a new file that only its owner can read.

    Raises:
        KeyFileError: the file exists, the passphrase is empty, or the secret has a wrong length.
    """
    if len(secret) != SECRET_BYTES:
        raise KeyFileError(f"a secret has {SECRET_BYTES} bytes, this one {len(secret)}")
    if not passphrase:
        raise KeyFileError("the passphrase is empty; choose one that protects the key")
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    sealed = _cipher(passphrase, salt).encrypt(nonce, secret, _FORMAT.encode())
    text = json.dumps(
        {"format": _FORMAT, "salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()}
    )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFileError(f"{path} exists; a key file is never overwritten") from error
    except OSError as error:
        raise KeyFileError(f"cannot write {path}: {error.strerror}") from error
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def load_secret(path: Path, passphrase: str) -> bytes:
    """Return the secret in the file at `path`.

    Raises:
        KeyFileError: missing, readable by others, damaged, or another passphrase.
    """
    salt, nonce, sealed = _fields(path, _read(path))
    try:
        return _cipher(passphrase, salt).decrypt(nonce, sealed, _FORMAT.encode())
    except InvalidTag as error:
        raise KeyFileError(f"wrong passphrase for {path}, or the file is damaged") from error


def _read(path: Path) -> str:
    # The permissions are those of the opened file, so a swap between check and read is no use.
    try:
        with path.open() as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise KeyFileError(f"{path} is open to others (mode {mode:o}); chmod 600 {path}")
            return file.read()
    except FileNotFoundError as error:
        raise KeyFileError(f"no key file at {path}; `undertow keys new` makes one") from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"cannot read {path}: {error}") from error


def _fields(path: Path, text: str) -> tuple[bytes, bytes, bytes]:
    try:
        value = json.loads(text)
        if value["format"] != _FORMAT:
            raise KeyFileError(f"{path} has format {value['format']!r}, expected {_FORMAT!r}")
        salt, nonce, sealed = (bytes.fromhex(value[name]) for name in ("salt", "nonce", "sealed"))
    except (ValueError, KeyError, TypeError) as error:
        raise KeyFileError(f"{path} is not an Undertow key file") from error
    lengths = (len(salt), len(nonce), len(sealed))
    if lengths != (_SALT_BYTES, _NONCE_BYTES, SECRET_BYTES + 16):
        raise KeyFileError(f"{path} is not an Undertow key file")
    return salt, nonce, sealed


def _cipher(passphrase: str, salt: bytes) -> ChaCha20Poly1305:
    kdf = Scrypt(salt=salt, length=32, n=1 << SCRYPT_LOG_N, r=_SCRYPT_R, p=_SCRYPT_P)
    return ChaCha20Poly1305(kdf.derive(passphrase.encode()))
