"""`digest refill`: parts of the archive made again from what it keeps."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, language_models, places, printing
from digest.cli.printing import say, show
from digest.cli.run import ports_of
from digest.language.counts import counted

if TYPE_CHECKING:
    from digest.pipeline import Ports
    from digest.refilling import Refilled, What
    from digest.store import Store
    from digest.workspace.config import Config

WHAT = ("text", "vectors", "analysis")


def refill(
    context: typer.Context,
    what: Annotated[
        str, typer.Option(metavar="text,vectors,analysis", help="What is made again, with commas between.")
    ],
    since: Annotated[
        str | None,
        typer.Option(help="Only articles taken in since: 7d, 24h, a date, or all. [default: all]"),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="The embedding model. [default: the one of settings.model]")
    ] = None,
    as_json: printing.AsJson = False,
) -> None:
    """Make texts again from kept pages, and missing vectors and analyses from texts; nothing is fetched.

    What is there as it would be made is left alone. Where a text changes, its vector and analysis follow.
    """
    from digest.workspace.config_values import since_datetime

    wanted = _parts(what)
    folder: Path = context.obj
    # Checked as a run's is; articles are all wanted unless somebody says otherwise.
    config = common.load(folder, since=since, model=model)
    now = common.utc_now()
    start = since_datetime(config.settings.since, now=now) if since else None
    with (
        places.archive(folder, doing="digest refill", must_exist=True) as store,
        ports_of(folder, config, store, language_models.Asking()) as ports,
    ):
        found = _refill(config, ports, store, wanted, start, now=now)
    if as_json:
        from digest.records.plain_values import to_json

        printing.show_json(to_json(found))
        return
    for lost in found.problems:
        say(f"not made: {lost.stage}: {lost.url}: {lost.reason}")
    show(_summary(found, wanted))


def _parts(what: str) -> "list[What]":
    named = [each.strip() for each in what.split(",")]
    found: list[What] = [each for each in WHAT if each in named]  # type: ignore[misc]
    if not found or len(found) != len(named):
        raise typer.BadParameter(f"expected some of {', '.join(WHAT)}; got {what!r}", param_hint="--what")
    return found


def _refill(
    config: "Config",
    ports: "Ports",
    store: "Store",
    what: "list[What]",
    since: "datetime | None",
    *,
    now: datetime,
) -> "Refilled":
    from digest import pipeline
    from digest.refilling import refill as refill_archive

    taken = store.articles.taken_since(since) if since else [key.id for key in store.articles.listing()]
    with printing.progress_bars() as progress:
        reader = pipeline.reader_of(config, ports, now=now, progress=progress)
        found = refill_archive(store, taken, what, reader=reader, workers=ports.workers, progress=progress)
    if ports.model and (problem := ports.model.finish()):
        say(f"not handed over: {problem}")
    return found


def _summary(found: "Refilled", what: "list[What]") -> str:
    said = []
    if "text" in what:
        said.append(f"{counted(found.read, 'page', 'pages')} read again, {len(found.changed)} changed")
    made = f"{counted(found.vectors, 'vector', 'vectors')} and "
    made += f"{counted(found.analyses, 'analysis', 'analyses')} made"
    said.append(made if found.vectors or found.analyses else "no vector and no analysis was missing")
    if found.problems:
        said.append(f"{counted(len(found.problems), 'part', 'parts')} could not be made")
    return "; ".join(said) + ("; pending drafts follow with: digest run" if found.analyses else "")
