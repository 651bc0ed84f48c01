"""One pass over the articles: each is embedded and analysed, both timed, and what the parts need is kept.

Token vectors are not kept: of 240 pages they would take 450 MB.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from digest.analysis import Library, analyze
from digest.ports import Embedder
from digest.records import Analysis, Article, Vectors

Progress = Callable[[str, int, int], None]
"""Told (what, how many are done, of how many)."""


@dataclass(frozen=True)
class Observed:
    """An article with what became of it."""

    article: Article
    analysis: Analysis
    vector: Vectors
    """Shape (d,), the whole text, from the pass the analysis used."""
    embed_s: float
    """Seconds of the embedding pass."""
    analyze_s: float
    """Seconds of everything after it."""


def observe(
    articles: Sequence[Article],
    *,
    embedder: Embedder,
    library: Library,
    progress: Progress,
) -> tuple[Observed, ...]:
    """Embed and analyse each article by itself, in order.

    The first article is done once before, untimed, so that no lazy import or first touch of the model's
    memory is counted.
    """
    return tuple(_observed(articles, embedder, library, progress))


def _observed(
    articles: Sequence[Article], embedder: Embedder, library: Library, progress: Progress
) -> Iterator[Observed]:
    for article in articles[:1]:
        analyze(article, embedder.encode_tokens([article.text])[0], library)
    for done, article in enumerate(articles, 1):
        started = perf_counter()
        tokens = embedder.encode_tokens([article.text])[0]
        embedded = perf_counter()
        analysis = analyze(article, tokens, library)
        analyzed = perf_counter()
        vector = tokens.whole(article.text)
        yield Observed(article, analysis, vector, embedded - started, analyzed - embedded)
        progress("analyze", done, len(articles))
