"""The database that proof jobs are kept in: SQLite by default, PostgreSQL by URL.

What it holds is secret (`prover/job_text.py`). A SQLite file is for its owner alone, and what is
deleted from it is overwritten; who may read a PostgreSQL server is for whoever runs it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Double,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    inspect,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from prover.errors import QueueError

BUSY_SECONDS = 30
_POSTGRESQL = "postgresql"
_METADATA = MetaData()

JOBS = Table(
    "jobs",
    _METADATA,
    Column("id", String(64), primary_key=True),
    Column("circuit", String(64), nullable=False, index=True),
    Column("priority", Integer, nullable=False),
    Column("created", Double, nullable=False),
    Column("wanted", Double, nullable=False),
    Column("since", Double, nullable=False),
    Column("allowed", Double, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("holder", String(64)),
    Column("token", String(64)),
    Column("deadline", Double),
    Column("heartbeat", Double),
    Column("proof", LargeBinary),
)
FAILURES = Table(
    "failures",
    _METADATA,
    Column("job", ForeignKey(JOBS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("holder", String(64), primary_key=True),
    Column("reason", String, nullable=False),
)
HOLDERS = Table(
    "holders",
    _METADATA,
    Column("holder", String(64), primary_key=True),
    Column("seen", Double, nullable=False),
    Column("strikes", Integer, nullable=False, default=0),
    Column("struck", Double, nullable=False, default=0.0),
    Column("rests_until", Double, nullable=False, default=0.0),
)
WORKERS = Table(
    "workers",
    _METADATA,
    Column("holder", String(64), primary_key=True),
    Column("circuit", String(64), primary_key=True),
    Column("seen", Double, nullable=False),
)


def open_database(url: str) -> Engine:
    """Return the database of a URL, with its tables; raises QueueError."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        # Without the cause: the text may hold a password.
        raise QueueError("the jobs' database is no URL, such as sqlite:///jobs.sqlite") from None
    with reported():
        if parsed.get_backend_name() == "sqlite":
            engine = _sqlite(parsed)
        elif parsed.get_backend_name() == _POSTGRESQL:
            server = parsed.set(drivername="postgresql+psycopg")
            engine = create_engine(server, pool_pre_ping=True, hide_parameters=True)
        else:
            raise QueueError(f"jobs are kept in SQLite or PostgreSQL, not {parsed.drivername}")
        try:
            _METADATA.create_all(engine)
            _check_columns(engine)
        except BaseException:
            engine.dispose()
            raise
    return engine


def _check_columns(engine: Engine) -> None:
    found = inspect(engine)
    for table in _METADATA.sorted_tables:
        present = {column["name"] for column in found.get_columns(table.name)}
        if present != set(table.columns.keys()):
            raise QueueError(
                f"the jobs' database has another table {table.name}: it keeps nothing that is not "
                "asked for again, so name a new one"
            )


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise QueueError("the jobs' database has to be a file: sqlite:///jobs.sqlite")
    path = Path(url.database)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        path.chmod(0o600)
    except OSError as error:
        raise QueueError(f"the jobs' database: {error}") from error
    # Parameters are witnesses: no error may repeat them.
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        # The driver's own transactions begin with the first write, when what was read is stale.
        connection.isolation_level = None
        for pragma in ("secure_delete = ON", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def insert(engine: Engine, table: Table) -> Any:
    """Return an insertion that may say what happens on a conflict."""
    if engine.dialect.name == _POSTGRESQL:
        return postgresql.insert(table)
    return sqlite.insert(table)


@contextmanager
def reported() -> Iterator[None]:
    """Make a fault of the database a QueueError, without what was to be written."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise QueueError(f"the jobs' database: {error}") from error
