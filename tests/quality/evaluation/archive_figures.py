"""Figures of the archive, as sections beside the others: stories, search, and closest lists without hubs."""

from pathlib import Path

from tests.quality.evaluation.archives import PLAIN_TOKENS, ArchiveMaker, load_news, load_pages
from tests.quality.evaluation.figures import Baseline, Figure, Section
from tests.quality.evaluation.hubs import score_hubs
from tests.quality.evaluation.search import FIRST, SearchFigures, documents, load_judged, measure_search
from tests.quality.evaluation.stories import StoryScores, score_archive, score_tf_idf, score_vectors

SEARCHED = Path("search", "scifact")

MIN_SIMILARITY = 0.35
"""Floor of the closest lists: the settings' default."""


def measure_stories(data: Path, maker: ArchiveMaker, *, limit: int | None = None) -> Section:
    """Score the stories and rankings of an archive of labelled news, beside two baselines.

    Args:
        data: The folder of labelled data.
        maker: Makes the archive.
        limit: At most so many texts.
    """
    news = load_news(data, limit=limit)
    with maker.made(news.rows, name="stories") as store:
        own = score_archive(store, news.story_of, model_id=maker.embedder.model_id)
    ids = [row.id for row in news.rows]
    texts = [f"{row.title}\n{row.text}" for row in news.rows]
    model = maker.embedder.model_id.partition("@")[0]
    beside = (
        score_tf_idf(ids, texts, news.story_of),
        score_vectors(f"plain {model}", ids, maker.plain_vectors(texts), news.story_of),
    )
    figures = (
        Figure(
            "pair_f1", "pair F1 of the stories", own.pair_f1,
            at_least=0.87, baselines=tuple(Baseline(each.name, each.pair_f1) for each in beside),
            note="baselines at the threshold that suits them best",
        ),
        Figure(
            "map", "MAP of the plain ranking", own.mean_average_precision,
            at_least=0.95, baselines=tuple(map(_map, beside)),
        ),
    )  # fmt: skip
    return Section(
        "stories",
        f"{len(ids)} news texts of {len(set(news.story_of.values()))} stories, imported into an archive; "
        f"plain {model}: the first {PLAIN_TOKENS} tokens of title and text",
        figures,
    )


def _map(scores: StoryScores) -> Baseline:
    return Baseline(scores.name, scores.mean_average_precision)


def measure_hubs(data: Path, maker: ArchiveMaker, *, limit: int | None = None) -> Section:
    """Look at the closest lists of an archive of pages and news.

    Args:
        data: The folder of labelled data.
        maker: Makes the archive.
        limit: At most so many pages, and so many news texts.
    """
    rows = (*load_pages(data, limit=limit), *load_news(data, limit=limit).rows)
    with maker.made(rows, name="hubs") as store:
        found = score_hubs(store, model_id=maker.embedder.model_id, min_similarity=MIN_SIMILARITY)
    figures = (
        Figure(
            "largest_share", "of the others' lists, those that name the article named most",
            found.largest_share, "share", at_most=0.03, note=found.largest_id,
        ),
        Figure("mean_length", "entries a list, ten asked for", found.mean_length, at_least=6),
        _none("themselves", "lists naming the article itself or a copy of it", found.naming_themselves),
        _none("copies", "lists naming a copy of another", found.naming_copies),
        _none("a_story_twice", "lists naming a story twice, or the own one", found.naming_a_story_twice),
    )  # fmt: skip
    return Section("hubs", f"the closest lists of all {found.articles} pages and news texts", figures)


def _none(key: str, what: str, count: int) -> Figure:
    return Figure(key, what, count, "count", at_most=0)


def measure_searching(data: Path, maker: ArchiveMaker, *, limit: int | None = None) -> Section:
    """Score searches of an archive of abstracts by claims, beside words, meaning and ranks alone.

    Args:
        data: The folder of labelled data.
        maker: Makes the archive.
        limit: At most so many queries, and abstracts that answer none.
    """
    judged = load_judged(data / SEARCHED, limit=limit)
    rows = documents(data / SEARCHED, judged, limit=limit)
    with maker.made(rows, name="search") as store:
        first, others = measure_search(store, judged, maker.embedder)
    figures = [
        _gain("first", f"nDCG@10, the first {FIRST} queries", first, at_least=0.72),
        Figure(
            "query_ms", "mean time a query, its embedding not counted", first.mean_ms, "ms",
            at_most=15, is_pinned=False,
        ),
    ]  # fmt: skip
    if others.queries:
        figures.insert(1, _gain("others", f"the same, the {others.queries} others", others))
    says = f"{len(rows)} abstracts, by words and meaning together; choices were made on the first"
    return Section("search", says, tuple(figures))


def _gain(key: str, what: str, found: SearchFigures, *, at_least: float | None = None) -> Figure:
    beside = (
        Baseline("words (BM25)", found.words),
        Baseline("meaning", found.meaning),
        Baseline("reciprocal rank", found.ranks),
    )
    return Figure(key, what, found.both, at_least=at_least, baselines=beside)
