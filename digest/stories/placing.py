"""Articles to stories: copies and aliases found, the rest grouped by event."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from digest.articles.copies import OneFrame, find_copies, signature_of, text_of
from digest.articles.copy_texts import is_same_page
from digest.records import NO_CHANGE, Article, ArticleKey, DraftRow, Dropped, Story
from digest.store import Store
from digest.stories.group import connected, group
from digest.stories.telling_apart import told_apart
from digest.stories.templates import Wording
from digest.stories.vector_index import open_index
from digest.stories.weighing import open_frequencies, open_smoothed, weigh_new

GROUPING_DAYS = 30
"""How far apart two articles may lie that are to be one story."""

MIN_EDGE = 0.3
"""Similarity (not smoothed) from which an article may belong to the story of its neighbour."""

MAX_TOGETHER = 1_500
"""Articles compared pair by pair at once: 18 MB a table."""


def unplaced(store: Store) -> list[str]:
    """Articles that were taken in but not placed in a story yet: a run was killed in between."""
    return store.drafts.unplaced()


@dataclass(frozen=True)
class Placed:
    """What became of articles that were not placed before."""

    judged: tuple[str, ...]
    originals: tuple[str, ...]
    """Ids that get a story, in order of being seen."""
    dropped: tuple[Dropped, ...]


def place_new(store: Store, *, language: str, drafts_all: bool, without: Set[str] = frozenset()) -> Placed:
    """Find copies and aliases among the articles that have no story yet.

    Args:
        store: The archive.
        language: The newsletter's; articles in others make no story.
        drafts_all: Unless this is set.
        without: Ids to leave for the next run, which finds them `unplaced`.
    """
    fresh = [each for each in unplaced(store) if each not in without]
    if not fresh:
        return Placed((), (), ())
    ids, signatures = store.articles.signatures_near(store.articles.signatures(fresh)[1])
    copies = find_copies(ids, signatures, set(fresh), _frames(store))
    aliases = _aliases(store, fresh)
    keys = store.articles.keys_of({*fresh, *copies.values(), *aliases.values()})
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
            dropped.append(_lost(key, _foreign(key), store))
        else:
            originals.append(article_id)
    # An article in another language is a story of its own, so that it is not judged again in every run.
    store.drafts.save_stories({article_id: article_id for article_id in foreign})
    return Placed(tuple(fresh), tuple(originals), tuple(dropped))


def lost_in_placing(
    store: Store,
    started: datetime,
    *,
    language: str,
    drafts_all: bool,
    rows: Collection[DraftRow],
    published: Set[str],
) -> tuple[Dropped, ...]:
    """Find the losses among the articles taken in and placed since a moment, from what became of them.

    Args:
        store: The archive.
        started: When the first of the runs began that took them in.
        language: The newsletter's.
        drafts_all: Whether articles in other languages make drafts.
        rows: All drafts.
        published: The names of the issues that were published.
    """
    ids = store.articles.taken_since(started)
    keys = store.articles.keys_of(ids)
    originals = store.articles.keys_of(key.copy_of for key in keys.values() if key.copy_of)
    placed = store.drafts.stories_of(ids)
    lost, others = [], []
    for article_id in ids:
        key = keys[article_id]
        if key.copy_of in originals:
            lost.append(_lost(key, f"copy of {_named(originals[key.copy_of])}", store))
        elif key.language != language and not drafts_all:
            lost.append(_lost(key, _foreign(key), store))
        elif article_id in placed:
            others.append(article_id)
    aliases = store.links.aliases_since(started)
    named = store.articles.keys_of(of for _, of in aliases)
    lost += [
        Dropped(url, "dedupe", f"same article as {_named(named[of])}") for url, of in aliases if of in named
    ]
    return (*lost, *already_carried(store, others, rows=rows, published=published))


def _foreign(key: ArticleKey) -> str:
    return f"in another language ({key.language}); archived, no draft"


def copied(store: Store, article: Article) -> str:
    """Find the article of the archive whose text another one repeats; empty if there is none."""
    return copies_among(store, {"": signature_of(article)}, {"": text_of(article)}).get("", "")


def copies_among(
    store: Store, fresh: Mapping[str, NDArray[np.uint32]], texts: Mapping[str, str]
) -> dict[str, str]:
    """Find the originals of articles that are not in the archive yet: articles of it, or earlier ones here.

    Args:
        store: The archive.
        fresh: Signatures, shape (128,), by id, in order of being seen; at least one.
        texts: Title and text of the same.
    """
    own = np.stack(list(fresh.values()))
    ids, signatures = store.articles.signatures_near(own)
    return find_copies([*ids, *fresh], np.concatenate([signatures, own]), set(fresh), _frames(store, texts))


def _frames(store: Store, texts: Mapping[str, str] = MappingProxyType({})) -> OneFrame:
    """Judge articles by their texts, given here or kept in the archive."""

    @lru_cache(maxsize=1_000)
    def wording(article_id: str) -> Wording:
        found = texts.get(article_id)
        return Wording(_texts(store, [article_id])[article_id] if found is None else found)

    return lambda one, other: wording(one).is_of_one_frame(wording(other))


def _texts(store: Store, ids: Iterable[str]) -> dict[str, str]:
    return {each: text_of(article) for each, article in store.articles.get(ids).items()}


def _aliases(store: Store, fresh: Sequence[str]) -> dict[str, str]:
    """Find fresh articles whose page names the canonical address of one seen before."""
    wanted = store.articles.keys_of(fresh)
    first: dict[str, str] = {}
    later: dict[str, str] = {}
    for key in store.articles.under({key.canonical_key for key in wanted.values()}):
        earlier = first.setdefault(key.canonical_key, key.id)
        if earlier != key.id and key.id in wanted:
            later[key.id] = earlier
    signatures = dict(zip(*store.articles.signatures({*later, *later.values()}), strict=True))
    near = {one: other for one, other in later.items() if is_same_page(signatures[other], signatures[one])}
    texts = _texts(store, {*near, *near.values()})
    return {
        each: earlier
        for each, earlier in near.items()
        if not Wording(texts[each]).is_another_page(Wording(texts[earlier]))
    }


def _named(key: ArticleKey) -> str:
    return f"'{key.title}' ({key.site})"


def _lost(key: ArticleKey, reason: str, store: Store, *, stage: str = "dedupe") -> Dropped:
    stored = store.links.links_of([key.id]).get(key.id)
    return Dropped(stored.link.url if stored else key.id, stage, reason)


def already_carried(
    store: Store, originals: Sequence[str], *, rows: Collection[DraftRow], published: Set[str]
) -> tuple[Dropped, ...]:
    """Find new articles whose story stood in a published issue, or was turned down: they get no draft.

    Of the drafts of merged stories one decides: a published one first, then one that an editor works on.

    Args:
        store: The archive.
        originals: Ids of the new articles.
        rows: All drafts, in order of their articles being seen.
        published: The names of the issues that were published.
    """
    stories = store.drafts.stories_of([*originals, *(row.id for row in rows)])

    def is_carried(row: DraftRow) -> bool:
        return row.issue in published and row.status == "approved"

    turned_down = {stories.get(row.id, row.id): row for row in rows if row.status == "rejected"}
    alive = {stories.get(row.id, row.id) for row in rows if row.status != "rejected"}
    carried = {stories.get(row.id, row.id): row for row in rows if is_carried(row)}
    judged = {story_id: row for story_id, row in turned_down.items() if story_id not in alive} | carried
    keys = store.articles.keys_of(originals)
    what = {"approved": "already carried", "rejected": "its story was rejected"}
    return tuple(
        _lost(keys[each], f"{what[row.status]} in issue {row.issue}: '{row.title}'", store, stage="group")
        for each in originals
        if (row := judged.get(stories.get(each, each)))
    )


def without_change(store: Store, originals: Sequence[str]) -> tuple[Dropped, ...]:
    """Find articles that report no change and whose story got no draft for that."""
    drafted = store.drafts.stories_of(row.id for row in store.drafts.drafts())
    taken = set(drafted.values())
    stories = store.drafts.stories_of(originals)
    keys = store.articles.keys_of(originals)
    without = store.articles.without_change(originals)
    return tuple(
        _lost(keys[each], f"{NO_CHANGE}; settings.drafts_without_change: skip", store, stage="draft")
        for each in originals
        if each in without and each in keys and stories.get(each, each) not in taken
    )


def group_new(
    store: Store, model_id: str, originals: Sequence[str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Bring new articles into stories; gives (lead's title, the others) for each of several articles.

    Only articles connected by a chain of near neighbours are compared pair by pair, so the size of the
    archive does not matter.
    """
    if not originals:
        return ()
    weigh_new(store, model_id)
    fresh = store.articles.keys_of(originals)
    index, frequencies = open_index(store, model_id=model_id), open_frequencies(store)
    story_of: dict[str, str] = {each: each for each in originals}
    listed = []
    for groups in _batches(_connected(store, model_id, fresh)):
        places = np.array(sorted({place for group in groups for place in group}), dtype=np.int64)
        smoothed = open_smoothed(store, model_id, index, frequencies, places)
        found = store.articles.keys_at(smoothed.chosen.tolist())
        known = store.drafts.stories_of(key.id for key in found.values())
        for each in groups:
            keys = [found[place] for place in each if place in found]
            similarities = smoothed.pairwise(np.array([key.place for key in keys], dtype=np.int64))
            apart = told_apart(keys, similarities, fresh.keys(), store.likeness.texts, frequencies)
            stories = group(keys, similarities, known=known, apart=apart)
            story_of |= {one: story.id for story in stories for one in story.article_ids if one in fresh}
            by_id = {key.id: key for key in keys}
            listed += [_listed(story, by_id) for story in stories if _is_news(story, set(fresh))]
    store.drafts.save_stories({each: story_of[each] for each in originals})
    return tuple(listed)


def group_imported(store: Store, model_id: str) -> None:
    """Bring into stories what was imported, an earlier import that was killed included."""
    group_new(store, model_id, store.drafts.ungrouped_imports())


def _batches(groups: Sequence[list[int]]) -> Iterator[list[list[int]]]:
    """Put groups together as far as their articles may be in memory at once."""
    batch: list[list[int]] = []
    for each in groups:
        if batch and sum(map(len, batch)) + len(each) > MAX_TOGETHER:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _connected(store: Store, model_id: str, fresh: dict[str, ArticleKey]) -> list[list[int]]:
    """Find which new articles may be one story, with each other or with older ones and their stories."""
    place_of = {key.place: key for key in fresh.values()}
    near = store.likeness.neighbours_at(place_of, model_id=model_id)
    keys = store.articles.keys_at({other for found in near.values() for other, _ in found})
    originals = store.articles.keys_of(key.copy_of for key in keys.values() if key.copy_of)
    edges = []
    for place, found in near.items():
        for other, nearness in found:
            key = keys.get(other)
            key = originals.get(key.copy_of) if key and key.copy_of else key
            if key and key.place != place and _is_of_one_time(place_of[place], key):
                edges.append((place, key.place, nearness))
    old = {key.id: key.place for key in (*keys.values(), *originals.values()) if key.id not in fresh}
    stories = store.drafts.stories_of(old)
    # An older article that was never grouped (a copy, another language) is no story to join.
    ungrouped = {place for each, place in old.items() if each not in stories}
    edges = [edge for edge in edges if edge[1] not in ungrouped]
    edges += _within_stories(store, {stories[each] for each, place in old.items() if each in stories})
    return [
        group
        for group in connected(edges, min_similarity=MIN_EDGE, most=MAX_TOGETHER)
        if any(place in place_of for place in group)
    ]


def _within_stories(store: Store, story_ids: set[str]) -> list[tuple[int, int, float]]:
    """Tie the articles of a story together: whoever may join it is compared with all of them."""
    members = store.drafts.members_of(story_ids)
    keys = store.articles.keys_of(each for its_members in members.values() for each in its_members)
    edges = []
    for its_members in members.values():
        places = sorted(keys[each].place for each in its_members if each in keys)
        edges += [(places[0], other, 1.0) for other in places[1:]]
    return edges


def _is_of_one_time(one: ArticleKey, other: ArticleKey) -> bool:
    if one.published is None or other.published is None:
        return True
    return abs((one.published - other.published).days) <= GROUPING_DAYS


def _is_news(story: Story, originals: set[str]) -> bool:
    return len(story.article_ids) > 1 and any(each in originals for each in story.article_ids)


def _listed(story: Story, keys: dict[str, ArticleKey]) -> tuple[str, tuple[str, ...]]:
    lead, *others = (keys[each] for each in story.article_ids)
    return f"{lead.title} ({lead.site})", tuple(f"{other.title} ({other.site})" for other in others)
