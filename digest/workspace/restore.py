"""Putting a workspace back from a backup, without losing what is there.

Where the archive is a database, its dump goes into one before the workspace is touched.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from digest.errors import StoreError
from digest.workspace.backup_file import Backup, Examine, checked_backup
from digest.workspace.dumped import DUMP, Database, Loaded
from digest.workspace.files import read_bytes, write_text
from digest.workspace.json_text import JsonError, read_json

PARTS = ("feeds.yaml", "prompts", "output")
"""What takes the place of what is there, in this order."""

STAGED = ".restore"
"""Where a restore unpacks, in the workspace: what is whole there is one rename away."""

JOURNAL = "journal.json"

DATABASE = "database"
"""What stands in it beside the names of parts, where the archive is no file."""

ASIDE = re.compile(r"\.before-restore(?:-[0-9]{1,6})?")
"""How the name of what was there before a restore goes on."""


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
            found = checked_backup(path, staged / "new", knows=knows, examine=examine)
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
    kept = [str(folder / aside) for aside in asides.values()]
    for name in PARTS:
        new, own, aside = staged / "new" / name, folder / name, folder / asides.get(name, name)
        if not new.exists():
            # In its place already, or no part of the backup.
            continue
        if name in asides and not aside.exists():
            os.replace(own, aside)
        elif own.is_symlink():
            own.unlink()
        elif _has_content(own):
            # Written since the restore was killed.
            os.replace(own, free := _free(folder / f"{name}.before-restore"))
            kept.append(str(free))
        elif own.is_dir():
            shutil.rmtree(own)
        os.replace(new, own)
    shutil.rmtree(staged / "new", ignore_errors=True)
    (staged / "archive.dump").unlink(missing_ok=True)
    (staged / JOURNAL).unlink()
    staged.rmdir()
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


def _free(path: Path) -> Path:
    number, found = 2, path
    while found.exists():
        found = path.with_name(f"{path.name}-{number}")
        number += 1
    return found
