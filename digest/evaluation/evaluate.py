"""The sections in order: what `digest eval` prints and the quality gate judges."""

from collections.abc import Collection
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from digest.evaluation.corpus import load_corpus
from digest.evaluation.determinism import measure_determinism
from digest.evaluation.figures import Section
from digest.evaluation.observe import Progress, observe
from digest.evaluation.signals import measure_signals
from digest.evaluation.summaries import measure_summaries
from digest.evaluation.themes import measure_themes
from digest.evaluation.timing import measure_time
from digest.evaluation.titles import measure_titles
from digest.ports import Embedder
from digest.stages.analyze import Library

PARTS = ("titles", "summaries", "themes", "signals", "time", "determinism")
"""Names of the sections, in the order they are shown."""


@dataclass(frozen=True)
class Tools:
    """What an evaluation works with."""

    embedder: Embedder
    library: Library
    workers: Executor
    progress: Progress


def evaluate(
    folder: Path, tools: Tools, *, only: Collection[str] = PARTS, limit: int | None = None
) -> tuple[Section, ...]:
    """Measure the parts asked for.

    Args:
        folder: The labelled data.
        tools: Model, library, worker processes.
        only: Names from PARTS.
        limit: At most so many pages, spread evenly; None for all. Entries are always used.

    Returns:
        A section for each part, in the order of PARTS.

    Raises:
        DigestError: the data is not there.
    """
    corpus = load_corpus(folder, limit=limit)
    embedder, library, progress = tools.embedder, tools.library, tools.progress
    observed = observe(corpus.articles, embedder=embedder, library=library, progress=progress)
    pages, entries = observed[: len(corpus.pages)], observed[len(corpus.pages) :]
    makers = {
        "titles": lambda: measure_titles(observed),
        "summaries": lambda: measure_summaries(observed, embedder=embedder, progress=progress),
        "themes": lambda: measure_themes(observed, library),
        "signals": lambda: measure_signals(pages, entries, corpus.entries, embedder=embedder),
        "time": lambda: measure_time(observed),
        "determinism": lambda: measure_determinism(
            observed, embedder=embedder, library=library, workers=tools.workers
        ),
    }
    return tuple(makers[part]() for part in PARTS if part in only)
