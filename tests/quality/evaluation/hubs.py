"""Whether the closest lists of an archive are what they should be: no hubs, long enough, nothing twice."""

from collections import Counter
from dataclasses import dataclass

from digest.store import Store
from digest.stories.neighbours import Archive


@dataclass(frozen=True)
class HubScores:
    """Figures over the closest lists of all articles."""

    articles: int
    largest_share: float
    """Of the article in most lists: the share of the others' lists it stands in, 0..1; lower is better."""
    largest_id: str
    mean_length: float
    """Entries a list."""
    naming_themselves: int
    """Lists that name the article itself or a copy of it."""
    naming_copies: int
    """Lists that name an article that repeats another's text."""
    naming_a_story_twice: int
    """Lists with two articles of one story, or of the article's own."""


def score_hubs(store: Store, *, model_id: str, min_similarity: float, limit: int = 10) -> HubScores:
    """Make the closest list of every article and look at all of them."""
    archive = Archive(store, model_id=model_id)
    keys = store.articles.listing()
    original = {key.id: key.copy_of or key.id for key in keys}
    story_of = store.drafts.story_ids()
    named: Counter[str] = Counter()
    lengths, selves, copies, twice = 0, 0, 0, 0
    for key in keys:
        entries = archive.closest_to(key.id, min_similarity=min_similarity, limit=limit)
        ids = [entry.id for entry in entries]
        stories = [story_of.get(original[each], original[each]) for each in ids]
        named.update(ids)
        lengths += len(ids)
        selves += any(original[each] == original[key.id] for each in ids)
        copies += any(original[each] != each for each in ids)
        own = story_of.get(original[key.id], original[key.id])
        twice += len({*stories, own}) < len(stories) + 1
    largest_id, largest = named.most_common(1)[0] if named else ("", 0)
    return HubScores(
        articles=len(keys),
        largest_share=largest / max(1, len(keys) - 1),
        largest_id=largest_id,
        mean_length=lengths / max(1, len(keys)),
        naming_themselves=selves,
        naming_copies=copies,
        naming_a_story_twice=twice,
    )
