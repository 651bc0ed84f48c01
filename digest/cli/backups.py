"""`digest backup` and `digest restore`: a workspace in one file, and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from digest.cli import common
from digest.cli.common import say, show


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to make, such as digest-20261122.zip.")],
    without_pages: Annotated[
        bool,
        typer.Option("--without-pages", help="Leave the kept pages out: smaller, nothing to extract anew."),
    ] = False,
    as_json: common.AsJson = False,
) -> None:
    """Write the whole workspace into one file and check it by restoring it; a run may be going on.

    The archive, drafts, entries, issues, reports, kept pages, feeds.yaml and prompts are in it.
    """
    from digest.errors import StoreError
    from digest.store.foreign import is_archive
    from digest.workspace.backup import make_backup

    folder: Path = context.obj
    with common.if_stopped(lambda: f"{file} was not made"):
        if common.archive_address(folder):
            raise StoreError(
                f"{common.archive_name(folder)}: a backup has its archive in a file; make one with: digest "
                "archive move, or save the database with pg_dump"
            )
        is_archive(common.output_of(folder) / "archive.db", may_be_newer=True)
        made = make_backup(folder, file, now=common.utc_now(), has_pages=not without_pages, examine=_examine)
    if as_json:
        common.show_json({"path": str(file), "files": len(made.files), "articles": made.rows["articles"]})
        return
    show(f"{file}: {len(made.files)} files, {made.rows['articles']} articles; restored once and found whole")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file that `digest backup` made.")],
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also where there is a workspace: it is kept under another name.")
    ] = False,
) -> None:
    """Put a workspace back from a backup, into a new folder or in place of what is there.

    Everything is unpacked and checked first; what was there is kept beside it.
    """
    from digest.store.schema import SCHEMA_VERSION
    from digest.store.sqlite import exclusive
    from digest.workspace.backup import is_unfinished, restore_backup

    folder: Path = context.obj

    def state() -> str:
        is_decided = is_unfinished(folder)
        return "the next command finishes the restore" if is_decided else "the workspace is as it was"

    with (
        common.if_stopped(state),
        exclusive(common.output_of(folder) / "lock", doing="digest restore"),
        _alone(folder),
    ):
        kept = restore_backup(file, folder, anyway=anyway, knows=SCHEMA_VERSION, examine=_examine)
    for path in kept:
        say(f"what was there is now in {path}")
    show(f"{folder}: restored from {file}")


def _examine(path: Path) -> list[str]:
    from digest.store.foreign import is_archive
    from digest.store.soundness import faults_of

    is_archive(path, may_be_newer=True)
    return faults_of(path, with_values=False)


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
    from digest.workspace.backup import finish_restore, is_unfinished

    with _alone(folder):
        if is_unfinished(folder):
            for path in finish_restore(folder):
                say(f"what was there is now in {path}")
            say("a restore that was interrupted is finished now")
