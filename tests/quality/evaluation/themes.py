"""Themes: how many articles get some, and whether a few labels stand everywhere."""

from collections import Counter
from collections.abc import Sequence

from digest.analysis import Library
from tests.quality.evaluation.figures import Figure, Section, mean, share, some
from tests.quality.evaluation.observe import Observed

ASKED_FOR = 3


def measure_themes(observed: Sequence[Observed], library: Library) -> Section:
    """Count labels. How right they are has to be read: there is no labelled data for this vocabulary."""
    counts = Counter(theme.theme for each in observed for theme in each.analysis.themes)
    bare = [each.article.id for each in observed if not each.analysis.themes]
    first = [each.analysis.themes[0].score for each in observed if each.analysis.themes]
    commonest, articles = counts.most_common(1)[0] if counts else ("", 0)
    full = sum(len(each.analysis.themes) == ASKED_FOR for each in observed)
    themed = 1 - share(len(bare), len(observed))
    return Section(
        "themes",
        f"{len(observed)} articles, {len(library.themes)} labels",
        (
            Figure("some", "articles with a theme", themed, "share", note=some(bare)),
            Figure(
                "three", f"articles with {ASKED_FOR}", share(full, len(observed)), "share", is_pinned=False
            ),
            Figure("similarity", "cosine of article and first theme, mean", mean(first)),
            Figure(
                "commonest",
                "articles with the commonest label",
                share(articles, len(observed)),
                "share",
                note=commonest,
                is_lower_better=True,
            ),
            Figure(
                "used", "labels in use", share(len(counts), len(library.themes)), "share", is_pinned=False
            ),
        ),
    )
