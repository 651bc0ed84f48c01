"""Bring articles about the same event together into stories.

Rules:
- What makes two articles near is said in digest.stories: meaning, words and names count together. Vectors
  alone put reports of like events together (two celebrities in two clinics), words alone miss a report that
  tells the same in other words.
- Guides, lists and explanations report no event: two of them on one subject stay two stories. The title
  says so, or both texts do (stories.events).
- Texts of one template are near by their wording and tell different things (stories.templates).
- Time apart counts against two articles: an event is reported within days; what comes later is a follow-up
  and stands on its own.
- A story keeps its id and its members once given; new articles join it or make new stories. So what an
  editor splits or merges stays.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from digest.records import ArticleKey, Story

MAX_DISTANCE = 0.575
"""Articles whose groups are nearer than this on average are one story. Chosen on ECB+ (982 texts among 240
pages, November 2026), whole and with two and four reports of each event: pair F1 .89, .71 and .82; lower is
better for few reports, higher for many. Re-run tests/quality/stories.py and the sample week before changing
it."""

TOO_FAR = 1.0
"""Added to a distance to rule a pair out without making the average of its groups meaningless."""

FREE_DAYS = 1.0  # papers print what sites report the day before; judgement
DISTANCE_PER_DAY = 0.15
"""What each day apart beyond FREE_DAYS adds to the distance of two articles whose dates are known: what
came four days later about the same matter (cosine .83 in the sample week) tells what happened since."""

_GUIDE = re.compile(
    r"^(?:how (?:to|do|does|can|much|many)\b|what (?:is|are)\b|why you\b|(?:the )?(?:best|top)\b"
    r"|(?:the )?\d+ (?:\w+ )?(?:types|ways|tips|tools|ideas|things|reasons|steps|best|must)\b"
    r"|.*\b(?:guide|tutorial|checklist)\b)",
    re.IGNORECASE,
)


def group(
    articles: Sequence[ArticleKey],
    similarities: NDArray[np.float64],
    *,
    known: Mapping[str, str],
    apart: NDArray[np.bool_] | None = None,
    max_distance: float = MAX_DISTANCE,
) -> list[Story]:
    """Group articles that report the same event.

    Average linkage, because single linkage chains unrelated stories.

    Args:
        articles: The n articles in order of being seen.
        similarities: Shape (n, n), symmetric, of likeness.smoothing.
        known: Story id of each article that has one already.
        apart: Shape (n, n), symmetric: pairs that are no story; None for none.
        max_distance: Merge groups closer than this.

    Returns:
        Every article in exactly one story, in order of their first article; the members of a story likewise.
        A new story has the id of its first article.

    Raises:
        ValueError: `similarities` does not have a row and a column per article.
    """
    if similarities.shape != (len(articles), len(articles)):
        raise ValueError(f"expected {len(articles)} rows and columns, got {similarities.shape}")
    if not articles:
        return []
    labels = _labels(_distances(articles, similarities, apart), max_distance)
    story_of: dict[str, str] = {}
    for label in dict.fromkeys(labels):
        members = [article for article, its in zip(articles, labels, strict=True) if its == label]
        given = [known[article.id] for article in members if article.id in known]
        story_id = given[0] if given else members[0].id
        story_of |= {article.id: known.get(article.id, story_id) for article in members}
    stories: dict[str, list[str]] = {}
    for article in articles:
        stories.setdefault(story_of[article.id], []).append(article.id)
    return [Story(story_id, tuple(members)) for story_id, members in stories.items()]


def connected(
    edges: Iterable[tuple[int, int, float]], *, min_similarity: float, most: int
) -> list[list[int]]:
    """Find the articles that may be one story, so that only these are compared pair by pair.

    Args:
        edges: (article, another, similarity) of near ones.
        min_similarity: Weaker edges are left out.
        most: Of larger groups the weakest edges are left out until each is in parts.

    Returns:
        Groups of two and more, each ascending, in order of their first.
    """
    kept = [edge for edge in edges if edge[2] >= min_similarity]
    leader: dict[int, int] = {}

    def find(place: int) -> int:
        while leader.setdefault(place, place) != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for one, other, _ in kept:
        first, second = sorted((find(one), find(other)))
        leader[second] = first
    groups: dict[int, list[int]] = {}
    for place in sorted(leader):
        groups.setdefault(find(place), []).append(place)
    found = []
    for members in groups.values():
        if len(members) <= most:
            found.append(members)
            continue
        inside = set(members)
        its_edges = [edge for edge in kept if edge[0] in inside and edge[1] in inside]
        higher = max(float(np.median([edge[2] for edge in its_edges])), min_similarity + 0.01)
        found += connected(its_edges, min_similarity=higher, most=most)
    return sorted(members for members in found if len(members) > 1)


def _labels(distances: NDArray[np.float64], max_distance: float) -> list[int]:
    if len(distances) == 1:
        return [0]
    if len(distances) == 2:
        # The commonest case by far, and the library takes milliseconds for it.
        return [0, int(distances[0, 1] >= max_distance)]
    from sklearn.cluster import AgglomerativeClustering

    model = AgglomerativeClustering(
        n_clusters=None, distance_threshold=max_distance, metric="precomputed", linkage="average"
    )
    return [int(label) for label in model.fit_predict(distances)]


def _distances(
    articles: Sequence[ArticleKey], similarities: NDArray[np.float64], apart: NDArray[np.bool_] | None
) -> NDArray[np.float64]:
    """Distance of every two articles, shape (n, n): [0, 1] but for days apart and pairs ruled out."""
    is_guide = np.array([bool(_GUIDE.search(article.title)) for article in articles])
    is_out = is_guide[:, None] | is_guide[None, :]
    if apart is not None:
        is_out |= apart
    distances = 1 - similarities + is_out * TOO_FAR + _days_apart(articles) * DISTANCE_PER_DAY
    np.fill_diagonal(distances, 0)
    return np.asarray(np.maximum((distances + distances.T) / 2, 0))


def _days_apart(articles: Sequence[ArticleKey]) -> NDArray[np.float64]:
    """Days between two articles beyond FREE_DAYS; 0 where a date is unknown. Shape (n, n)."""
    days = np.array(
        [article.published.toordinal() if article.published else np.nan for article in articles], dtype=float
    )
    apart = np.abs(days[:, None] - days[None, :]) - FREE_DAYS
    days_beyond: NDArray[np.float64] = np.nan_to_num(np.maximum(apart, 0))
    return days_beyond
