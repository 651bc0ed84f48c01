"""SQLite: connect, migrate, lock. Contains no business logic."""

import contextlib
import fcntl
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.exc import DatabaseError

from digest.errors import StoreError
from digest.store.compiled import DRIVER, OPTIONS
from digest.store.foreign import is_archive, make_empty
from digest.store.migrating import migrate
from digest.store.schema import SCHEMA_VERSION
from digest.store.soundness import is_as_made, schema_faults
from digest.workspace.files import keep_private, kind_of, new_private, why

MOST_HOLDER = 200
"""Characters of what a lock says of its holder."""

BRIEF = " for a moment"
"""Ends what a lock says whose holder only reads: whoever writes waits for it."""

BRIEF_S = 10.0
"""Seconds to wait for such a holder: `draft list` of 500 drafts takes a few. Judgement."""

POLL_S = 0.05  # between two looks at the lock: not felt by who waits

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
        engine = create_engine(
            f"{DRIVER}://",
            poolclass=StaticPool,
            connect_args={"check_same_thread": False},
            execution_options=OPTIONS,
        )
    else:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path.parent}: cannot be made: {error.strerror}") from error
        try:
            if not is_archive(path):
                make_empty(path)
        except OSError as error:
            raise StoreError(f"{path}: cannot be made: {why(error)}") from error
        # Archive, log, copies and caches; SQLite gives its log the archive's own permissions.
        keep_private(*path.parent.glob(f"{path.stem}*{path.suffix}*"), *path.parent.glob("*.cache"))
        # Not from one text, in which a path's own ? would begin something else.
        engine = create_engine(URL.create(DRIVER, database=str(path)), execution_options=OPTIONS)
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
        if version:
            _check_schema(connection, version, path)
    if version == SCHEMA_VERSION:
        return
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
    migrate(connection, "head")


def _check_schema(connection: Connection, version: str, path: Path | None) -> None:
    """Stop for what is not as digest makes it: a trigger would do its work within ours.

    Raises:
        StoreError: something is missing, otherwise, or not digest's.
    """
    archive = connection.connection.driver_connection
    if not isinstance(archive, sqlite3.Connection) or is_as_made(archive):
        return
    if faults := schema_faults(archive, version):
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise StoreError(
            f"{path}: is not as digest makes it: {faults[0]}{more}; nothing was changed; see: digest doctor, "
            "or put a backup in its place: digest restore FILE --anyway"
        )


def _open_lock(path: Path) -> TextIO:
    """Open a lock file, which is emptied: never another's, through a link, nor what is no file.

    Raises:
        StoreError: something else is there.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise StoreError(f"{path}: expected a file, got {kind_of(os.lstat(path).st_mode)}; delete it")
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o666), "a+", encoding="utf-8", errors="replace")


@contextlib.contextmanager
def exclusive(path: Path, *, doing: str, is_brief: bool = False) -> Iterator[None]:
    """Hold the workspace's lock; the system lets go of it when the process ends, however it ends.

    Args:
        path: The lock file; stays behind, empty of meaning, once the lock is gone.
        doing: What the holder does, for the message another process shows.
        is_brief: Whether the holder will soon be through: others then wait for it.

    Raises:
        StoreError: another process holds it, or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = _open_lock(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {why(error)}") from error
    with file:
        try:
            _take_lock(file, time.monotonic() + (0 if is_brief else BRIEF_S))
        except BlockingIOError as error:
            holder = _holder(file)
            raise StoreError(f"{path.parent}: in use by {holder}; try again when it has ended") from error
        file.truncate(0)
        file.write(f"{doing} (process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC)")
        file.write(BRIEF if is_brief else "")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def holder_of(path: Path) -> str:
    """Say who holds a workspace's lock; empty where nobody does, or nobody ever did."""
    try:
        file = path.open(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _holder(file)
        return ""


def _take_lock(file: TextIO, until: float) -> None:
    """Take a lock, waiting for one that is held briefly.

    Raises:
        BlockingIOError: another process holds it.
    """
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until or not _holder(file).endswith(BRIEF.strip()):
                raise
            time.sleep(POLL_S)


def _holder(file: TextIO) -> str:
    file.seek(0)
    return " ".join(file.read(MOST_HOLDER).split()) or "another digest"
