"""The jobs' service with a certificate, and with a client that takes its time."""

from __future__ import annotations

import datetime
import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from prover.database import open_database
from prover.errors import QueueError
from prover.lease import Leases
from prover.remote import RemoteQueue
from prover.server import create_app
from prover.serving import serving

TOKEN = "a" * 32
CIRCUIT = "0f" * 32


@pytest.fixture
def leases(tmp_path: Path) -> Iterator[Leases]:
    engine = open_database(f"sqlite:///{tmp_path}/jobs.sqlite")
    yield Leases(engine)
    engine.dispose()


def certificate(folder: Path) -> tuple[Path, Path]:
    """Return a certificate of this machine's address and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "queue of the tests")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    return files


def test_jobs_go_over_tls(leases: Leases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = certificate(tmp_path)
    job = leases.put(CIRCUIT, b"{}", 0)
    with serving(create_app(leases, {"ada": TOKEN}), certificate=files) as url:
        assert url.startswith("https://")
        # Nobody vouches for it: no token is sent.
        with RemoteQueue(url, TOKEN) as queue, pytest.raises(QueueError, match="CERTIFICATE"):
            queue.claim([CIRCUIT])
        monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
        with RemoteQueue(url, TOKEN) as queue:
            held = queue.claim([CIRCUIT])
            assert held is not None
            assert held.job == job
        with pytest.raises(httpx.HTTPError):
            httpx.post(url.replace("https", "http") + "/jobs/claim")


def test_a_certificate_that_cannot_be_used_is_told(leases: Leases, tmp_path: Path) -> None:
    good, key = certificate(tmp_path)
    (tmp_path / "none").write_text("nothing", encoding="utf-8")
    for files in ((tmp_path / "missing", key), (good, tmp_path / "none"), (key, good)):
        service = serving(create_app(leases, {}), certificate=files)
        with pytest.raises(QueueError, match="certificate cannot be used"), service:
            pass


def test_a_body_that_does_not_come_is_not_waited_for(
    leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prover.server.BODY_SECONDS", 0.2)
    with serving(create_app(leases, {"ada": TOKEN})) as url:
        parts = urlsplit(url)
        head = f"POST /jobs/claim HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
        with socket.create_connection((parts.hostname, parts.port), timeout=30) as slow:
            slow.sendall(f"{head}Content-Length: 99\r\n\r\n{{".encode())
            assert b"408" in slow.recv(100)


def test_what_the_commands_lack_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from venue.command import cli

    for name in ("UNDERTOW_PROVER_TOKEN", "UNDERTOW_PROVER_TOKENS"):
        monkeypatch.delenv(name, raising=False)
    database = f"sqlite:///{tmp_path}/jobs.sqlite"
    for arguments, text in (
        (("run", "http://127.0.0.1:1"), "set UNDERTOW_PROVER_TOKEN"),
        (("queue", database, "9"), "set UNDERTOW_PROVER_TOKENS"),
        (("queue", database, "9", "--certificate", "x"), "go together"),
    ):
        done = CliRunner().invoke(cli.app, ["prover", *arguments])
        assert done.exit_code == 1
        assert text in done.output
    monkeypatch.setenv("UNDERTOW_PROVER_TOKEN", TOKEN)
    done = CliRunner().invoke(cli.app, ["prover", "run", "http://queue.example.org"])
    assert "name the queue by https://" in done.output
    assert not list(tmp_path.iterdir())
