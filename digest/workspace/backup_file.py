"""A backup's file: a ZIP of the workspace's own files and `manifest.json`, which has the SHA-256 of each."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from digest import __version__
from digest.errors import StoreError
from digest.workspace.dumped import DUMP, Dumped
from digest.workspace.files import FileError, new_private, opened, why
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

MOST_MANIFEST = 100_000_000
"""Bytes of a manifest: that of a million files."""

MOST_NAME = 255
"""Bytes of a name in a path that file systems take."""

NOT_RESTORED, NOT_MADE = "nothing was restored", "no backup was made"
"""How messages end about a backup that is read, and one that is being made."""

_NO_NAME = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and bytes that are no text. Blanks of all kinds may be in names: macOS puts
some into those of screenshots."""

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
    left_out: tuple[str, ...] = ()
    """Links, which are not in it, by name."""


def write_backup(
    made: Path, folder: Path, names: Iterable[str], copy: Path, now: datetime, dumped: Dumped | None
) -> None:
    """Write a backup's file.

    Args:
        made: Where to.
        folder: The workspace.
        names: Of its files, beside the archive.
        copy: The archive's copy or dump.
        now: Aware, UTC.
        dumped: What the dump is, if it is one.
    """
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


def checked_backup(
    path: Path,
    into: Path,
    *,
    knows: str = "",
    examine: Examine = lambda _: [],
    shown: Path | None = None,
) -> Backup:
    """Unpack a backup, and check every file and the archive.

    Args:
        path: The backup.
        into: A folder, which is not there yet.
        knows: The schema of archives that this program knows; empty for any.
        examine: Looks at the archive.
        shown: What it will be named, where it is being made.

    Raises:
        StoreError: something in it is not what the manifest says.
    """
    end = NOT_MADE if shown else NOT_RESTORED
    shown = shown or path
    try:
        with opened(path) as content, zipfile.ZipFile(content) as file:
            manifest = _manifest(file, shown, end)
            _check_room(file, shown, into, end)
            for name, wanted in manifest["files"].items():
                if _unpack(file, name, into) != wanted:
                    raise StoreError(f"{shown}: {name}: is damaged; {end}")
    except (FileError, StoreError):
        raise
    except (*_DAMAGES, RuntimeError) as error:
        raise StoreError(f"{shown}: no backup, or a damaged one: {error}") from error
    except KeyError as error:
        raise StoreError(f"{shown}: {error.args[0]}; {end}") from error
    except OSError as error:
        raise StoreError(f"{shown}: cannot be read: {why(error)}") from error
    dumped: Dumped | None = manifest["archive"]
    version = dumped.schema if dumped else _check_archive(into / ARCHIVE, shown)
    if knows and version > knows:
        raise StoreError(
            f"{shown}: made by a newer digest (schema {version}, this one knows {knows}); upgrade digest"
        )
    if dumped:
        return Backup(path, manifest["files"], dumped.rows, manifest["created"], dumped)
    if faults := examine(into / ARCHIVE):
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise StoreError(
            f"{shown}: its archive is not as digest makes it: {faults[0]}{more}; see: digest doctor"
        )
    return Backup(path, manifest["files"], rows_in(into / ARCHIVE), manifest["created"])


def _manifest(file: zipfile.ZipFile, path: Path, end: str) -> dict[str, Any]:
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
        if not is_own(name):
            raise StoreError(f"{path}: {name!r}: is no part of a workspace; {end}")
    members = sorted(file.namelist())
    if foreign := [name for name in members if name != MANIFEST and name not in files]:
        raise StoreError(f"{path}: {foreign[0]!r}: is not in its manifest; {end}")
    if len(members) != len(files) + 1:
        raise StoreError(f"{path}: expected {len(files)} files, got {len(members) - 1}; {end}")
    return {"files": files, "created": created, "archive": dumped}


def is_own(name: str) -> bool:
    """Tell whether a name is that of a workspace's file, and leads nowhere else."""
    path = PurePosixPath(name)
    is_plain = not path.is_absolute() and ".." not in path.parts and "\\" not in name and "\0" not in name
    # A folder would be neither: nothing can be unpacked under its name.
    is_plain = is_plain and path.as_posix() == name and not _NO_NAME.search(name)
    is_plain = is_plain and all(len(part.encode("utf-8", "replace")) <= MOST_NAME for part in path.parts)
    return is_plain and any(name == own or (own.endswith("/") and name.startswith(own)) for own in OWN)


def _check_room(file: zipfile.ZipFile, path: Path, into: Path, end: str) -> None:
    # The library reads no more of a file than is said here.
    wanted = sum(each.file_size for each in file.infolist())
    free = shutil.disk_usage(into.parent).free
    if wanted > free:
        raise StoreError(f"{path}: needs {wanted:,} bytes, {free:,} are free; {end}")


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


def rows_in(archive: Path) -> dict[str, int]:
    """Count an archive's rows by table."""
    with closing(sqlite3.connect(archive)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        names = [name for (name,) in connection.execute(query)]
        counts = (connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names)
        return dict(zip(names, counts, strict=True))


_DAMAGES = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError),
    *(zlib.error, struct.error, ValueError, OverflowError, MemoryError),
)
"""What the library raises for files that are none, or damaged."""
