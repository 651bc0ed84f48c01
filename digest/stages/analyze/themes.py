"""Up to three labels of the vocabulary for an article, by similarity with a floor.

Floors measured on 40 hand-labelled articles (November 2026): a label at .45 or more is right nine times
in ten, at .35 to .45 seven in ten, at .25 to .35 one in three; but the first label is right 36 times in
40 from .25 up, so the second and third must be surer than the first. Do that count again before changing
a floor.
"""

from collections.abc import Sequence

import numpy as np

from digest.records import Steep, Theme, ThemeLabel, Vectors

HOW_MANY = 3
FLOOR_FIRST = 0.25
FLOOR_OTHERS = 0.33
SHARE_OF_TOP = 0.65
FLOOR_GUESS = 0.15
# Part of a theme's mean similarity to the other themes that is taken off while ranking: some labels
# ("Self-improvement") are near to everything. The scores given stay plain cosines.
HUB_SHARE = 0.1
LEAD_SHARE = 0.3
# Two labels this near to each other say the same; the second gives way to the next one.
SAME_LABEL = 0.75
WEAK_GUESS = "theme is a weak guess"


def choose_themes(
    vector: Vectors, labels: Sequence[ThemeLabel], vectors: Vectors, *, lead: Vectors | None = None
) -> tuple[tuple[Theme, ...], tuple[str, ...]]:
    """Give an article its themes.

    Args:
        vector: Shape (d,), the article, L2-normalised.
        labels: The vocabulary.
        vectors: Shape (len(labels), d), rows L2-normalised.
        lead: Shape (d,), the article's first sentences, which say its subject plainer; only for the ranking.

    Returns:
        The themes, best first, and notes for the editor; none for an article that is near nothing.
    """
    if not labels or not np.any(vector):
        return (), ()
    similarity = vectors @ vector
    ranking = similarity - HUB_SHARE * _hubness(vectors)
    if lead is not None:
        ranking = ranking + LEAD_SHARE * (vectors @ lead)
    order = np.argsort(-ranking, kind="stable")
    top = int(order[0])
    first = float(similarity[top])
    if first < FLOOR_FIRST:
        if first < FLOOR_GUESS:
            return (), ()
        return (Theme(labels[top].theme, round(first, 4)),), (WEAK_GUESS,)
    chosen = [top]
    for row in (int(r) for r in order[1:12]):
        if len(chosen) == HOW_MANY:
            break
        near = float(similarity[row])
        if near < FLOOR_OTHERS or near < SHARE_OF_TOP * first:
            continue
        if max(float(vectors[row] @ vectors[other]) for other in chosen) < SAME_LABEL:
            chosen.append(row)
    return tuple(Theme(labels[row].theme, round(float(similarity[row]), 4)) for row in chosen), ()


def steep_of(themes: Sequence[Theme], labels: Sequence[ThemeLabel]) -> Steep:
    """The STEEP category of the first theme; society without one."""
    by_name = {label.theme: label.steep for label in labels}
    return by_name[themes[0].theme] if themes else "society"


def _hubness(vectors: Vectors) -> Vectors:
    """Each theme's mean similarity to the others, less the mean of that over all."""
    count = len(vectors)
    if count < 2:
        return np.zeros(count, dtype=np.float32)
    means = (vectors @ vectors.sum(axis=0) - 1) / (count - 1)
    return np.asarray(means - means.mean(), dtype=np.float32)
