"""Articles to stories: copies and aliases found, the rest grouped by event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from digest.ports import Embedder, Store
from digest.records import ArticleKey, Dropped, Story
from digest.stages.dedupe import MIN_ALIAS_SIMILARITY, find_copies, similarity
from digest.stages.group import group

GROUPING_DAYS = 30
"""How far back an article may lie that a new one can join in a story."""


def unplaced(store: Store) -> list[str]:
    """Articles that were taken in but not placed in a story yet: a run was killed in between."""
    placed = store.drafts.story_ids()
    return [
        key.id
        for key in store.articles.listing()
        if key.id not in placed and not key.copy_of and not key.is_imported
    ]


@dataclass(frozen=True)
class Placed:
    """What became of articles that were not placed before."""

    judged: tuple[str, ...]
    originals: tuple[str, ...]
    """Ids that get a story, in order of being seen."""
    dropped: tuple[Dropped, ...]


def place_new(store: Store, *, language: str, drafts_all: bool) -> Placed:
    """Find copies and aliases among the articles that have no story yet."""
    keys = {key.id: key for key in store.articles.listing()}
    fresh = unplaced(store)
    if not fresh:
        return Placed((), (), ())
    ids, signatures = store.articles.signatures()
    copies = find_copies(ids, signatures, set(fresh))
    row_of = {article_id: row for row, article_id in enumerate(ids)}
    aliases = _aliases(
        fresh, keys, lambda a, b: float(similarity(signatures[row_of[a]], signatures[row_of[b]]))
    )
    dropped, originals, foreign = [], [], []
    for article_id in fresh:
        key = keys[article_id]
        if article_id in aliases:
            store.links.save_alias(article_id, of=aliases[article_id])
            store.articles.remove(article_id)
            dropped.append(_lost(key, f"same article as {_named(keys[aliases[article_id]])}", store))
        elif article_id in copies:
            store.articles.save_copy(article_id, of=aliases.get(copies[article_id], copies[article_id]))
            dropped.append(_lost(key, f"copy of {_named(keys[copies[article_id]])}", store))
        elif key.language != language and not drafts_all:
            foreign.append(article_id)
            dropped.append(_lost(key, f"in another language ({key.language}); archived, no draft", store))
        else:
            originals.append(article_id)
    # An article in another language is a story of its own, so that it is not judged again in every run.
    store.drafts.save_stories({article_id: article_id for article_id in foreign})
    return Placed(tuple(fresh), tuple(originals), tuple(dropped))


def _aliases(
    fresh: Sequence[str], keys: dict[str, ArticleKey], similarity_of: Callable[[str, str], float]
) -> dict[str, str]:
    """Find fresh articles whose page names the canonical address of one seen before."""
    first: dict[str, str] = {}
    aliases = {}
    wanted = set(fresh)
    for key in keys.values():
        earlier = first.setdefault(key.canonical_key, key.id)
        if earlier != key.id and key.id in wanted and similarity_of(earlier, key.id) >= MIN_ALIAS_SIMILARITY:
            aliases[key.id] = earlier
    return aliases


def _named(key: ArticleKey) -> str:
    return f"'{key.title}' ({key.site})"


def _lost(key: ArticleKey, reason: str, store: Store) -> Dropped:
    stored = store.links.links_of([key.id]).get(key.id)
    return Dropped(stored.link.url if stored else key.id, "dedupe", reason)


def group_new(
    store: Store, embedder: Embedder, originals: Sequence[str], *, now: datetime
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Bring new articles into stories; gives (lead's title, the others) for each of several articles."""
    if not originals:
        return ()
    keys = {key.id: key for key in store.articles.listing()}
    known = store.drafts.story_ids()
    oldest = (now - timedelta(days=GROUPING_DAYS)).date()
    language = keys[originals[0]].language
    recent = [
        key.id
        for key in keys.values()
        if (key.id in known and not key.is_imported and (key.published or oldest) >= oldest)
        and key.language == language
    ]
    ids = sorted({*recent, *originals}, key=lambda each: keys[each].place)
    articles = store.articles.get(ids)
    vectors = store.articles.vectors_of(
        (articles[each].text_hash for each in ids), model_id=embedder.model_id
    )
    matrix = np.stack([vectors[articles[each].text_hash] for each in ids])
    stories = group([articles[each] for each in ids], matrix, known=known)
    story_of = {each: story.id for story in stories for each in story.article_ids}
    store.drafts.save_stories({each: story_of[each] for each in originals})
    return tuple(_listed(story, keys) for story in stories if _is_news(story, set(originals)))


def _is_news(story: Story, originals: set[str]) -> bool:
    return len(story.article_ids) > 1 and any(each in originals for each in story.article_ids)


def _listed(story: Story, keys: dict[str, ArticleKey]) -> tuple[str, tuple[str, ...]]:
    lead, *others = (keys[each] for each in story.article_ids)
    return f"{lead.title} ({lead.site})", tuple(f"{other.title} ({other.site})" for other in others)
