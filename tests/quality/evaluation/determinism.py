"""Same input, same output: in another order, in another batch, in other processes."""

from collections.abc import Sequence
from concurrent.futures import Executor

from digest.analysis import Library, analyze
from digest.ports import Embedder
from digest.records import Analysis, Article
from tests.quality.evaluation.figures import Section, faults
from tests.quality.evaluation.observe import Observed

SAMPLE = 12


def measure_determinism(
    observed: Sequence[Observed], *, embedder: Embedder, library: Library, workers: Executor
) -> Section:
    """Analyse a sample again in three other ways, and count analyses that differ in anything."""
    step = max(1, len(observed) // SAMPLE)
    sample = observed[::step][:SAMPLE]
    articles = [each.article for each in sample]
    before = {each.article.id: each.analysis for each in sample}

    def differing(analyses: Sequence[Analysis]) -> list[str]:
        return [each.id for each in analyses if each != before[each.id]]

    backwards = differing([_alone(article, embedder, library) for article in articles[::-1]])
    together = differing(_together(articles, embedder, library))
    elsewhere = differing(_elsewhere(articles, embedder, library, workers))
    return Section(
        "determinism",
        f"{len(articles)} articles, each analysed three times more",
        (
            faults("backwards", "that differ when done last to first", backwards),
            faults("batch", "that differ when embedded as one batch", together),
            faults("processes", "that differ when analysed by worker processes", elsewhere),
        ),
    )


def _alone(article: Article, embedder: Embedder, library: Library) -> Analysis:
    return analyze(article, embedder.encode_tokens([article.text])[0], library)


def _together(articles: Sequence[Article], embedder: Embedder, library: Library) -> list[Analysis]:
    tokens = embedder.encode_tokens([article.text for article in articles])
    return [analyze(article, each, library) for article, each in zip(articles, tokens, strict=True)]


def _elsewhere(
    articles: Sequence[Article], embedder: Embedder, library: Library, workers: Executor
) -> list[Analysis]:
    tokens = embedder.encode_tokens([article.text for article in articles])
    futures = [
        workers.submit(analyze, article, each, library)
        for article, each in zip(reversed(articles), reversed(tokens), strict=True)
    ]
    return [future.result() for future in futures]
