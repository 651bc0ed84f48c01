"""The sections in order: what `make eval` prints and the quality gate judges."""

from collections.abc import Collection
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from digest.analysis import Library
from digest.ports import Embedder
from tests.quality.evaluation.archive_figures import measure_hubs, measure_searching, measure_stories
from tests.quality.evaluation.archives import ArchiveMaker
from tests.quality.evaluation.check_figures import measure_checks
from tests.quality.evaluation.corpus import Corpus
from tests.quality.evaluation.determinism import measure_determinism
from tests.quality.evaluation.figures import Section
from tests.quality.evaluation.ideas import measure_ideas
from tests.quality.evaluation.keyword_figures import measure_keywords
from tests.quality.evaluation.observe import Observed, Progress, observe
from tests.quality.evaluation.signals import measure_signals
from tests.quality.evaluation.summaries import measure_summaries
from tests.quality.evaluation.table_figures import measure_tables
from tests.quality.evaluation.themes import measure_themes
from tests.quality.evaluation.timing import measure_time
from tests.quality.evaluation.titles import measure_titles
from tests.quality.reader_tables import Example, load

PARTS = (
    "titles",
    "summaries",
    "keywords",
    "themes",
    "signals",
    "tables",
    "ideas",
    "checks",
    "stories",
    "search",
    "hubs",
    "time",
    "determinism",
)
"""Names of the sections, in the order they are shown."""


@dataclass(frozen=True)
class Tools:
    """What an evaluation works with."""

    embedder: Embedder
    library: Library
    workers: Executor
    progress: Progress
    archives: ArchiveMaker
    tokens: Path
    """Folder for the token vectors of articles that readers wrote tables of, kept for the next time."""


def evaluate(corpus: Corpus, tools: Tools, *, only: Collection[str] = PARTS) -> tuple[Section, ...]:
    """Measure the parts asked for.

    Args:
        corpus: The labelled data, from load_corpus.
        tools: Model, library, worker processes.
        only: Names from PARTS.

    Returns:
        A section for each part, in the order of PARTS.
    """
    measured = _Measured(corpus, tools)
    return tuple(measured.section(part) for part in PARTS if part in only)


class _Measured:
    """The one pass over the articles, made when a part first needs it, and the parts that look at it."""

    def __init__(self, corpus: Corpus, tools: Tools) -> None:
        self._corpus = corpus
        self._tools = tools

    @cached_property
    def _observed(self) -> tuple[Observed, ...]:
        tools = self._tools
        return observe(
            self._corpus.articles, embedder=tools.embedder, library=tools.library, progress=tools.progress
        )

    @cached_property
    def _examples(self) -> list[Example]:
        return load(self._corpus.folder, self._tools.tokens)

    def section(self, part: str) -> Section:
        """Measure one part."""
        tools, corpus = self._tools, self._corpus
        embedder, library = tools.embedder, tools.library
        match part:
            case "titles":
                return measure_titles(self._observed)
            case "summaries":
                # A few pages are too few to learn from.
                examples = self._examples if corpus.limit is None else []
                return measure_summaries(self._observed, examples, embedder=embedder, progress=tools.progress)
            case "keywords":
                return measure_keywords(corpus.folder, embedder, limit=corpus.limit)
            case "themes":
                return measure_themes(self._observed, library, corpus.folder, tools.tokens, embedder)
            case "signals":
                pages, entries = self._observed[: len(corpus.pages)], self._observed[len(corpus.pages) :]
                return measure_signals(pages, entries)
            case "tables":
                return measure_tables(self._examples)
            case "ideas":
                return measure_ideas(corpus.folder, tools.tokens, library)
            case "checks":
                return measure_checks(corpus.folder, self._observed[: len(corpus.pages)])
            case "stories":
                return measure_stories(corpus.folder, tools.archives, limit=corpus.limit)
            case "search":
                return measure_searching(corpus.folder, tools.archives, limit=corpus.limit)
            case "hubs":
                return measure_hubs(corpus.folder, tools.archives, limit=corpus.limit)
            case "time":
                return measure_time(self._observed)
            case "determinism":
                return measure_determinism(
                    self._observed, embedder=embedder, library=library, workers=tools.workers
                )
        raise ValueError(f"no part {part!r}; known: {', '.join(PARTS)}")
