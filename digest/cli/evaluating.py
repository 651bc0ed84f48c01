"""`digest eval`: quality and speed on labelled data, with baselines in the same run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common
from digest.cli.common import show

if TYPE_CHECKING:
    from digest.evaluation.evaluate import Tools


def evaluate(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            envvar="DIGEST_DEV_DATA",
            help="The labelled data: a folder with pages/ and entries/.",
        ),
    ] = None,
    only: Annotated[
        str, typer.Option(metavar="PARTS", help="Only these parts, with commas between. [default: all]")
    ] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many pages.")] = None,
    as_json: common.AsJson = False,
) -> None:
    """Measure quality and speed on labelled data, and print the figures as Markdown, baselines beside them.

    A figure under its target is a result, not an error.
    """
    from digest.codec import to_json
    from digest.errors import ConfigError
    from digest.evaluation.corpus import load_corpus
    from digest.evaluation.evaluate import PARTS
    from digest.evaluation.evaluate import evaluate as measure
    from digest.evaluation.table import render_sections

    parts = [part.strip() for part in only.split(",") if part.strip()] or list(PARTS)
    if unknown := [part for part in parts if part not in PARTS]:
        raise typer.BadParameter(f"{', '.join(unknown)}: known parts are {', '.join(PARTS)}")
    if folder is None:
        raise ConfigError("no labelled data: name its folder with --data or DIGEST_DEV_DATA")
    corpus = load_corpus(folder, limit=limit)
    with tools_of(context.obj) as tools:
        sections = measure(corpus, tools, only=parts)
    if as_json:
        common.show_json(to_json(sections))
        return
    show(render_sections(sections))


@contextmanager
def tools_of(workspace: Path) -> "Iterator[Tools]":
    """Wire what an evaluation works with: the model and prompt files of a workspace."""
    from digest.adapters.workers import worker_processes
    from digest.evaluation.evaluate import Tools

    embedder = common.embedder_of(common.load_or_default(workspace))
    with worker_processes() as workers, common.progress_bars() as progress:
        library = common.library_of(workspace, embedder, None)()
        yield Tools(embedder, library, workers, progress)
