"""PostgreSQL: connect, migrate, lock. Contains no business logic.

psycopg, which the extra `team` brings, is imported when it is asked for.
"""

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from digest.errors import StoreError
from digest.store.migrating import migrate
from digest.store.schema import SCHEMA_VERSION
from digest.store.sqlite import BRIEF, BRIEF_S, POLL_S, for_writing

INSTALL = "pip install 'digest[team]'"

MOST_NAME = 63
"""Characters PostgreSQL keeps of what a connection says of itself."""

CONNECT_S = 10
"""Seconds to wait for a server; as long as SQLite is waited for."""

WAIT_MS = 10_000
"""Milliseconds to wait for another writer; as SQLite's busy_timeout."""

UNNAMED = "another digest"
"""A holder of the lock that let go of it before it could be named."""

ALIVE: dict[str, int] = {
    **{"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3},
    "tcp_user_timeout": 60_000,
}
"""How a connection finds out within a minute that the other end is gone (seconds; milliseconds). A firewall
forgets an idle one, and the lock's is idle for hours. Judgement."""

SESSION = """
SET TIME ZONE 'UTC';
SET client_encoding = 'UTF8';
SET idle_session_timeout = 0;
SET tcp_keepalives_idle = 30;
SET tcp_keepalives_interval = 10;
SET tcp_keepalives_count = 3;
"""
"""Moments are kept as UTC without a zone. The connection of the lock says nothing for hours; one to a machine
that is gone is ended within a minute, as here."""

IDLE_MS = 60_000
"""Milliseconds after which the server ends a transaction that writes and says nothing: no other machine could
write until then. Judgement; the longest pause within one is a batch of articles being indexed, of seconds."""

LOCK_KIND = 0x44475354
"""First half of the keys of digest's advisory locks; the second is the schema's own number."""


def connect(address: str, *, is_arriving: bool = False) -> Engine:
    """Open an archive, making or migrating it where needed.

    Args:
        address: `postgresql://user@host/database`; what it does not say, libpq finds: `PGPASSWORD`,
            `~/.pgpass`, a service file. `?options=-csearch_path=NAME` names a schema.
        is_arriving: Whether an archive is to be moved there: none may be, but one that a killed move began.

    Raises:
        StoreError: psycopg is not installed, the server cannot be reached, or something else lies there.
    """
    engine = _engine(address)
    try:
        _bring_up_to_date(engine, shown(address), is_arriving=is_arriving)
        _check_arrival(engine, shown(address), is_arriving=is_arriving)
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(f"{shown(address)}: cannot be used as an archive: {_why(error.orig)}") from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def is_archive(address: str) -> bool:
    """Tell whether an archive is there.

    Raises:
        StoreError: as for `connect`.
    """
    engine = _engine(address)
    try:
        with engine.connect() as connection:
            return _version(connection) != ""
    except DBAPIError as error:
        raise StoreError(f"{shown(address)}: cannot be reached: {_why(error.orig)}") from error
    finally:
        engine.dispose()


def conninfo(address: str) -> str:
    """Write an address as libpq's programs take it: they read less in an address than SQLAlchemy does.

    `?options=-csearch_path=NAME`, with its second `=`, is one that they refuse.
    """
    from psycopg.conninfo import make_conninfo

    url = make_url(address).set(drivername="postgresql+psycopg")
    _, given = url.get_dialect()().create_connect_args(url)
    return make_conninfo(**given)


def shown(address: str) -> str:
    """Name an archive in messages, without any password."""
    return make_url(address).render_as_string(hide_password=True)


def _engine(address: str) -> Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise StoreError(
            f"settings.archive: PostgreSQL needs psycopg, which is not installed; install it with: {INSTALL}"
        ) from error
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
    except ArgumentError as error:
        raise StoreError("settings.archive: expected postgresql://user@host/database") from error
    given = {"connect_timeout": CONNECT_S, **ALIVE}
    given = {name: value for name, value in given.items() if name not in url.query}
    engine = create_engine(
        url,
        connect_args={**given, "application_name": "digest"},
        # One that broke while it was not used is replaced, and ends no run.
        pool_pre_ping=True,
        execution_options={"locks": []},
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", lambda context: _reword(context, shown(address)))
    return engine


def _set_up(connection: Any, _: object) -> None:
    connection.autocommit = True
    connection.execute(f"{SESSION} SET lock_timeout = {WAIT_MS}")
    connection.autocommit = False


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("is_made_here"):
        return
    if options.get("is_write"):
        # One writer at a time, as with SQLite; what it reads afterwards is what the last one left.
        query = (
            "UPDATE archive_state SET writes = writes + 1 "
            f"RETURNING writes, set_config('idle_in_transaction_session_timeout', '{IDLE_MS}', true)"
        )
        writes = int(connection.exec_driver_sql(query).scalar() or 0)
        for lock in tuple(options["locks"]):
            lock.check(connection, writes)
    else:
        # All that is read in one transaction is as of one moment.
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _reword(context: ExceptionContext, name: str) -> None:
    """Turn what the world did (a server gone, a full disk, a lock) into a message.

    Raises:
        StoreError: in place of psycopg's own error; mistakes of this program stay what they are.
    """
    if context.connection is not None and (worded := _worded(context.original_exception, name)):
        raise worded from context.original_exception


def _worded(error: BaseException, name: str) -> StoreError | None:
    """Say what the world did; None for a mistake of this program."""
    import psycopg

    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreError(f"{name}: not written: {_why(error)}; what was kept before is safe")
    if isinstance(error, psycopg.DataError) and "NUL" in str(error):
        return StoreError(f"{name}: not written: a text with a NUL character, which PostgreSQL cannot hold")
    return None


@contextlib.contextmanager
def driver_cursor(connection: Connection, *, is_binary: bool = False) -> Iterator[Any]:
    """Open a cursor of psycopg's own, for what SQLAlchemy does not know; its errors are worded as all others.

    Raises:
        StoreError: as `_reword`.
    """
    import psycopg

    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor(binary=is_binary) as cursor:
            yield cursor
    except psycopg.Error as error:
        if driver.closed:
            # SQLAlchemy would find it out when it gives the connection to somebody else.
            connection.invalidate(error)
        if worded := _worded(error, shown(str(connection.engine.url))):
            raise worded from error
        raise


def _why(error: BaseException | None) -> str:
    return " ".join(str(error).split())


def _bring_up_to_date(engine: Engine, name: str, *, is_arriving: bool) -> None:
    with engine.connect() as connection:
        version = _version(connection)
        if not version and (others := inspect(connection).get_table_names()):
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            raise StoreError(
                f"{name}: cannot be used as an archive: it holds tables of something else "
                f"({others[0][:40]}{more}); nothing was changed; give digest a database of its own"
            )
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{name}: made by a newer digest (schema {int(version)}, this one knows {int(SCHEMA_VERSION)}); "
            "upgrade digest or choose another archive"
        )
    if version == SCHEMA_VERSION:
        return
    from digest.store.postgresql_schema import make_schema

    with engine.execution_options(is_made_here=True).begin() as connection:
        _wait_for_lock(connection)
        # Another process may have made it while this one waited.
        version = _version(connection)
        if not version:
            make_schema(connection)
            if is_arriving:
                connection.execute(text("UPDATE archive_state SET is_arriving = true"))
        elif version != SCHEMA_VERSION:
            migrate(connection, "head")


def _check_arrival(engine: Engine, name: str, *, is_arriving: bool) -> None:
    """Tell an archive from one that is on its way.

    Raises:
        StoreError: it is the other of the two.
    """
    with engine.connect() as connection:
        found = connection.execute(text("SELECT is_arriving FROM archive_state")).scalar_one()
    if found and not is_arriving:
        raise StoreError(f"{name}: a move into it did not end; go on with: digest archive move")
    if is_arriving and not found:
        raise StoreError(f"{name}: an archive is there already; move into an empty database")


def mark_arrived(engine: Engine) -> None:
    """Note that all of an archive was moved: from here on it is one."""
    with for_writing(engine).begin() as connection:
        connection.execute(text("UPDATE archive_state SET is_arriving = false"))


def _version(connection: Connection) -> str:
    """Read the alembic revision of an archive; empty where none is."""
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _wait_for_lock(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:kind, 0)"), {"kind": LOCK_KIND})


def server_version(connection: Connection) -> str:
    """Name the server, as PostgreSQL 15.18."""
    version = str(connection.execute(text("SHOW server_version")).scalar_one())
    return f"PostgreSQL {version.split()[0]}"


def state(engine: Engine) -> tuple[str, int]:
    """Give the epoch, and count the transactions that wrote: the same says that nothing was written since."""
    with engine.connect() as connection:
        row = connection.execute(text("SELECT epoch, writes FROM archive_state")).one()
    return str(row.epoch), int(row.writes)


@contextlib.contextmanager
def exclusive(engine: Engine, *, doing: str, is_brief: bool = False, waits: bool = True) -> Iterator[None]:
    """Hold the archive's lock for all machines; the server lets go of it when the connection ends.

    Args:
        engine: The archive's.
        doing: What the holder does, for the message another process shows.
        is_brief: Whether the holder will soon be through: others then wait for it.
        waits: Whether to wait for such a holder.

    Raises:
        StoreError: another process holds it.
    """
    end = BRIEF if is_brief else ""
    name = f"{doing} ({socket.gethostname()[:20]}, process {os.getpid()})"[: MOST_NAME - len(end)] + end
    lock = _Lock(engine, name)
    until = time.monotonic() + (BRIEF_S if waits else 0)
    while holder := lock.take():
        if time.monotonic() >= until or not holder.endswith(BRIEF):
            raise StoreError(
                f"{shown(str(engine.url))}: in use by {holder.removesuffix(BRIEF)}; "
                "try again when it has ended"
            )
        time.sleep(POLL_S)
    locks = engine.get_execution_options()["locks"]
    locks.append(lock)
    try:
        yield
    finally:
        locks.remove(lock)
        lock.let_go()


def holder_of(engine: Engine) -> str:
    """Say who holds the archive's lock, on whatever machine; empty where nobody does."""
    with engine.connect() as connection:
        holder = _holder(connection)
    return "" if holder == UNNAMED else holder.removesuffix(BRIEF)


_KEY = f"{LOCK_KIND}, quote_ident(current_schema())::regnamespace::oid::int"

_LOCK = (
    f"locktype = 'advisory' AND classid = {LOCK_KIND} AND granted AND objsubid = 2 "
    "AND objid = quote_ident(current_schema())::regnamespace::oid "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""Which of the server's locks is the archive's. Databases of one server number their schemas alike."""


class _Lock:
    """An archive's lock, on a connection of its own, in no transaction: it stays open for hours.

    That the connection is still there is looked at before anything is written, by whoever writes. If it was
    lost, the lock is taken again if nobody else has it or wrote meanwhile.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT", is_made_here=True)
        self._name = name
        self._connection: Connection | None = None
        self._pid = 0
        self._writes = 0
        self._lost = ""

    def take(self) -> str:
        """Take it if it is free; otherwise gives who holds it."""
        connection = self._engine.connect()
        try:
            if not connection.execute(text(f"SELECT pg_try_advisory_lock({_KEY})")).scalar():
                holder = _holder(connection)
                connection.close()
                return holder
            query = text(
                "SELECT pg_backend_pid(), writes, set_config('application_name', :name, false) "
                "FROM archive_state"
            )
            self._pid, self._writes, _ = connection.execute(query, {"name": self._name}).one()
        except BaseException:
            # It may hold the lock, and is not to be used by others.
            connection.invalidate()
            connection.close()
            raise
        self._connection = connection
        return ""

    def check(self, connection: Connection, writes: int) -> None:
        """Check, in a transaction that writes, that it is held still.

        Args:
            connection: The transaction's.
            writes: Its number among those that wrote.

        Raises:
            StoreError: it was lost, and another process has it, or wrote meanwhile.
        """
        held = f"SELECT EXISTS (SELECT 1 FROM pg_locks WHERE {_LOCK} AND pid = {self._pid})"
        if self._lost or not connection.exec_driver_sql(held).scalar():
            self._take_again(writes)
        self._writes = writes

    def _take_again(self, writes: int) -> None:
        before = self._writes
        self.let_go()
        if not self._lost:
            if holder := self.take():
                self._lost = f"{holder.removesuffix(BRIEF)} uses it now; try again when it has ended"
            elif writes > before + 1:
                self.let_go()
                self._lost = "another process wrote to it meanwhile; the same command again goes on"
        if self._lost:
            raise StoreError(
                f"{shown(str(self._engine.url))}: not written: the connection that kept others out was lost, "
                f"and {self._lost}; what was kept before is safe"
            )

    def let_go(self) -> None:
        """Let go of it; where its connection was lost it is gone already."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.execute(text("SELECT pg_advisory_unlock_all()"))
            connection.execute(text("SELECT set_config('application_name', 'digest', false)"))
        except (DBAPIError, StoreError):
            connection.invalidate()
        finally:
            connection.close()


def _holder(connection: Connection) -> str:
    query = text(f"SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE {_LOCK}")
    return " ".join(str(connection.execute(query).scalar() or UNNAMED).split("\n"))
