"""Making a backup: a workspace in one file, checked by restoring it.

The archive is copied by SQLite's own online backup, so a run may be going on meanwhile. Where it is a
database, a dump of it stands in the backup.
"""

import os
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from digest.errors import StoreError
from digest.workspace.backup_file import (
    ARCHIVE,
    NOT_MADE,
    OWN,
    PAGES,
    Backup,
    Examine,
    checked_backup,
    is_own,
    rows_in,
    write_backup,
)
from digest.workspace.dumped import DUMP, Database
from digest.workspace.files import new_private, why

WORKING = ".backup-"
"""Begins the name of the folder in which a backup is made, beside its file."""


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
    _check_encoding(folder, target)
    try:
        with tempfile.TemporaryDirectory(prefix=WORKING, dir=_parent(target)) as temporary:
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
            listed = _listed(folder, has_pages=has_pages)
            made = work / "backup.zip"
            write_backup(made, folder, sorted(listed.names), copy, now, dumped)
            found = checked_backup(made, work / "restored", examine=examine, shown=target)
            written = database.rows_of(work / "restored" / DUMP) if database else found.rows
            if written != (dumped.rows if dumped else rows_in(copy)):
                raise StoreError(f"{target}: the archive that was written is not the one that is there")
            os.replace(made, target)
    except OSError as error:
        raise StoreError(f"{target}: not written: {error.strerror or error}") from error
    return Backup(target, found.files, found.rows, found.created, dumped, tuple(sorted(listed.left_out)))


def _check_encoding(*paths: Path) -> None:
    """Stop where an archive cannot be opened, whose library wants UTF-8."""
    for path in paths:
        try:
            os.path.abspath(path).encode()
        except UnicodeEncodeError as error:
            raise StoreError(f"{str(path)!a}: expected a path in UTF-8, got another encoding") from error


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


@dataclass
class _Listing:
    """Files of a workspace, by name."""

    folder: Path
    names: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Links."""

    def add(self, path: Path, *, follows: bool, within: frozenset[tuple[int, int]] = frozenset()) -> None:
        """Add a file, or the files of a folder.

        Args:
            path: What is there.
            follows: Whether what a link leads to is taken in its place.
            within: The folders it lies in: a link to one of them leads round in a circle.

        Raises:
            StoreError: it cannot be read, or has a name that no backup holds.
        """
        name = path.relative_to(self.folder).as_posix()
        try:
            if path.is_symlink() and not (follows and path.exists()):
                self.left_out.append(name)
            # A backup's own, or one that was killed: the file may be wanted among the reports.
            elif path.is_dir() and not path.name.startswith(WORKING):
                found = path.stat()
                if (mark := (found.st_dev, found.st_ino)) in within:
                    self.left_out.append(name)
                    return
                for each in path.iterdir():
                    self.add(each, follows=follows, within=within | {mark})
            # Half-written files, and what is no file, are nobody's.
            elif path.is_file() and not path.match(".*.tmp"):
                if not is_own(name):
                    raise StoreError(
                        f"{name!r}: a name with control characters, a backslash or bytes that are no text; "
                        f"rename it; {NOT_MADE}"
                    )
                self.names.append(name)
        except FileNotFoundError:
            # Deleted since it was listed.
            return
        except OSError as error:
            raise StoreError(f"{path}: not read: {why(error)}; {NOT_MADE}") from error


def _listed(folder: Path, *, has_pages: bool) -> _Listing:
    """List what goes into a backup beside the archive.

    feeds.yaml and prompts may be links, or have them, as a container's configuration: what they lead to is
    the workspace's. Of what digest writes none is: a link in there may lead to anything on this machine. Its
    folders may lie elsewhere.
    """
    listing = _Listing(folder)
    for own in OWN:
        if own in (ARCHIVE, DUMP) or (own == PAGES and not has_pages):
            continue
        path, is_written = folder / own, own.startswith("output/")
        if is_written and path.is_dir():
            for each in path.iterdir():
                listing.add(each, follows=False)
        elif os.path.lexists(path):
            listing.add(path, follows=not is_written)
    return listing
