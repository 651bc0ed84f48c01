"""Backups: a workspace in one file, checked by restoring it, and put back without losing what is there.

A backup is a ZIP of the workspace's own files and `manifest.json`, which has the SHA-256 of each. The archive
is copied by SQLite's own online backup, so a run may be going on meanwhile. Where it is a database, a dump of
it stands in the backup, and a restore puts that into a database before it touches the workspace.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from digest import __version__
from digest.errors import StoreError
from digest.workspace.dumped import DUMP, Database, Dumped, Loaded
from digest.workspace.files import FileError, new_private, opened, read_bytes, why, write_text
from digest.workspace.json_text import JsonError, read_json

MANIFEST = "manifest.json"
FORMAT = 1  # of a backup; another one is refused. Raised when older programs could not restore it
FORMAT_DUMPED = 2  # of one whose archive is a dump

ARCHIVE = "output/archive.db"
PAGES = "output/pages/"
SNAPSHOTS = "output/snapshots/"
OWN = (
    *("feeds.yaml", "prompts/", ARCHIVE, DUMP, PAGES, "output/drafts/", "output/entries/", "output/issues/"),
    *("output/reports/", "output/reviews/", "output/sent/", "output/site/", SNAPSHOTS),
    *("output/index.md", "output/feed.xml", "output/feed.json"),
)
"""What a workspace is made of; caches and locks are made again."""

PRIVATE = (ARCHIVE, DUMP, PAGES, SNAPSHOTS, "output/reports/", "output/sent/")
"""What its owner alone can read."""

PARTS = ("feeds.yaml", "prompts", "output")
"""What takes the place of what is there, in this order."""

STAGED = ".restore"
"""Where a restore unpacks, in the workspace: what is whole there is one rename away."""

JOURNAL = "journal.json"

DATABASE = "database"
"""What stands in it beside the names of parts, where the archive is no file."""

ASIDE = re.compile(r"\.before-restore(?:-[0-9]{1,6})?")
"""How the name of what was there before a restore goes on."""

MOST_MANIFEST = 100_000_000
"""Bytes of a manifest: that of a million files."""

MOST_NAME = 255
"""Bytes of a name in a path that file systems take."""

CHUNK = 1 << 20  # bytes read at once, so that no file need fit into memory; judgement

Examine = Callable[[Path], list[str]]
"""Says what is wrong with an archive; empty where nothing is."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds."""

    path: Path
    files: Mapping[str, str]
    """SHA-256 by name, such as `output/archive.db`."""
    rows: Mapping[str, int]
    """Rows of the archive by table."""
    created: str
    dumped: Dumped | None = None
    """What the dump is, where the archive is no file."""


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
            _write(made, folder, names, copy, now, dumped)
            found = _checked(made, work / "restored", examine=examine, shown=target)
            written = database.rows_of(work / "restored" / DUMP) if database else found.rows
            if written != (dumped.rows if dumped else _rows(copy)):
                raise StoreError(f"{target}: the archive that was written is not the one that is there")
            os.replace(made, target)
    except OSError as error:
        raise StoreError(f"{target}: not written: {error.strerror or error}") from error
    return Backup(target, found.files, found.rows, found.created, dumped)


def restore_backup(
    path: Path,
    folder: Path,
    *,
    anyway: bool = False,
    knows: str,
    examine: Examine = lambda _: [],
    database_of: Callable[[Path], Database | None] = lambda _: None,
) -> list[str]:
    """Put a workspace back from a backup.

    All is unpacked and checked beside the workspace first, and then takes its place; what was there is kept
    under another name. Killed before all is checked, it has changed nothing; killed later, it is done by
    `finish_restore`. A dump goes into its database in one transaction, whose end decides.

    Args:
        path: The backup.
        folder: The workspace, which may not be there yet.
        anyway: Put it in place of what is there.
        knows: The schema of archives that this program knows.
        examine: Looks at the archive of the backup.
        database_of: Gives the database that a dump goes into, by the workspace that was unpacked.

    Returns:
        What was kept of what was there before, by path.

    Raises:
        StoreError: it is no backup or damaged, its archive is of a newer version, or there is something
            already and `anyway` is not given; nothing was changed then.
    """
    there = [name for name in PARTS if _has_content(folder / name)]
    if there and not anyway:
        names = ", ".join(str(folder / name) for name in there)
        raise StoreError(f"{names}: there already; put the backup in their place with --anyway")
    if os.path.ismount(folder / "output"):
        raise StoreError(
            f"{folder / 'output'}: a mounted folder cannot be replaced; restore with -C elsewhere"
        )
    staged = folder / STAGED
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(staged, ignore_errors=True)
        try:
            staged.mkdir(mode=0o700)
            found = _checked(path, staged / "new", knows=knows, examine=examine)
            database = _database_for(found, database_of(staged / "new") if found.dumped else None)
            _sync(staged / "new")
            if database:
                _load(database, found, folder, anyway=anyway)
            else:
                # From here on the restore is decided.
                write_text(staged / JOURNAL, json.dumps(_asides(folder)))
        except BaseException:
            if not (staged / JOURNAL).exists():
                shutil.rmtree(staged, ignore_errors=True)
            raise
        return finish_restore(folder)
    except OSError as error:
        raise StoreError(f"{folder}: not restored: {error.strerror or error}") from error


def _database_for(found: Backup, database: Database | None) -> Database | None:
    """Check that a dump can go into a database.

    Raises:
        StoreError: none is named, or this digest or what is installed cannot do it.
    """
    if found.dumped is None:
        return None
    if database is None:
        raise StoreError(
            f"{found.path}: its archive is a database's; say which one it goes into: "
            "DIGEST_ARCHIVE=postgresql://host/database digest restore ..."
        )
    database.check(found.dumped)
    return database


def _load(database: Database, found: Backup, folder: Path, *, anyway: bool) -> None:
    """Put a dump into its database; before that is committed, the journal says where to ask for it."""
    assert found.dumped is not None
    staged, mark = folder / STAGED, secrets.token_hex(16)
    dump = staged / "archive.dump"
    os.replace(staged / "new" / DUMP, dump)

    def decide(kept: str) -> None:
        loaded = Loaded(database.address, mark, kept)
        write_text(staged / JOURNAL, json.dumps(_asides(folder) | {DATABASE: loaded.to_plain()}))

    database.load(dump, found.dumped, anyway=anyway, mark=mark, decide=decide)


def loaded_by(folder: Path) -> Loaded | None:
    """Give what an unfinished restore put into a database, or was about to; None where it has none.

    Raises:
        StoreError: no restore left this.
    """
    return _journal(folder / STAGED)[1]


def drop_restore(folder: Path) -> None:
    """Clear away a restore whose database did not keep what it was given: nothing was changed."""
    shutil.rmtree(folder / STAGED)


def is_unfinished(folder: Path) -> bool:
    """Tell whether a restore was killed while what it had checked took its place."""
    return (folder / STAGED / JOURNAL).exists()


def finish_restore(folder: Path) -> list[str]:
    """Move what was unpacked into its place, and what was there aside, wherever a kill left this.

    Returns:
        What was kept of what was there before, by path.
    """
    staged = folder / STAGED
    asides, loaded = _journal(staged)
    for name in PARTS:
        new, own, aside = staged / "new" / name, folder / name, folder / asides.get(name, name)
        if not new.exists():
            # In its place already, or no part of the backup.
            continue
        if name in asides and not aside.exists():
            os.replace(own, aside)
        elif own.is_symlink():
            own.unlink()
        elif own.is_dir():
            # Nothing that a person would miss: a lock, and what a command made in the meantime.
            shutil.rmtree(own)
        os.replace(new, own)
    shutil.rmtree(staged / "new", ignore_errors=True)
    (staged / "archive.dump").unlink(missing_ok=True)
    (staged / JOURNAL).unlink()
    staged.rmdir()
    kept = [str(folder / aside) for aside in asides.values()]
    return [*kept, loaded.kept] if loaded and loaded.kept else kept


def _journal(staged: Path) -> tuple[dict[str, str], Loaded | None]:
    """Read under which names parts of the workspace are kept, and which database got the archive.

    Raises:
        StoreError: it is none that a restore wrote; a workspace may have come from anywhere.
    """
    try:
        if staged.is_symlink() or (staged / "new").is_symlink():
            raise StoreError("a link in the place of a folder")
        asides = read_json(read_bytes(staged / JOURNAL))
        loaded = (
            Loaded.from_plain(asides.pop(DATABASE))
            if isinstance(asides, dict) and DATABASE in asides
            else None
        )
        is_ours = isinstance(asides, dict) and all(
            name in PARTS and isinstance(aside, str) and ASIDE.fullmatch(aside.removeprefix(name))
            for name, aside in asides.items()
        )
        if not is_ours:
            raise StoreError("names that no restore gives")
    except (StoreError, JsonError) as error:
        raise StoreError(f"{staged}: not what a restore leaves ({error}); delete this folder") from error
    return dict(asides), loaded


# -- writing -------------------------------------------------------------------------------------------------


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


def _write(
    made: Path, folder: Path, names: Iterable[str], copy: Path, now: datetime, dumped: Dumped | None
) -> None:
    hashes: dict[str, str] = {}
    new_private(made)
    archive = DUMP if dumped else ARCHIVE
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as file:
        for name in [archive, *names]:
            source = copy if name == archive else folder / name
            # Kept pages and dumps are compressed already.
            is_packed = name.startswith((DUMP, PAGES, SNAPSHOTS))
            kind = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            try:
                hashes[name] = _add(file, name, source, kind)
            except FileError as error:
                if not isinstance(error.__cause__, FileNotFoundError):  # deleted since it was listed
                    raise
        manifest = {
            "format": FORMAT_DUMPED if dumped else FORMAT,
            "digest": __version__,
            "created": now.isoformat(timespec="seconds"),
            "files": hashes,
        }
        if dumped:
            manifest["archive"] = dumped.to_plain()
        file.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    with made.open("rb") as done:
        os.fsync(done.fileno())


def _add(file: zipfile.ZipFile, name: str, source: Path, kind: int) -> str:
    """Put a file in, as it is at this moment; returns its hash."""
    with opened(source) as content:
        info = zipfile.ZipInfo.from_file(source, name, strict_timestamps=False)
        info.compress_type = kind
        found = hashlib.sha256()
        with file.open(info, "w", force_zip64=True) as out:
            while chunk := content.read(CHUNK):
                found.update(chunk)
                out.write(chunk)
    return found.hexdigest()


# -- reading -------------------------------------------------------------------------------------------------


def _checked(
    path: Path,
    into: Path,
    *,
    knows: str = "",
    examine: Examine = lambda _: [],
    shown: Path | None = None,
) -> Backup:
    """Unpack a backup, and check every file and the archive.

    Raises:
        StoreError: something in it is not what the manifest says.
    """
    shown = shown or path
    try:
        with opened(path) as content, zipfile.ZipFile(content) as file:
            manifest = _manifest(file, path)
            _check_room(file, path, into)
            for name, wanted in manifest["files"].items():
                if _unpack(file, name, into) != wanted:
                    raise StoreError(f"{path}: {name}: is damaged; nothing was restored")
    except (FileError, StoreError):
        raise
    except (*_DAMAGES, RuntimeError) as error:
        raise StoreError(f"{path}: no backup, or a damaged one: {error}") from error
    except KeyError as error:
        raise StoreError(f"{path}: {error.args[0]}; nothing was restored") from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {why(error)}") from error
    dumped: Dumped | None = manifest["archive"]
    version = dumped.schema if dumped else _check_archive(into / ARCHIVE, path)
    if knows and version > knows:
        raise StoreError(
            f"{path}: made by a newer digest (schema {version}, this one knows {knows}); upgrade digest"
        )
    if dumped:
        return Backup(path, manifest["files"], dumped.rows, manifest["created"], dumped)
    if faults := examine(into / ARCHIVE):
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise StoreError(
            f"{shown}: its archive is not as digest makes it: {faults[0]}{more}; see: digest doctor"
        )
    return Backup(path, manifest["files"], _rows(into / ARCHIVE), manifest["created"])


def _manifest(file: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        if file.getinfo(MANIFEST).file_size > MOST_MANIFEST:
            raise StoreError(f"{path}: no backup: its {MANIFEST} is larger than {MOST_MANIFEST:,} bytes")
        manifest = read_json(file.read(MANIFEST))
        files, created = manifest["files"], manifest["created"]
        is_dumped = manifest["format"] == FORMAT_DUMPED
        is_known = is_dumped or manifest["format"] == FORMAT
        is_ours = (
            is_known
            and isinstance(files, dict)
            and (ARCHIVE in files, DUMP in files)
            == (
                not is_dumped,
                is_dumped,
            )
        )
        dumped = Dumped.from_plain(manifest["archive"]) if is_ours and is_dumped else None
    except (KeyError, TypeError, ValueError, JsonError) as error:
        raise StoreError(f"{path}: no backup: expected {MANIFEST}, got none that can be read") from error
    if not is_ours or not isinstance(created, str):
        raise StoreError(f"{path}: no backup of this program, or of a newer one")
    for name in files:
        if not _is_own(name):
            raise StoreError(f"{path}: {name!r}: is no part of a workspace; nothing was restored")
    members = sorted(file.namelist())
    if foreign := [name for name in members if name != MANIFEST and name not in files]:
        raise StoreError(f"{path}: {foreign[0]!r}: is not in its manifest; nothing was restored")
    if len(members) != len(files) + 1:
        raise StoreError(f"{path}: expected {len(files)} files, got {len(members) - 1}; nothing was restored")
    return {"files": files, "created": created, "archive": dumped}


def _is_own(name: str) -> bool:
    """Tell whether a name is that of a workspace's file, and leads nowhere else."""
    path = PurePosixPath(name)
    is_plain = not path.is_absolute() and ".." not in path.parts and "\\" not in name and "\0" not in name
    # A folder would be neither: nothing can be unpacked under its name.
    is_plain = is_plain and path.as_posix() == name and name.isprintable()
    is_plain = is_plain and all(len(part.encode("utf-8", "replace")) <= MOST_NAME for part in path.parts)
    return is_plain and any(name == own or (own.endswith("/") and name.startswith(own)) for own in OWN)


def _check_room(file: zipfile.ZipFile, path: Path, into: Path) -> None:
    # The library reads no more of a file than is said here.
    wanted = sum(each.file_size for each in file.infolist())
    free = shutil.disk_usage(into.parent).free
    if wanted > free:
        raise StoreError(f"{path}: needs {wanted:,} bytes, {free:,} are free; nothing was restored")


def _unpack(file: zipfile.ZipFile, name: str, into: Path) -> str:
    target = into / name
    target.parent.mkdir(parents=True, exist_ok=True)
    # What its owner alone could read, an archive of an earlier version or not, is so again.
    mode = file.getinfo(name).external_attr >> 16
    if name.startswith(PRIVATE) or name.endswith(".orig") or (mode and not mode & 0o077):
        new_private(target)
    found = hashlib.sha256()
    with file.open(name) as content, target.open("wb") as out:
        while chunk := content.read(CHUNK):
            found.update(chunk)
            out.write(chunk)
    return found.hexdigest()


def _check_archive(archive: Path, path: Path) -> str:
    """Check that an archive is whole; returns its schema."""
    try:
        with closing(sqlite3.connect(archive)) as connection:
            (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
            (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if not re.fullmatch("[0-9]{4}", str(version)):
                raise StoreError(f"{path}: its archive is none of digest's (schema {str(version)[:40]!r})")
    except (sqlite3.Error, TypeError) as error:
        raise StoreError(f"{path}: its archive cannot be read: {error}") from error
    if answer != "ok":
        raise StoreError(f"{path}: its archive is damaged: {answer}")
    return str(version)


def _rows(archive: Path) -> dict[str, int]:
    with closing(sqlite3.connect(archive)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        names = [name for (name,) in connection.execute(query)]
        counts = (connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names)
        return dict(zip(names, counts, strict=True))


# -- taking the place of what is there -----------------------------------------------------------------------


def _has_content(path: Path) -> bool:
    """Tell whether something is there that a person would miss: not a lock, a mark or an empty folder."""
    if path.is_dir():
        return any(each.is_file() and each.name not in ("lock", ".gitkeep") for each in path.rglob("*"))
    return path.exists()


def _asides(folder: Path) -> dict[str, str]:
    """Give the names under which parts of the workspace are kept that the backup takes the place of."""
    new = folder / STAGED / "new"
    parts = [name for name in PARTS if (new / name).exists() and _has_content(folder / name)]
    return {name: _free(folder / f"{name}.before-restore").name for name in parts}


def _sync(folder: Path) -> None:
    """Have all files below a folder on disk before anything depends on them."""
    for path in folder.rglob("*"):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_DAMAGES = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError),
    *(zlib.error, struct.error, ValueError, OverflowError, MemoryError),
)
"""What the library raises for files that are none, or damaged."""


def _free(path: Path) -> Path:
    number, found = 2, path
    while found.exists():
        found = path.with_name(f"{path.name}-{number}")
        number += 1
    return found
