"""Up to three labels of the vocabulary for an article, by similarity with a floor.

Floors measured on 40 hand-labelled articles (November 2026): a label at .45 or more is right nine times
in ten, at .35 to .45 seven in ten, at .25 to .35 one in three; but the first label is right 36 times in
40 from .25 up, so the second and third must be surer than the first. Do that count again before changing
a floor.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from digest.language.words import stem
from digest.records import Steep, Theme, ThemeLabel, Vectors

HOW_MANY = 3  # themes at most, by the shape of an entry page
FLOOR_FIRST = 0.25  # cosine under which the only theme is called a weak guess; judgement
FLOOR_OTHERS = 0.33  # a second and third theme must be surer than a first; judgement
SHARE_OF_TOP = 0.65  # and no stray beside a sure first one; judgement
FLOOR_GUESS = 0.15  # cosine under which an article is near no theme at all; judgement
# Part of a theme's mean similarity to the other themes that is taken off while ranking: some labels
# ("Self-improvement") are near to everything. The scores given stay plain cosines.
HUB_SHARE = 0.1
LEAD_SHARE = 0.3  # weight of the first sentences, which say the subject plainer, in the ranking; judgement
# A label whose own words the article keeps using ("data centre" eight times) is surer than its cosine says:
# added to the ranking, and taken off the floor of the second and third, in full from NAMED_TIMES on. It put
# "Data centres" before "Solar and wind" and "Insurance" in the place of "Repair and reuse" (22 articles of
# the sample week read, November 2026).
NAMED_SHARE = 0.12
NAMED_TIMES = 4  # judgement, on the same articles
# Two labels this near to each other say the same; the second gives way to the next one.
SAME_LABEL = 0.75
WEAK_GUESS = "theme is a weak guess"


def choose_themes(
    vector: Vectors,
    labels: Sequence[ThemeLabel],
    vectors: Vectors,
    *,
    lead: Vectors | None = None,
    text: str = "",
) -> tuple[tuple[Theme, ...], tuple[str, ...]]:
    """Give an article its themes.

    Args:
        vector: Shape (d,), the article, L2-normalised.
        labels: The vocabulary.
        vectors: Shape (len(labels), d), rows L2-normalised.
        lead: Shape (d,), the article's first sentences, which say its subject plainer; only for the ranking.
        text: Title and text, for labels the article names itself.

    Returns:
        The themes, best first, and notes for the editor; none for an article that is near nothing.
    """
    if not labels or not np.any(vector):
        return (), ()
    similarity = vectors @ vector
    named = _named(labels, text)
    ranking = similarity - HUB_SHARE * _hubness(vectors) + NAMED_SHARE * named
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
        sure = near + NAMED_SHARE * float(named[row])
        if sure < FLOOR_OTHERS or sure < SHARE_OF_TOP * first:
            continue
        if max(float(vectors[row] @ vectors[other]) for other in chosen) < SAME_LABEL:
            chosen.append(row)
    return tuple(Theme(labels[row].theme, round(float(similarity[row]), 4)) for row in chosen), ()


def steep_of(themes: Sequence[Theme], labels: Sequence[ThemeLabel]) -> Steep:
    """The STEEP category of the first theme; society without one."""
    by_name = {label.theme: label.steep for label in labels}
    return by_name[themes[0].theme] if themes else "society"


def _named(labels: Sequence[ThemeLabel], text: str) -> Vectors:
    """How much an article uses each label's words, 0..1: of "Oil and gas" either, of "Data centres" both."""
    counts = Counter(stem(word) for word in re.findall(r"[\w-]+", text))
    shares = [
        max(
            min(counts[stem(word)] for word in part.split())
            for part in label.theme.replace(",", " and ").split(" and ")
            if part.strip()
        )
        for label in labels
    ]
    return np.minimum(np.asarray(shares, dtype=np.float32) / NAMED_TIMES, 1)


def _hubness(vectors: Vectors) -> Vectors:
    """Each theme's mean similarity to the others, less the mean of that over all."""
    count = len(vectors)
    if count < 2:
        return np.zeros(count, dtype=np.float32)
    means = (vectors @ vectors.sum(axis=0) - 1) / (count - 1)
    return np.asarray(means - means.mean(), dtype=np.float32)
