"""Whether an archive is as digest makes it: its schema, its pages; `values` looks at its rows. Reads only.

The measure is what the migrations make: an archive of the same schema is made in memory, and compared.
Most archives need no such comparison: a hash says that the schema is word for word the same.
"""

import hashlib
import re
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from digest.store.schema import SCHEMA_HASH, SCHEMA_VERSION

SHADOW = re.compile(r"(\w+_text)_(?:data|idx|docsize|config|content)")
"""Tables behind a full-text index: SQLite's own, and not the same in every version of it."""

SHOWN = 5
"""Faults of one kind that are named."""

Schema = dict[str, tuple[str, str, str]]
"""By name: kind (table, index, trigger, view), the table it belongs to, and how it was made."""


def schema_of(archive: sqlite3.Connection) -> Schema:
    """Read what an archive is made of."""
    rows = archive.execute(
        "SELECT name, type, tbl_name, coalesce(sql, '') FROM sqlite_master "
        "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return {
        str(name): (kind, table, "" if SHADOW.fullmatch(str(name)) else _plain(str(sql)))
        for name, kind, table, sql in rows
    }


def is_as_made(archive: sqlite3.Connection) -> bool:
    """Tell whether a schema is the newest one, word for word."""
    return hash_of(schema_of(archive)) == SCHEMA_HASH


def hash_of(schema: Schema) -> str:
    """Give a hash of a schema."""
    return hashlib.sha256(repr(sorted(schema.items())).encode("utf-8", "replace")).hexdigest()


def schema_faults(archive: sqlite3.Connection, version: str) -> list[str]:
    """Say what an archive has otherwise than the migrations up to its version make it.

    Returns:
        One line for each: what is missing, what is otherwise, what is not digest's. Empty if it is as made.
    """
    model = _in_memory(version)
    expected, found = schema_of(model), schema_of(archive)
    faults = []
    for name, (kind, table, sql) in sorted(expected.items()):
        of = f" of {table}" if table != name else ""
        if name not in found:
            faults.append(f"the {kind} {name}{of} is missing")
        elif found[name][0] != kind:
            faults.append(f"{name} is a {found[name][0]}, not a {kind}")
        elif found[name] != (kind, table, sql):
            faults += _differences(name, kind, model, archive)
    for name in sorted(found.keys() - expected.keys()):
        kind, table, _ = found[name]
        of = f" on {table}" if kind in ("index", "trigger") else ""
        faults.append(f"the {kind} {name[:60]!r}{of} is not digest's")
    return faults


def page_faults(archive: sqlite3.Connection) -> list[str]:
    """Say what is wrong with an archive's pages, indexes and references."""
    try:
        found = [str(row[0]) for row in archive.execute(f"PRAGMA integrity_check({SHOWN})")]
        faults = [f"damaged: {' '.join(line.split())}" for line in found if line != "ok"]
        broken = archive.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.Error as error:
        return [f"damaged: {error}"]
    faults += [
        f"a row of {table} belongs to a row of {parent} that is not there"
        for table, _, parent, _ in broken[:SHOWN]
    ]
    return faults + _index_faults(archive)


def _index_faults(archive: sqlite3.Connection) -> list[str]:
    """Have the full-text indexes look at themselves; each looks at its content too."""
    faults = []
    for name in ("article_text", "entry_text", "signal_text"):
        try:
            archive.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)")
        except sqlite3.OperationalError as error:
            if "readonly" not in str(error) and "locked" not in str(error):
                faults.append(f"the full-text index {name} cannot be read: {error}")
        except sqlite3.DatabaseError as error:
            faults.append(f"the full-text index {name} does not fit its texts ({error})")
    return faults


def _differences(name: str, kind: str, model: sqlite3.Connection, archive: sqlite3.Connection) -> list[str]:
    """Say what is otherwise about a thing whose words differ; words alone may, as its makers' versions do."""
    if kind != "table" or "virtual" in schema_of(model)[name][2].lower():
        return [f"the {kind} {name} is not as digest makes it"]
    wanted, has = _columns(model, name), _columns(archive, name)
    faults = [f"{name} has no column {each}" for each in wanted.keys() - has.keys()]
    faults += [
        f"{name} has a column {each[:60]!r} that is not digest's" for each in has.keys() - wanted.keys()
    ]
    faults += [
        f"the column {each} of {name} is not as digest makes it"
        for each in wanted.keys() & has.keys()
        if wanted[each] != has[each]
    ]
    if not faults and _rules(model, name) != _rules(archive, name):
        faults = [f"the rules of the table {name} are not as digest makes them"]
    return sorted(faults)


def _columns(archive: sqlite3.Connection, table: str) -> dict[str, tuple[object, ...]]:
    return {str(row[1]): row[2:] for row in archive.execute(f'PRAGMA table_xinfo("{table}")')}


def _rules(archive: sqlite3.Connection, table: str) -> tuple[object, ...]:
    """Give what a table demands beside its columns: what is unique, what refers, what is checked."""
    indexes = sorted(
        (unique, origin, partial, tuple(archive.execute(f'PRAGMA index_info("{name}")')))
        for _, name, unique, origin, partial in archive.execute(f'PRAGMA index_list("{table}")')
    )
    references = archive.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
    words = schema_of(archive)[table][2].lower()
    counted = tuple(
        words.count(each) for each in ("check", "generated", " as ", "collate", "without", "strict")
    )
    return (tuple(indexes), tuple(references), counted)


def _plain(sql: str) -> str:
    """Give the words that make something, without what says nothing: quotes round names and white space."""
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(sql.replace('"', "").split()))


@cache
def _in_memory(version: str) -> sqlite3.Connection:
    """Make an archive in memory, as the migrations make it."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    from digest.store.migrating import migrate

    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        migrate(connection, version)
    driver = engine.raw_connection().driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def faults_of(path: Path, *, with_values: bool = True) -> list[str]:
    """Say what is wrong with an archive: its schema, then its pages, then the values in its rows.

    Args:
        path: The archive; `foreign.is_archive` says that it is one.
        with_values: Whether to look at every row too.
    """
    from digest.store.values import value_faults

    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as archive:
        # It is looked at and nothing else: what an index does to look at itself is taken back.
        archive.execute("PRAGMA trusted_schema = OFF")
        try:
            archive.execute("BEGIN")
            version = _version(archive)
            if version is None:
                return ["it has no schema of digest's"]
            # What a newer digest makes, that one knows.
            if version <= SCHEMA_VERSION and (faults := schema_faults(archive, version)):
                return faults
            if faults := page_faults(archive):
                return faults
            return value_faults(archive) if with_values and version == SCHEMA_VERSION else []
        except sqlite3.Error as error:
            return [f"damaged: {error}"]
        finally:
            if archive.in_transaction:
                archive.execute("ROLLBACK")


def _version(archive: sqlite3.Connection) -> str | None:
    rows = archive.execute("SELECT version_num FROM alembic_version").fetchall()
    return str(rows[0][0]) if len(rows) == 1 else None
