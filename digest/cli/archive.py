"""`digest import`: articles that come from elsewhere."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common
from digest.cli.common import say, show
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.importing import Row


def import_(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help='JSON Lines: {"id"?, "url", "title", "text", "published"?}.')],
) -> None:
    """Take articles into the archive; rows keep their ids, and what is there already is left alone."""
    from digest.importing import import_articles

    rows = _rows(path)
    config = common.load(context.obj)
    with common.archive(context.obj, doing="digest import") as store:
        done = import_articles(
            rows, store, common.embedder_of(config), now=common.utc_now(), progress=_progress
        )
    show(
        f"{done.added} articles imported, {done.copies} of them copies of others; {done.known} known already"
    )


def _progress(done: int, total: int) -> None:
    if done == total or done % 500 == 0:
        say(f"import  {done} of {total}")


def _rows(path: Path) -> "list[Row]":
    """Read the lines; every mistake is reported at once."""
    from digest.importing import Row

    try:
        # Not splitlines: U+2028, U+0085 and others stand as they are within JSON texts.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DigestError(f"{path}: cannot be read: {error}") from error
    rows, problems = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            rows.append(Row.of(json.loads(line)))
        except (json.JSONDecodeError, DigestError) as error:
            problems.append(f"{path}:{number}: {error}")
    if problems:
        shown = problems[:20]
        more = [f"and {len(problems) - 20} more"] if len(problems) > 20 else []
        raise DigestError("\n".join([*shown, *more, "nothing was imported"]))
    return rows
