"""`digest backup` and `digest restore`: a workspace in one file, and back."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, places, printing
from digest.cli.printing import say, show

if TYPE_CHECKING:
    from digest.store.dumping import DumpedArchive


def backup(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            parser=common.path_of, metavar="FILE", help="The file to make, such as digest-20261122.zip."
        ),
    ],
    without_pages: Annotated[
        bool,
        typer.Option("--without-pages", help="Leave the kept pages out: smaller, nothing to extract anew."),
    ] = False,
    as_json: printing.AsJson = False,
) -> None:
    """Write the whole workspace into one file and check it by restoring it; a run may be going on.

    The archive, drafts, entries, issues, reports, kept pages, feeds.yaml and prompts are in it. An archive on
    PostgreSQL takes pg_dump; its backup is read back instead of restored.
    """
    from digest.store.foreign import is_archive
    from digest.workspace.backup import make_backup

    folder: Path = context.obj
    with common.if_stopped(lambda: f"{file} was not made"):
        database = _database(places.archive_address(folder))
        if database is None:
            is_archive(places.output_of(folder) / "archive.db", may_be_newer=True)
        made = make_backup(
            folder,
            file,
            now=common.utc_now(),
            has_pages=not without_pages,
            examine=_examine,
            database=database,
        )
    if database and without_pages and places.pages_in(folder) == "archive":
        say("settings.pages is archive: kept pages are in the database, and so in its dump")
    for name in made.left_out:
        say(
            f"{name}: left out: a link, of which a backup keeps those in feeds.yaml and prompts",
            level="warning",
        )
    beside = _named_beside(folder)
    for name in beside:
        say(
            f"{name}: left out: feeds.yaml names it, but it is no part of a backup; keep it too",
            level="warning",
        )
    if as_json:
        left_out = [*made.left_out, *beside]
        told = {"files": len(made.files), "articles": made.rows["articles"], "left_out": left_out}
        printing.show_json({"path": str(file), **told})
        return
    checked = "read back" if made.dumped else "restored once"
    show(f"{file}: {len(made.files)} files, {made.rows['articles']} articles; {checked} and found whole")


def _named_beside(folder: Path) -> list[str]:
    """Name the mailboxes and recorded answers of a workspace, which other programs and people write."""
    from digest.cli.language_models import RECORDED
    from digest.errors import ConfigError

    try:
        config = common.load_or_default(folder)
    except ConfigError:
        # A backup is made all the same: it may be what it takes to mend them.
        return []
    model = config.settings.language_model
    named = [feed.url for feed in config.feeds if feed.kind == "mail" and "://" not in feed.url]
    named += [model.removeprefix(RECORDED)] * model.startswith(RECORDED)
    return [
        name for name in dict.fromkeys(named) if not Path(name).is_absolute() and (folder / name).exists()
    ]


def restore(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(parser=common.path_of, metavar="FILE", help="A file that `digest backup` made.")
    ],
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also where there is a workspace: it is kept under another name.")
    ] = False,
) -> None:
    """Put a workspace back from a backup, into a new folder or in place of what is there.

    Everything is unpacked and checked first; what was there is kept beside it. An archive on PostgreSQL goes
    into the database that the backup's feeds.yaml names, or DIGEST_ARCHIVE.
    """
    from digest.store.schema import SCHEMA_VERSION
    from digest.store.sqlite import exclusive
    from digest.workspace.restore import is_unfinished, restore_backup

    folder: Path = context.obj

    def state() -> str:
        is_decided = is_unfinished(folder)
        return "the next command finishes the restore" if is_decided else "the workspace is as it was"

    def database_of(unpacked: Path) -> "DumpedArchive | None":
        return _database(_target(folder, unpacked))

    with (
        _nothing_left(folder),
        common.if_stopped(state),
        exclusive(places.output_of(folder) / "lock", doing="digest restore"),
        _alone(folder),
    ):
        kept = restore_backup(
            file, folder, anyway=anyway, knows=SCHEMA_VERSION, examine=_examine, database_of=database_of
        )
    for path in kept:
        say(f"what was there is now in {path}")
    show(f"{folder}: restored from {file}")
    if places.archive_address(folder) and (places.output_of(folder) / "archive.db").exists():
        say(
            f"the backup's archive is {places.output_of(folder) / 'archive.db'}, and "
            f"{places.archive_name(folder)} is what commands use; take it over with: digest archive move"
        )


def _database(address: str) -> "DumpedArchive | None":
    if not address:
        return None
    from digest.store.dumping import DumpedArchive

    return DumpedArchive(address)


def _target(folder: Path, unpacked: Path) -> str:
    """Give the address of the database that a backup's archive goes into; empty where none is named.

    Raises:
        StoreError: the workspace that is there names another one than the backup's.
    """
    from digest.errors import StoreError
    from digest.store.postgresql import shown

    here, there = places.archive_address(folder), places.archive_address(unpacked)
    if here and here != there:
        raise StoreError(
            f"feeds.yaml: settings.archive is {shown(here)}, in the backup "
            f"{shown(there) if there else 'empty'}; say which database the archive goes into: "
            "DIGEST_ARCHIVE=postgresql://... digest restore ..."
        )
    return there


def _examine(path: Path) -> list[str]:
    from digest.store.foreign import is_archive
    from digest.store.soundness import faults_of

    is_archive(path, may_be_newer=True)
    return faults_of(path, with_values=False)


@contextmanager
def _nothing_left(folder: Path) -> Iterator[None]:
    """Where a restore into a new folder fails, take away what its locks have made: nothing is restored."""
    is_new = not folder.exists()
    try:
        yield
    except BaseException:
        if is_new and not (folder / ".restore").exists():
            # What else somebody has put there meanwhile keeps the folders.
            with suppress(OSError):
                (places.output_of(folder) / "lock").unlink(missing_ok=True)
                places.output_of(folder).rmdir()
                folder.rmdir()
        raise


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other restores out; the workspace's own lock goes aside with what was there."""
    from digest.store.sqlite import exclusive

    path = folder / ".restore.lock"
    with exclusive(path, doing="digest restore"):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def finish_killed_restore(folder: Path) -> None:
    """Do what is left of a restore that was killed while it took the workspace's place.

    Raises:
        StoreError: another process is at it.
    """
    from digest.workspace.restore import drop_restore, finish_restore, is_unfinished, loaded_by

    with _alone(folder):
        if not is_unfinished(folder):
            return
        loaded = loaded_by(folder)
        database = loaded and _database(loaded.address)
        if loaded and database and not database.holds(loaded.mark):
            drop_restore(folder)
            say("a restore was interrupted before the database had kept its archive: nothing was changed")
        else:
            for path in finish_restore(folder):
                say(f"what was there is now in {path}")
            say("a restore that was interrupted is finished now")
