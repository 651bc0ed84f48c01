"""An archive on PostgreSQL in a file of pg_dump's, and back in one transaction.

The file is PostgreSQL's own (custom format), of one moment, whoever writes meanwhile; pg_restore reads it
without digest, too. What digest puts back are its rows and nothing else: tables, triggers and functions are
made anew, as for any new archive, and pg_restore prints the rows for digest to load. So nothing that stands
in such a file is run, it goes into a schema of any name, and what lay there before is moved aside in the same
transaction: a kill leaves the one or the other.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import IO, Self

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import ProgrammingError

from digest.errors import StoreError
from digest.store import postgresql
from digest.store.postgresql_programs import (
    CHUNK,
    check_dumper,
    check_restorer,
    driver_of,
    printed,
    program,
    run_dump,
)
from digest.store.postgresql_schema import MADE_LATER, faults, make_schema
from digest.store.schema import SCHEMA_VERSION
from digest.workspace.dumped import Dumped

KEPT_BY_DIGEST = ("alembic_version",)
"""Tables whose rows are those of the new schema, not of the dump."""

ASIDE = "_before_restore"
"""How the name of the schema goes on where the archive lies that was there before."""

MOST_NAME = 40
"""Characters of the old schema's name in that one: all of it fits into PostgreSQL's 63 bytes. Judgement."""

_COPY = re.compile(rb'COPY (?:"(?:[^"]|"")+"|\w+)\.(\w+) \(([\w", ]+)\) FROM stdin;\n')
_SETVAL = re.compile(rb"SELECT pg_catalog\.setval\('[^']*?(\w+)', ([0-9]+), (true|false)\);\n")


class DumpedArchive:
    """The archive at an address, as backups see it."""

    def __init__(self, address: str) -> None:
        """Keep the address; nothing is opened yet."""
        self.address = address
        self.name: str = postgresql.shown(address)

    def dump(self, target: Path) -> Dumped:
        """Write the archive into a file.

        Args:
            target: The file, which is there and empty: its permissions stay.

        Raises:
            StoreError: there is none, it is not as digest makes it, or pg_dump is missing, too old, or fails.
        """
        if not postgresql.is_archive(self.address):
            raise StoreError(f"{self.name}: no archive yet; make one with: digest run")
        _, version = program("pg_dump", to="back up")
        engine = postgresql.connect(self.address)
        try:
            with engine.connect() as connection:
                if found := faults(connection):
                    raise StoreError(
                        f"{self.name}: is not as digest makes it: {found[0]}; see: digest doctor"
                    )
                check_dumper(connection, version, self.name)
                # Others see this moment as long as this transaction lasts.
                snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
                # What a large archive gets by itself it gets again, from a server that may lack it.
                tables = [name for name in inspect(connection).get_table_names() if name not in MADE_LATER]
                rows = {name: _count(connection, name) for name in tables}
                schema = _schema(connection)
                run_dump(self.address, target, schema=schema, snapshot=str(snapshot), without=MADE_LATER)
        finally:
            engine.dispose()
        return Dumped(SCHEMA_VERSION, version, rows)

    def rows_of(self, dump: Path) -> dict[str, int]:
        """Read a dump from its beginning to its end, and count the rows of each table in it.

        Raises:
            StoreError: pg_restore is missing, or cannot read it.
        """
        found: dict[str, int] = {}
        with printed(dump) as lines:
            for table, _, rows in _blocks(lines):
                found[table] = sum(1 for _ in rows)
        return found

    def check(self, dumped: Dumped) -> None:
        """Check that a dump can be put into a database here.

        Raises:
            StoreError: pg_restore is missing or too old, or its archive is an older one.
        """
        if dumped.schema != SCHEMA_VERSION:
            raise StoreError(
                f"the backup's archive is of an older digest (schema {int(dumped.schema)}, this one has "
                f"{int(SCHEMA_VERSION)}): restore it with that one, and upgrade digest then"
            )
        check_restorer(dumped.program)

    def load(
        self, dump: Path, dumped: Dumped, *, anyway: bool, mark: str, decide: Callable[[str], None]
    ) -> str:
        """Put a dump's archive where this one is, in one transaction.

        Args:
            dump: What `dump` wrote.
            dumped: What has to be in it.
            anyway: Also where there is an archive with articles.
            mark: Kept in the archive, by which `holds` tells that the transaction was committed.
            decide: Called when all is loaded, just before that, with what this returns.

        Returns:
            Where what was there before lies now, in words; empty where there was nothing.

        Raises:
            StoreError: it cannot be loaded, or there is an archive; nothing was changed then.
        """
        engine = postgresql.connect(self.address)
        try:
            with (
                postgresql.exclusive(engine, doing="digest restore"),
                engine.execution_options(is_made_here=True).begin() as connection,
            ):
                there, aside = _State.of(connection), ""
                if there.has_rows and not anyway:
                    raise StoreError(
                        f"{self.name}: an archive is there already; put the backup in its place with "
                        "--anyway, or name another database: DIGEST_ARCHIVE=postgresql://..."
                    )
                if there.has_rows:
                    aside = _move_aside(connection)
                    make_schema(connection)
                self._load_rows(dump, connection, dumped.rows)
                _go_on_from(there, connection, dump)
                connection.execute(text(f"COMMENT ON TABLE archive_state IS '{mark}'"))
                kept = f'the schema "{aside}" of {self.name}' if aside else ""
                decide(kept)
        finally:
            engine.dispose()
        return kept

    def holds(self, mark: str) -> bool:
        """Tell whether a load with this mark was committed.

        Raises:
            StoreError: the server cannot be reached.
        """
        engine = postgresql.connect(self.address)
        try:
            with engine.connect() as connection:
                query = text("SELECT obj_description('archive_state'::regclass, 'pg_class')")
                return connection.execute(query).scalar() == mark
        finally:
            engine.dispose()

    def _load_rows(self, dump: Path, connection: Connection, rows: Mapping[str, int]) -> None:
        found = inspect(connection)
        # Those that others point to come first.
        ordered = [name for name, _ in found.get_sorted_table_and_fkc_names() if name is not None]
        columns = {name: {each["name"] for each in found.get_columns(name)} for name in ordered}
        if foreign := sorted(rows.keys() - columns.keys()):
            raise StoreError(f"{self.name}: not restored: the backup's table {foreign[0]} is not digest's")
        connection.execute(text("DELETE FROM archive_state"))
        for name in ordered:
            if name not in KEPT_BY_DIGEST:
                loaded = _copy_in(dump, connection, name, columns[name])
                if loaded != rows.get(name, 0):
                    raise StoreError(
                        f"{self.name}: not restored: {name}: expected {rows.get(name, 0)} rows, got {loaded}"
                    )


# -- rows ----------------------------------------------------------------------------------------------------


def _blocks(lines: IO[bytes]) -> Iterator[tuple[str, list[str], Iterator[bytes]]]:
    """Give table, columns and rows of each block of rows, which have to be read before the next."""
    while line := lines.readline():
        if found := _COPY.fullmatch(line):
            columns = [each.strip().strip('"') for each in found[2].decode().split(",")]
            yield found[1].decode(), columns, _rows(lines)


def _rows(lines: IO[bytes]) -> Iterator[bytes]:
    """Give rows up to the mark of their end.

    Raises:
        StoreError: there is none.
    """
    while (row := lines.readline()) != b"\\.\n":
        if not row:
            raise StoreError("pg_restore: ended within a table; nothing was restored")
        yield row


def _copy_in(dump: Path, connection: Connection, table: str, known: set[str]) -> int:
    """Load the rows of a table; returns how many.

    Raises:
        StoreError: the server does not take them.
    """
    import psycopg

    loaded = 0
    with printed(dump, table) as lines:
        for _, columns, rows in (each for each in _blocks(lines) if each[0] == table):
            if foreign := sorted(set(columns) - known):
                raise StoreError(f"{table}.{foreign[0]}: not restored: this digest knows no such column")
            names = ", ".join(f'"{each}"' for each in columns)
            try:
                with driver_of(connection).cursor().copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                    for part, taken in _parts(rows):
                        copy.write(part)
                        loaded += taken
            except psycopg.Error as error:
                raise StoreError(f"{table}: not restored: {' '.join(str(error).split())}") from error
    return loaded


def _parts(rows: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    """Give many rows at once, with their number."""
    held, size = [], 0
    for row in rows:
        held.append(row)
        size += len(row)
        if size >= CHUNK:
            yield b"".join(held), len(held)
            held, size = [], 0
    yield b"".join(held), len(held)


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one())


# -- what was there before -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _State:
    """What is asked of an archive before another takes its place."""

    has_rows: bool
    """Whether anything was ever taken in."""
    writes: int
    sequences: Mapping[str, int]
    """The last number each gave."""

    @classmethod
    def of(cls, connection: Connection) -> Self:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version", "archive_state"}
        query = text("SELECT coalesce(max(writes), 0) FROM archive_state")
        return cls(
            any(_has_row(connection, name) for name in sorted(tables)),
            int(connection.execute(query).scalar_one()),
            {name: _last(connection, name) for name in _sequences(connection)},
        )


def _go_on_from(there: _State, connection: Connection, dump: Path) -> None:
    """Let what only grows go on from the higher of the two: caches on other machines know the one before.

    It is another archive from now on: what these remember of drafts and words is compared anew.
    """
    query = text("UPDATE archive_state SET writes = greatest(writes, :before) + 1, epoch = DEFAULT")
    connection.execute(query, {"before": there.writes})
    for name in _sequences(connection):
        number = max(there.sequences.get(name, 0), _dumped_last(dump, name))
        if number:
            connection.execute(text("SELECT setval(:name, :number)"), {"name": f'"{name}"', "number": number})


def _dumped_last(dump: Path, sequence: str) -> int:
    with printed(dump, sequence) as lines:
        for line in lines:
            found = _SETVAL.fullmatch(line)
            if found and found[1].decode() == sequence:
                return int(found[2]) if found[3] == b"true" else int(found[2]) - 1
    return 0


def _move_aside(connection: Connection) -> str:
    """Move all that is in the schema, but what belongs to an extension, into one of its own; returns that.

    Raises:
        StoreError: somebody uses it and does not end, or the right to make a schema is missing.
    """
    name = _schema(connection)[:MOST_NAME] + ASIDE
    taken = set(inspect(connection).get_schema_names())
    names = chain([name], (f"{name}_{number}" for number in count(2)))
    free = next(each for each in names if each not in taken)
    # Read before anything is moved.
    moved = list(connection.execute(text(_MOVED)).scalars())
    try:
        connection.execute(text(f'CREATE SCHEMA "{free}"'))
        for each in moved:
            connection.execute(text(f'ALTER {each} SET SCHEMA "{free}"'))
    except ProgrammingError as error:
        raise StoreError(f"what is there cannot be kept under another name: {error.orig}") from error
    return free


_MOVED = """
SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE ' WHEN 'v' THEN 'VIEW ' ELSE 'TABLE ' END || oid::regclass
FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace
AND relkind IN ('r', 'p', 'v', 'S') AND NOT EXISTS (
  SELECT 1 FROM pg_depend
  WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('a', 'e', 'i')
)
UNION ALL
SELECT 'FUNCTION ' || oid::regprocedure FROM pg_proc
WHERE pronamespace = quote_ident(current_schema())::regnamespace AND NOT EXISTS (
  SELECT 1 FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e'
)
"""
"""Tables with the sequences of their columns, other sequences, and functions."""


def _schema(connection: Connection) -> str:
    return str(connection.execute(text("SELECT current_schema()")).scalar_one())


def _has_row(connection: Connection, table: str) -> bool:
    return bool(connection.execute(text(f'SELECT EXISTS (SELECT 1 FROM "{table}")')).scalar_one())


def _last(connection: Connection, sequence: str) -> int:
    query = text(f'SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM "{sequence}"')
    return int(connection.execute(query).scalar_one())


def _sequences(connection: Connection) -> list[str]:
    query = text(
        "SELECT relname FROM pg_class "
        "WHERE relkind = 'S' AND relnamespace = quote_ident(current_schema())::regnamespace"
    )
    return list(connection.execute(query).scalars())
