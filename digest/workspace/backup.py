"""Making a backup: a workspace in one file, checked by restoring it.

The archive is copied by SQLite's own online backup, so a run may be going on meanwhile. Where it is a
database, a dump of it stands in the backup.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from digest.errors import StoreError
from digest.workspace.backup_file import (
    ARCHIVE,
    OWN,
    PAGES,
    Backup,
    Examine,
    checked_backup,
    rows_in,
    write_backup,
)
from digest.workspace.dumped import DUMP, Database
from digest.workspace.files import new_private


def make_backup(
    folder: Path,
    target: Path,
    *,
    now: datetime,
    has_pages: bool = True,
    examine: Examine = lambda _: [],
    database: Database | None = None,
) -> Backup:
    """Write a workspace into one file, and check it by restoring it into a folder of its own.

    Args:
        folder: The workspace; it may be in use.
        target: The file to make.
        now: Aware, UTC.
        has_pages: Whether kept pages are in it; without them articles cannot be extracted again.
        examine: Looks at the archive that was written.
        database: Where the archive is, if it is no file.

    Raises:
        StoreError: there is no archive, the file is there already or cannot be written, or what was written
            is not what is there.
    """
    if database is None and not (folder / ARCHIVE).exists():
        raise StoreError(f"{folder / ARCHIVE}: no archive yet; make one with: digest run")
    if os.path.lexists(target):
        raise StoreError(f"{target}: is there already; name another file")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=_parent(target)) as temporary:
            work = Path(temporary)
            copy, dumped = work / "archive", None
            new_private(copy)
            if database:
                dumped = database.dump(copy)
            else:
                _copy_archive(folder / ARCHIVE, copy)
                if not has_pages:
                    _without_pages(copy)
            # After the archive: what its rows name is there by then.
            names = sorted(_names(folder, has_pages=has_pages))
            made = work / "backup.zip"
            write_backup(made, folder, names, copy, now, dumped)
            found = checked_backup(made, work / "restored", examine=examine, shown=target)
            written = database.rows_of(work / "restored" / DUMP) if database else found.rows
            if written != (dumped.rows if dumped else rows_in(copy)):
                raise StoreError(f"{target}: the archive that was written is not the one that is there")
            os.replace(made, target)
    except OSError as error:
        raise StoreError(f"{target}: not written: {error.strerror or error}") from error
    return Backup(target, found.files, found.rows, found.created, dumped)


def _parent(target: Path) -> Path:
    parent = target.resolve().parent
    parent.mkdir(parents=True, exist_ok=True)
    return parent


def _copy_archive(source: Path, target: Path) -> None:
    """Copy the archive as it is at one moment, whoever writes to it meanwhile."""
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(os.path.abspath(source))}?mode=ro", uri=True)) as archive,
            closing(sqlite3.connect(target)) as copy,
        ):
            archive.backup(copy)
            # The copy is one file, without a log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StoreError(f"{source}: cannot be copied: {error}") from error


def _without_pages(copy: Path) -> None:
    """Take kept pages out of an archive that holds them; what entries rest on stays."""
    with closing(sqlite3.connect(copy)) as archive:
        tables = {name for (name,) in archive.execute("SELECT name FROM sqlite_master")}
        # One of an earlier version has none; it is copied as it is.
        if "page_bodies" in tables:
            with archive:
                archive.execute("DELETE FROM page_bodies WHERE sha256 NOT IN (SELECT sha256 FROM snapshots)")
            archive.execute("VACUUM")


def _names(folder: Path, *, has_pages: bool) -> Iterator[str]:
    for own in OWN:
        if own in (ARCHIVE, DUMP) or (own == PAGES and not has_pages):
            continue
        path = folder / own
        files = path.rglob("*") if own.endswith("/") else [path]
        for file in files:
            # Half-written files, and what is no file, are nobody's.
            if file.is_file() and not file.is_symlink() and not file.name.endswith(".tmp"):
                yield file.relative_to(folder).as_posix()
