"""What workers do for an intake: records in, records out, whatever process or machine they are in."""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from digest.analysis import Library, analyze
from digest.analysis.reading import read
from digest.analysis.themes import Nearness, nearness
from digest.articles.copies import signature_of
from digest.articles.extract import extract, extract_feed_text
from digest.checks.checker import with_problems
from digest.ports import Embedder
from digest.records import Analysis, Article, Page, StoredLink, TokenVectors

Read = tuple[Article, NDArray[np.uint32], float]
"""An article, its signature, and the seconds it took."""


def read_page(page: Page, stored: StoredLink) -> Read:
    """Extract a page and sign its text; runs in a worker process.

    Returns:
        The article, its signature, and the seconds it took.

    Raises:
        ExtractError: the page holds no article.
    """
    started = perf_counter()
    article = extract(
        page,
        url=stored.link.url,
        id=stored.id,
        feed_title=stored.link.title,
        feed_published=stored.link.published,
    )
    return article, signature_of(article), perf_counter() - started


@dataclass(frozen=True)
class Completed:
    """What a worker made of an article, of what was asked for."""

    vector: NDArray[np.float32] | None = None
    analysis: Analysis | None = None
    nearness: Nearness | None = None
    """How near it is to each theme; for a model that is asked about it too."""
    embedding_s: float = 0.0
    analyzing_s: float = 0.0


def analyze_article(
    article: Article, tokens: TokenVectors, library: Library, analyzer: str, *, with_nearness: bool = False
) -> Completed:
    """Analyze an article and check the result; runs in a worker process."""
    started = perf_counter()
    analysis = with_problems(analyze(article, tokens, library, analyzer=analyzer), article)
    seconds = perf_counter() - started
    near = nearness(read(article, tokens), library) if with_nearness else None
    return Completed(analysis=analysis, nearness=near, analyzing_s=seconds)


LOADING_S = 120.0
"""Seconds that a worker may take to load its models: one took 65 s where four processes wanted each core
(November 2026)."""

EMBEDDING_S_PER_CHARACTER = 0.005
"""Seconds that embedding may take: on that busy machine a text of 30,000 characters took 29 s."""

_EMBEDDERS: dict[str, Embedder] = {}
"""Those that this worker has loaded, by the ids of their models."""


def complete_article(
    article: Article,
    embedder: Embedder | None,
    analysis_embedder: Embedder,
    library: Library | None,
    analyzer: str,
    *,
    with_nearness: bool,
) -> Completed:
    """Embed an article and analyze it; runs in a worker, which keeps the models it loads.

    Args:
        article: The article.
        embedder: Makes its vector; None where it has one.
        analysis_embedder: Reads it for its analysis.
        library: Themes and patterns; None where no analysis is wanted.
        analyzer: Name of the rules' analyzer.
        with_nearness: See `Completed`.
    """
    started = perf_counter()
    vector = tokens = None
    if embedder:
        tokens = _EMBEDDERS.setdefault(embedder.model_id, embedder).encode_tokens([article.text])[0]
        vector = tokens.whole(article.text)
    made = Completed()
    if library is not None:
        if tokens is None or embedder is None or embedder.model_id != analysis_embedder.model_id:
            reader = _EMBEDDERS.setdefault(analysis_embedder.model_id, analysis_embedder)
            tokens = reader.encode_tokens([article.text])[0]
        made = analyze_article(article, tokens, library, analyzer, with_nearness=with_nearness)
    embedding_s = perf_counter() - started - made.analyzing_s
    return replace(made, vector=vector, embedding_s=embedding_s)


def embedding_s(article: Article) -> float:
    """Say how many seconds more than others a call may take that embeds an article."""
    return LOADING_S + EMBEDDING_S_PER_CHARACTER * len(article.text)


def read_feed_text(stored: StoredLink) -> Read:
    """Make the article from the text the feed carried, and sign it; runs in a worker process.

    Raises:
        ExtractError: the feed carried a teaser only.
    """
    started = perf_counter()
    article = feed_article(stored)
    return article, signature_of(article), perf_counter() - started


def feed_article(stored: StoredLink) -> Article:
    """Make the article from the text the feed carried.

    Raises:
        ExtractError: the feed carried a teaser only.
    """
    link = stored.link
    return extract_feed_text(
        link.body_html, url=link.url, id=stored.id, title=link.title, published=link.published
    )
