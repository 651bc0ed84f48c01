"""`digest archive ...`: from a file into a PostgreSQL database, or back; kept pages into the archive."""

from pathlib import Path
from typing import Annotated

import typer

from digest.cli import common, places, printing
from digest.cli.printing import say, show
from digest.language.counts import counted

app = typer.Typer(
    no_args_is_help=True, help="Move the archive between SQLite and PostgreSQL, or kept pages into it."
)


def _place(value: str) -> str:
    """Check where an archive is or goes.

    Raises:
        typer.BadParameter: an address that is none, or has a password in it.
    """
    from pydantic_core import PydanticCustomError

    from digest.workspace.config_values import checked_archive

    if "://" in value:
        try:
            checked_archive(value)
        except PydanticCustomError as error:
            raise typer.BadParameter(error.message()) from error
    return value


@app.command()
def move(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="FROM", callback=_place, help="output/archive.db of the workspace, or postgresql://..."
        ),
    ],
    target: Annotated[
        str, typer.Argument(metavar="TO", callback=_place, help="The same; none may be there.")
    ],
    as_json: printing.AsJson = False,
) -> None:
    """Copy the archive to another engine and compare every row; after a kill the same command goes on.

    The archive that is copied keeps its rows (one of an earlier version is brought up to date first), and
    settings.archive says which one counts.
    """
    from digest.store import moving
    from digest.store.postgresql import shown

    folder: Path = context.obj
    source, target = (each if "://" in each else str(folder / each) for each in (source, target))
    ends = [shown(each) if "://" in each else each for each in (source, target)]
    again = f"{ends[0]} is as it was; the same command again goes on"
    with common.if_stopped(lambda: again), printing.progress_bars() as progress:
        rows = moving.move(source, target, progress=progress, say=say)
    if as_json:
        printing.show_json({"from": ends[0], "to": ends[1], "rows": rows})
        return
    show(f"{ends[1]}: {sum(rows.values())} rows of {len(rows)} tables, {rows['articles']} articles; compared")
    named = "names it" if "://" in target else "is empty, and it lies in output/archive.db"
    say(f"a workspace uses it when settings.archive in its feeds.yaml {named}")


@app.command()
def pages(context: typer.Context, as_json: printing.AsJson = False) -> None:
    """Take the kept pages and snapshots of this workspace's folders into the archive, for all machines.

    For a workspace whose settings.pages is archive: new ones are kept there anyway. The files stay.
    """
    from digest.errors import DigestError

    folder: Path = context.obj
    if places.pages_in(folder) != "archive":
        raise DigestError("settings.pages: expected archive, got folder: pages would not be looked for there")
    with places.archive(folder, doing="digest archive pages", must_exist=True) as store:
        found = {"pages": store.pages.take_in(), "snapshots": store.snapshots.take_in()}
    if as_json:
        printing.show_json(found)
        return
    show(
        f"{places.archive_name(folder)}: {counted(found['pages'], 'page', 'pages')} and "
        f"{counted(found['snapshots'], 'snapshot', 'snapshots')} taken in"
    )
