"""Find the closest entries of an article over the archive, and say why they are close.

Rules: never the article itself, a copy, or two of one story; nothing below the floor or no nearer than
anything else, rather than ten links of which four are any good; each with similarity, relation and reason.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from digest.records import ClosestEntry, Relation, Vectors

MIN_SAME_EVENT = 0.72
"""From this cosine two articles are about one event or its sequel: pairs of one ECB+ story have a median of
.79, pairs of different stories stay below .54 in 99 of 100 (MiniLM, whole texts, November 2026)."""

MIN_MARGIN = 0.2
"""How much nearer two articles must be than each is to any other on average. Guards against hubs, which are
near to everything, and against archives whose articles are all of one kind: in the sample week, whose texts
have a median cosine of .33, the floor alone lets ten links through of which three are any good. In archives
of ordinary news (median .1) the floor decides."""

USUAL_LEVEL = 0.1
LEVEL_WEIGHT = 5
"""An average over few articles says little, so it is drawn to the usual one as if this many more had it."""

FOLLOW_UP_DAYS = 2
"""Days apart from which a near article is the sequel rather than another report of the event."""


_PLURAL = re.compile(r"^(\w+(?:ch|sh|x|ss))es$|^(\w{3,})(?<!s)s$")


@dataclass(frozen=True)
class Relatable:
    """What relating needs of an article."""

    id: str
    title: str
    published: date | None
    story_id: str
    """Articles with the same story id are one entry."""
    keywords: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    text: str = ""
    """Where its keywords are not known: its title and first sentences."""


def nearest(
    vector: Vectors,
    vectors: Vectors,
    story_ids: Sequence[str],
    *,
    own_row: int | None,
    without_story: str,
    min_similarity: float,
    limit: int = 10,
) -> list[tuple[int, float]]:
    """Find the rows nearest to a vector, exactly: one a story, none of the article's own story.

    Args:
        vector: Shape (d,), L2-normalised.
        vectors: Shape (n, d), rows L2-normalised; copies left out.
        story_ids: The story of each row.
        own_row: The article's own row, where it is among them.
        without_story: The article's own story.
        min_similarity: Floor, cosine.
        limit: At most this many.

    Returns:
        (row, cosine), nearest first, ties in the order given; empty where nothing is near enough.
    """
    found: list[tuple[int, float]] = []
    if not len(vectors):
        return found
    own_level, levels = _levels(vector, vectors, is_among=own_row is not None)
    seen = {without_story}
    for row, similarity in ranking(vector, vectors):
        if similarity < min_similarity or len(found) == limit:
            break
        is_near = similarity - (own_level + levels[row]) / 2 >= MIN_MARGIN
        if row != own_row and is_near and story_ids[row] not in seen:
            seen.add(story_ids[row])
            found.append((row, similarity))
    return found


def _levels(vector: Vectors, vectors: Vectors, *, is_among: bool) -> tuple[float, NDArray[np.float32]]:
    """Estimate how near an article, and each row, is to any article at all: a mean cosine."""
    total, count = vectors.sum(axis=0), len(vectors)
    prior = LEVEL_WEIGHT * USUAL_LEVEL
    own = (float(vector @ total) - is_among + prior) / (count - is_among + LEVEL_WEIGHT)
    levels: NDArray[np.float32] = (vectors @ total - 1 + prior) / (count - 1 + LEVEL_WEIGHT)
    return own, levels


def ranking(vector: Vectors, vectors: Vectors) -> Iterator[tuple[int, float]]:
    """Give (row, cosine) of all rows, nearest first, ties in the order given."""
    if not len(vectors):
        return
    similarities = vectors @ vector
    for row in np.argsort(-similarities, kind="stable"):
        yield int(row), float(similarities[row])


def describe(article: Relatable, other: Relatable, similarity: float) -> ClosestEntry:
    """Say how and why two near articles belong together."""
    return ClosestEntry(
        id=other.id,
        title=other.title,
        similarity=round(similarity, 4),
        relation=relation(article, other, similarity),
        reason=reason(article, other),
    )


def relation(article: Relatable, other: Relatable, similarity: float) -> Relation:
    """Name how two near articles belong together."""
    if similarity < MIN_SAME_EVENT:
        return "related"
    if article.published and other.published:
        apart = abs((article.published - other.published).days)
        return "follow-up" if apart >= FOLLOW_UP_DAYS else "same story"
    return "same story"


def reason(article: Relatable, other: Relatable) -> str:
    """Say in words what two articles share: keywords first, then themes.

    Returns:
        For example 'keywords: data breach, patients; theme: Health care'; 'similar wording' if they share
        neither.
    """
    shared = _shared_keywords(article, other)
    themes = [theme for theme in article.themes if theme in other.themes]
    parts = []
    if shared:
        parts.append("keywords: " + ", ".join(shared[:4]))
    if themes:
        parts.append(("themes: " if len(themes) > 1 else "theme: ") + ", ".join(themes))
    return "; ".join(parts) or "similar wording"


def _shared_keywords(article: Relatable, other: Relatable) -> list[str]:
    """Keywords of either that the other has too, as a keyword or in its words; no phrase within another."""
    found: dict[str, str] = {}
    for one, two in ((article, other), (other, article)):
        words = f" {_plain(' . '.join((two.title, *two.keywords, two.text)))} "
        for keyword in one.keywords:
            plain = _plain(keyword)
            if plain and f" {plain} " in words:
                found.setdefault(plain, keyword)
    return [
        keyword
        for plain, keyword in found.items()
        if not any(plain != longer and f" {plain} " in f" {longer} " for longer in found)
    ]


def _plain(text: str) -> str:
    """Lower-case words without plural endings, separated by single spaces."""
    return " ".join(_PLURAL.sub(r"\1\2", word) for word in re.findall(r"[\w'-]+|[.;]", text.lower()))
