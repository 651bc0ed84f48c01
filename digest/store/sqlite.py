"""SQLite: connect, migrate, lock. Contains no business logic."""

import contextlib
import fcntl
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.exc import DatabaseError

from digest.errors import StoreError
from digest.files import keep_private, new_private
from digest.store.schema import SCHEMA_VERSION

_WORLD = re.compile("full|readonly|locked|disk I/O|unable to open")


def connect(path: Path | None) -> Engine:
    """Open an archive, making or migrating it where needed.

    Args:
        path: The file, or None for one in memory (tests).

    Raises:
        StoreError: it cannot be opened, is no archive, or was made by a newer digest.
    """
    from sqlalchemy.pool import StaticPool

    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path.parent}: cannot be made: {error.strerror}") from error
        _keep_private(path)
        engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", lambda context: _reword(context, path))
    try:
        _bring_up_to_date(engine, path)
    except DatabaseError as error:
        engine.dispose()
        raise StoreError(f"{path}: cannot be used as an archive: {error.orig}") from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def _keep_private(path: Path) -> None:
    """Have the archive, its log, copies and caches readable by their owner alone, a new one from the first.

    SQLite gives its log the archive's own permissions.
    """
    if not path.exists():
        # Where this fails, SQLite says why.
        with contextlib.suppress(OSError):
            new_private(path)
    keep_private(*path.parent.glob(f"{path.stem}*{path.suffix}*"), *path.parent.glob("*.cache"))


def _set_pragmas(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 10000")
    cursor.close()


def _reword(context: ExceptionContext, path: Path | None) -> None:
    """Turn what the world did to the file (full disk, no permission, a lock) into a message.

    Raises:
        StoreError: in place of SQLite's own error; mistakes of this program stay what they are.
    """
    error = context.original_exception
    if isinstance(error, sqlite3.OperationalError) and _WORLD.search(str(error)):
        raise StoreError(f"{path}: not written: {error}; what was kept before is safe") from error


def _begin(connection: Connection) -> None:
    # The driver's own transactions would commit before DDL, and a killed migration could stay half done.
    # Writers take their lock at once: a reader that turns writer later can be refused without a wait.
    is_write = connection.get_execution_options().get("is_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


def for_writing(engine: Engine) -> Engine:
    """Give the same engine with transactions that take the write lock at their start."""
    return engine.execution_options(is_write=True)


def _bring_up_to_date(engine: Engine, path: Path | None) -> None:
    with engine.begin() as connection:
        version = schema_version(connection)
    if version == SCHEMA_VERSION:
        return
    if version and version > SCHEMA_VERSION:
        raise StoreError(
            f"{path}: made by a newer digest (schema {int(version)}, this one knows {int(SCHEMA_VERSION)}); "
            "upgrade digest or choose another workspace with -C"
        )
    if version and path is not None:
        _keep_copy(engine, path, version)
    with for_writing(engine).begin() as connection:
        # Another process may have migrated while this one waited for the lock.
        if schema_version(connection) != SCHEMA_VERSION:
            _migrate(connection)


def schema_version(connection: Connection) -> str:
    """Read the alembic revision of an archive; empty for a new file."""
    found = connection.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'")
    ).first()
    if found is None:
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _keep_copy(engine: Engine, path: Path, version: str) -> None:
    copy = path.with_name(f"{path.stem}.schema-{int(version)}{path.suffix}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    temporary = copy.with_name(copy.name + ".tmp")
    new_private(temporary)
    shutil.copyfile(path, temporary)
    os.replace(temporary, copy)


def _migrate(connection: Connection) -> None:
    # alembic takes a quarter of a second to import and is needed once in an archive's life.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextlib.contextmanager
def exclusive(path: Path, *, doing: str) -> Iterator[None]:
    """Hold the workspace's lock; the system lets go of it when the process ends, however it ends.

    Args:
        path: The lock file; stays behind, empty of meaning, once the lock is gone.
        doing: What the holder does, for the message another process shows.

    Raises:
        StoreError: another process holds it, or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "another digest"
            raise StoreError(f"{path.parent}: in use by {holder}; try again when it has ended") from error
        file.truncate(0)
        file.write(f"{doing} (process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC)")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
