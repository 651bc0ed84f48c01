"""Pairs of articles that are no story however near they are: what their texts say of it."""

from collections.abc import Callable, Iterable, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from digest.records import ArticleKey
from digest.stories.events import tells_no_event
from digest.stories.group import MAX_DISTANCE
from digest.stories.measure import Frequencies
from digest.stories.templates import Wording

Texts = Callable[[Iterable[int]], Iterable[tuple[int, str]]]
"""Gives (place, title and text) of articles by place."""

MOST_PAIRS = 20_000
"""Pairs of one group whose wording is compared, the nearest first: a few seconds at most."""


def told_apart(
    keys: Sequence[ArticleKey],
    similarities: NDArray[np.float64],
    fresh: Set[str],
    texts_at: Texts,
    frequencies: Frequencies,
) -> NDArray[np.bool_]:
    """Find the pairs that report no event, or share a template.

    Only pairs near enough to become a story are looked at, one of them new: stories once made stay.

    Args:
        keys: The n articles.
        similarities: Shape (n, n).
        fresh: Ids of the new ones.
        texts_at: Gives the texts; asked for as few as possible.
        frequencies: Of the archive.

    Returns:
        Shape (n, n), symmetric.
    """
    is_fresh = np.array([key.id in fresh for key in keys], dtype=bool)
    is_near = (similarities >= 1 - MAX_DISTANCE) & (is_fresh[:, None] | is_fresh[None, :])
    np.fill_diagonal(is_near, False)
    involved = np.flatnonzero(is_near.any(axis=1)).tolist()
    texts = dict(texts_at(keys[row].place for row in involved))
    is_eventless = np.zeros(len(keys), dtype=bool)
    for row in involved:
        # The words that tell an event are known for English only.
        is_eventless[row] = keys[row].language == "en" and tells_no_event(texts[keys[row].place])
    apart: NDArray[np.bool_] = is_near & is_eventless[:, None] & is_eventless[None, :]
    wordings = {row: Wording(texts[keys[row].place]) for row in involved}
    one, other = np.nonzero(np.triu(is_near & ~apart))
    nearest = np.argsort(-similarities[one, other], kind="stable")[:MOST_PAIRS]
    for row, column in zip(one[nearest].tolist(), other[nearest].tolist(), strict=True):
        is_template = wordings[row].is_of_one_template(wordings[column], frequencies)
        apart[row, column] = apart[column, row] = is_template
    return apart
