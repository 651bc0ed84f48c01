"""What lies in an archive's place: judged by looking alone, before anything opens it for writing.

SQLite opens whatever is given to it, and leaves a log beside it or takes one over: a database of somebody
else's must not be touched by that.
"""

import os
import sqlite3
import stat
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from digest.errors import StoreError
from digest.store.schema import SCHEMA_VERSION
from digest.workspace.files import inside, kind_of, opened, why

APPLICATION_ID = 0x44475354
"""In the header of archives made from here on; earlier ones have none."""

FIRST_TABLES = ("articles", "drafts", "feeds", "issues", "links", "runs", "vectors")
"""Every archive has them, of whatever schema."""

BESIDE = ("-wal", "-shm", "-journal")

MAGIC = b"SQLite format 3\0"
HEADER = 100  # bytes of the header of every SQLite file, by its format


class _NoArchiveError(Exception):
    """Why it is none."""


def is_archive(path: Path, *, may_be_newer: bool = False) -> bool:
    """Tell whether an archive is there; a missing one is none.

    Args:
        path: The file.
        may_be_newer: Whether one that a newer digest made is as good.

    Raises:
        StoreError: something else is there, or an archive of a newer digest; nothing was touched.
    """
    try:
        inside(path.parent, path)
        if not _is_file(path):
            return False
        for suffix in BESIDE:
            _is_file(path.with_name(path.name + suffix), no_link=True)
        version = _version(path)
    except _NoArchiveError as error:
        raise StoreError(
            f"{path}: cannot be used as an archive: {error}; nothing was changed; "
            "move it away or choose another workspace with -C"
        ) from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {why(error)}") from error
    if version > SCHEMA_VERSION and not may_be_newer:
        raise StoreError(
            f"{path}: made by a newer digest (schema {int(version)}, this one knows {int(SCHEMA_VERSION)}); "
            "upgrade digest or choose another workspace with -C"
        )
    return True


def make_empty(path: Path) -> None:
    """Make a database without tables that says whose it is; whoever makes one first is right.

    A kill may come before it has its tables: it is told from somebody else's by what its header says.
    """
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    os.close(handle)
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as made:
            made.execute("PRAGMA journal_mode = MEMORY")
            made.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            os.rename(temporary, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)


def address_of(path: Path, options: str) -> str:
    """Write a path as SQLite takes it with options."""
    return f"file:{quote(os.path.abspath(path))}?{options}"


def _is_file(path: Path, *, no_link: bool = False) -> bool:
    """Tell whether a file is there.

    Raises:
        _NoArchiveError: something else is there.
    """
    try:
        found = os.lstat(path) if no_link else os.stat(path)
    except FileNotFoundError:
        if path.is_symlink():
            raise _NoArchiveError("a link that leads nowhere") from None
        return False
    if not stat.S_ISREG(found.st_mode):
        raise _NoArchiveError(f"{path.name}: expected a file, got {kind_of(found.st_mode)}")
    return True


def _version(path: Path) -> str:
    """Read the schema of an archive; empty for one that has no tables yet.

    Raises:
        _NoArchiveError: it is none.
    """
    with opened(path) as file:
        header = file.read(HEADER)
    if not header:
        raise _NoArchiveError("an empty file")
    if not header.startswith(MAGIC) or len(header) < HEADER:
        raise _NoArchiveError("no SQLite database")
    log = path.with_name(f"{path.name}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    try:
        return _version_of(path, "mode=ro&immutable=1")
    except _NoArchiveError:
        # All there is may be in the log still, or the file is being changed at this moment.
        if not has_log:
            raise
    shared = path.with_name(f"{path.name}-shm")
    was_there = shared.exists()
    try:
        return _version_of(path, "mode=ro")
    except _NoArchiveError:
        if not was_there:
            shared.unlink(missing_ok=True)
        raise


def _version_of(path: Path, options: str) -> str:
    try:
        with closing(sqlite3.connect(address_of(path, options), uri=True, timeout=10)) as found:
            found.execute("PRAGMA trusted_schema = OFF")
            kinds = dict(found.execute("SELECT name, type FROM sqlite_master"))
            (application,) = found.execute("PRAGMA application_id").fetchone()
            is_ours = application == APPLICATION_ID
            if not is_ours and application:
                raise _NoArchiveError(f"a database of another program (application_id {application})")
            if not kinds and is_ours:
                return ""
            if kinds.get("alembic_version") != "table":
                raise _NoArchiveError(f"a database of something else ({_shown(kinds)})")
            versions = [
                version for (version,) in found.execute("SELECT version_num FROM alembic_version LIMIT 2")
            ]
    except sqlite3.Error as error:
        raise _NoArchiveError(f"{error}") from error
    if len(versions) != 1 or not _is_version(versions[0]):
        shown = ", ".join(map(repr, versions))[:80] or "none"
        raise _NoArchiveError(f"expected a schema such as {SCHEMA_VERSION}, got {shown}")
    version = str(versions[0])
    if missing := [name for name in FIRST_TABLES if kinds.get(name) != "table"]:
        raise _NoArchiveError(f"it has no table {missing[0]}, which every archive has")
    return version


def _is_version(value: object) -> bool:
    return (
        isinstance(value, str) and len(value) == 4 and value.isascii() and value.isdigit() and value != "0000"
    )


def _shown(kinds: dict[str, str]) -> str:
    names = [name for name, kind in sorted(kinds.items()) if kind == "table"]
    if not names:
        return "without tables"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"its tables: {', '.join(name[:40] for name in names[:3])}{more}"
