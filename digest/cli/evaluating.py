"""`digest eval`: quality and speed on labelled data, with baselines in the same run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common
from digest.cli.common import show

if TYPE_CHECKING:
    from digest.evaluation.evaluate import Tools
    from digest.store import Store


def evaluate(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            envvar="DIGEST_DEV_DATA",
            help="The labelled data: a folder with pages/, entries/, stories/ and others.",
        ),
    ] = None,
    only: Annotated[
        str, typer.Option(metavar="PARTS", help="Only these parts, with commas between. [default: all]")
    ] = "",
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many pages, texts of a set, queries.")
    ] = None,
    as_json: common.AsJson = False,
) -> None:
    """Measure quality and speed on labelled data, and print the figures as Markdown, baselines beside them.

    A figure under its target is a result, not an error.

    Stories, search and hubs import some 6,200 texts into archives of their own. Embedding them takes minutes,
    so their vectors are kept in output/eval/ of the workspace for the next time; all else is made anew.
    Deleting that folder loses nothing.
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
    from digest.evaluation.archives import ArchiveMaker
    from digest.evaluation.evaluate import Tools
    from digest.evaluation.kept_vectors import KeptVectors

    embedder = common.embedder_of(common.load_or_default(workspace))
    with worker_processes() as workers, common.progress_bars() as progress:
        library = common.library_of(workspace, embedder, None)()
        kept = KeptVectors(common.output_of(workspace) / "eval", model_id=embedder.model_id)
        archives = ArchiveMaker(_new_store, embedder, kept, common.utc_now(), progress)
        yield Tools(embedder, library, workers, progress, archives)


@contextmanager
def _new_store() -> "Iterator[Store]":
    """Give an empty archive in a temporary folder."""
    from digest.store import Store

    with TemporaryDirectory(prefix="digest-eval-") as folder:
        store = Store(Path(folder))
        try:
            yield store
        finally:
            store.close()
