"""Themes: whether readers gave them, how many articles get some, whether a few stand everywhere."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from digest.analysis import Library
from digest.cli.machinery import encode_known
from digest.ports import Embedder
from tests.quality.evaluation.figures import Baseline, Figure, Section, mean, share, some
from tests.quality.evaluation.observe import Observed
from tests.quality.learn_themes import Themed, ThemeLearner, added_labels, load_themed

ASKED_FOR = 3


def measure_themes(
    observed: Sequence[Observed], library: Library, data: Path, keep: Path, embedder: Embedder
) -> Section:
    """Count labels, and compare them with those that readers gave, by what was learned without them."""
    counts = Counter(theme.theme for each in observed for theme in each.analysis.themes)
    bare = [each.article.id for each in observed if not each.analysis.themes]
    first = [each.analysis.themes[0].score for each in observed if each.analysis.themes]
    commonest, articles = counts.most_common(1)[0] if counts else ("", 0)
    full = sum(len(each.analysis.themes) == ASKED_FOR for each in observed)
    themed = 1 - share(len(bare), len(observed))
    learner = ThemeLearner(load_themed(data, keep), library)
    near, often = _readers_own(learner)
    return Section(
        "themes",
        f"{len(observed)} articles, {len(library.themes)} labels",
        (
            *_of_readers(learner, embedder),
            Figure("some", "articles with a theme", themed, "share", note=some(bare)),
            Figure(
                "three", f"articles with {ASKED_FOR}", share(full, len(observed)), "share", is_pinned=False
            ),
            Figure(
                "similarity",
                "cosine of article and first theme, mean",
                mean(first),
                baselines=(Baseline("readers' first themes, pages", near),),
            ),
            Figure(
                "commonest",
                "articles with the commonest label",
                share(articles, len(observed)),
                "share",
                baselines=(Baseline("by readers, pages", often),),
                note=commonest,
                is_lower_better=True,
            ),
            Figure(
                "used", "labels in use", share(len(counts), len(library.themes)), "share", is_pinned=False
            ),
        ),
    )


def _of_readers(learner: ThemeLearner, embedder: Embedder) -> list[Figure]:
    given = learner.out_of_fold()
    nearest = [[_nearest(each, learner.library)] for each in learner.articles]
    figures = []
    for kind, asked in (("pages", 0.82), ("news", 0.76)):
        own = [at for at, each in enumerate(learner.articles) if each.set == kind]
        first, beside = (mean([_is_first(learner.articles[at], ways[at]) for at in own])
                         for ways in (given, nearest))  # fmt: skip
        what = f"{kind}: first theme is one its reader gave"
        nearby = (Baseline("nearest label", beside),)
        figures.append(Figure(f"{kind}_first", what, first, "share", at_least=asked, baselines=nearby))
        f1 = mean([learner.articles[at].f1(given[at]) for at in own])
        figures.append(Figure(f"{kind}_f1", f"{kind}: F1 with its reader's themes", f1))
    bare, whole = added_labels(learner, lambda texts: encode_known(texts, embedder, None))
    what = "readers' themes among the first three, were each an added description without examples"
    beside = (Baseline("with its examples", mean(whole)),)
    figures.append(Figure("added", what, mean(bare), "share", baselines=beside, note=f"{len(bare)} themes"))
    return figures


def _readers_own(learner: ThemeLearner) -> tuple[float, float]:
    """What is nearest or rarest is not what readers give: the mean cosine of their first themes to the pages,
    and the share of pages that have their commonest label."""
    pages = [each for each in learner.articles if each.set == "pages"]
    vectors = dict(
        zip((label.theme for label in learner.library.themes), learner.library.theme_vectors, strict=True)
    )
    near = [float(vectors[each.themes[0]] @ each.reading.vector) for each in pages]
    counts = Counter(theme for each in pages for theme in each.themes)
    return mean(near), share(max(counts.values(), default=0), len(pages))


def _is_first(article: Themed, themes: Sequence[str]) -> bool:
    return bool(themes) and themes[0] in article.themes


def _nearest(article: Themed, library: Library) -> str:
    return library.themes[int(np.argmax(library.theme_vectors @ article.reading.vector))].theme
