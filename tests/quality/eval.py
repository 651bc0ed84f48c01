"""Quality and speed on labelled data, with baselines in the same run, as a Markdown table: `make eval`.

    python -m tests.quality.eval                       everything, on the data DIGEST_DEV_DATA names
    python -m tests.quality.eval --only stories,hubs   these parts alone
    python -m tests.quality.eval --limit 20 --json     at most so many pages, texts of a set, queries; as JSON

A figure under its target is a result, not an error. Stories, search and hubs import some 6,200 texts into
archives of their own. Embedding them takes minutes, so their vectors are kept in output/eval/ for the next
time; all else is made anew. Deleting that folder loses nothing.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from digest.adapters.workers import worker_processes
from digest.cli import common, machinery, places, printing
from digest.records.plain_values import to_json
from digest.store import Store
from tests.quality.evaluation.archives import ArchiveMaker
from tests.quality.evaluation.corpus import load_corpus
from tests.quality.evaluation.evaluate import PARTS, Tools, evaluate
from tests.quality.evaluation.kept_vectors import KeptVectors
from tests.quality.evaluation.table import render_sections

WORKSPACE = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    options, parts = _asked(arguments)
    with tools_of(WORKSPACE) as tools:
        sections = evaluate(load_corpus(Path(options.data), limit=options.limit), tools, only=parts)
    rows = json.dumps(to_json(sections), ensure_ascii=False, indent=2)
    sys.stdout.write((rows if options.json else render_sections(sections)).rstrip("\n") + "\n")
    return 0


def _asked(arguments: Sequence[str] | None) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="python -m tests.quality.eval", description=__doc__.split("\n")[0])
    data = os.environ.get("DIGEST_DEV_DATA")
    parser.add_argument("--data", type=Path, default=data, help="the labelled data")
    parser.add_argument("--only", metavar="PARTS", default="", help="these parts, with commas between")
    parser.add_argument("--limit", type=int, help="at most so many pages, texts of a set, queries")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    parts = [part.strip() for part in options.only.split(",") if part.strip()] or list(PARTS)
    if unknown := [part for part in parts if part not in PARTS]:
        parser.error(f"{', '.join(unknown)}: known parts are {', '.join(PARTS)}")
    if options.data is None:
        parser.error("no labelled data: name its folder with --data or DIGEST_DEV_DATA")
    return options, parts


@contextmanager
def tools_of(workspace: Path) -> Iterator[Tools]:
    """Wire what an evaluation works with: the model and prompt files of a workspace."""
    embedder = machinery.embedder_of(common.load_or_default(workspace))
    with worker_processes() as workers, printing.progress_bars() as progress:
        library = machinery.library_of(workspace, embedder, None)()
        kept = KeptVectors(places.output_of(workspace) / "eval", model_id=embedder.model_id)
        archives = ArchiveMaker(_new_store, embedder, kept, common.utc_now(), progress)
        tokens = places.output_of(workspace) / "eval/tokens"
        yield Tools(embedder, library, workers, progress, archives, tokens)


@contextmanager
def _new_store() -> Iterator[Store]:
    """Give an empty archive in a temporary folder."""
    with TemporaryDirectory(prefix="digest-eval-") as folder:
        store = Store(Path(folder))
        try:
            yield store
        finally:
            store.close()


if __name__ == "__main__":
    sys.exit(main())
