"""The archive's stories: listing them, and splitting and merging them by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.errors import DigestError
from digest.issues.decisions import read_statuses, set_status
from digest.issues.history.keeping import one_step
from digest.issues.known_drafts import KnownDrafts
from digest.records import ArticleKey, Status
from digest.store import Store
from digest.stories.novelty import publisher

KEPT_FIRST: tuple[Status, ...] = ("approved", "pending", "deferred")
"""Which draft of a merged story stays, the best first."""


@dataclass(frozen=True)
class ListedStory:
    """A story as `digest stories` lists it."""

    id: str
    article_ids: tuple[str, ...]
    """In order of being seen, copies included."""
    title: str
    """Of the article seen first."""
    published: str
    """The earliest date, ISO; empty if none is known."""
    publishers: int
    where: str
    """Issue and status of its draft; empty if it has none."""


@dataclass(frozen=True)
class Merged:
    """What a merge did."""

    story_id: str
    articles: int
    rejected: tuple[str, ...]
    """Drafts that the story no longer needs."""
    was_one: bool = False
    """Whether they were one story already, so that nothing was done."""


def list_stories(store: Store) -> list[ListedStory]:
    """List every story, each article in exactly one, in order of the first article.

    A copy is listed in the story of its original; an article that was not grouped is one of its own.
    """
    keys = store.articles.listing()
    story_of = store.drafts.story_ids()
    drafts = {row.id: f"{row.issue} {row.status}" for row in store.drafts.drafts()}
    members: dict[str, list[ArticleKey]] = {}
    for key in keys:
        article_id = key.copy_of or key.id
        members.setdefault(story_of.get(article_id, article_id), []).append(key)
    return [
        ListedStory(
            id=story_id,
            article_ids=tuple(key.id for key in found),
            title=found[0].title,
            published=min((key.published.isoformat() for key in found if key.published), default=""),
            publishers=publishers(found),
            where=", ".join(drafts[key.id] for key in found if key.id in drafts),
        )
        for story_id, found in members.items()
    ]


def publishers(keys: Sequence[ArticleKey]) -> int:
    """Count the independent publishers of articles: copies count with their original, sites once."""
    return len({publisher(key) for key in keys if not key.copy_of})


def resolve_all(store: Store, names: Sequence[str]) -> list[str]:
    """Find the articles that names stand for.

    Raises:
        DigestError: one stands for none or for several.
    """
    found = []
    for name in names:
        ids = store.links.resolve(name)
        if len(ids) != 1:
            what = f"stands for {len(ids)} articles; give more of the id" if ids else "not in the archive"
            raise DigestError(f"{name}: {what}")
        found.append(ids[0])
    keys = store.articles.keys_of(found)
    if missing := [each for each in found if each not in keys]:
        raise DigestError(f"{missing[0]}: a link that did not become an article")
    return list(dict.fromkeys(keys[each].copy_of or each for each in found))


def split_story(store: Store, output: Path, article_ids: Sequence[str], *, now: datetime) -> str:
    """Take articles of one story out of it; returns the id of the story they now are.

    If the article that gave the story its id is among them, they keep the id and the others get a new one:
    an id always belongs to an article of the story.

    Raises:
        DigestError: they are of several stories, or all of one.
    """
    stories = {store.drafts.stories_of([each]).get(each, each) for each in article_ids}
    if len(stories) > 1:
        raise DigestError(f"expected articles of one story, got {len(stories)} stories")
    (story_id,) = stories
    members = store.drafts.members_of([story_id]).get(story_id, [])
    rest = [each for each in members if each not in article_ids]
    if not rest:
        raise DigestError(f"story {story_id}: nothing would be left of it")
    if story_id in article_ids:
        new, kept = _first(store, rest), story_id
        story_of = dict.fromkeys(rest, new) | dict.fromkeys(article_ids, kept)
    else:
        kept = _first(store, article_ids)
        story_of = dict.fromkeys(article_ids, kept) | dict.fromkeys(rest, story_id)
    with one_step(store, output, "split", now=now):
        store.drafts.save_stories(story_of, is_by_hand=True)
    return kept


def merge_stories(store: Store, output: Path, article_ids: Sequence[str], *, now: datetime) -> Merged:
    """Make one story of the stories of these articles.

    One entry is shown of a story, so one draft stays: an approved one before a pending one before a deferred
    one, then the one seen first. The others are rejected, but what is published stays so, and if anything of
    the story is, an approved draft of another issue stays too: an editor chose to come back to it.

    Raises:
        DigestError: a draft's file cannot be read; nothing is merged then.
    """
    stories = {store.drafts.stories_of([each]).get(each, each) for each in article_ids}
    if len(stories) < 2:
        (story_id,) = stories
        articles = store.drafts.members_of(stories).get(story_id, article_ids)
        return Merged(story_id, len(articles), (), was_one=True)
    members = {each for found in store.drafts.members_of(stories).values() for each in found}
    members |= set(article_ids)
    story_id = _first(store, sorted(stories))
    known = KnownDrafts(store)
    for name in sorted(known.open, reverse=True):
        read_statuses(store, output, name, now=now, known=known)
    surplus = _surplus(store, members)
    with one_step(store, output, "merge", now=now):
        # First, because a file broken by hand ends it here, with nothing merged.
        set_status(store, output, surplus, "rejected", now=now)
        store.drafts.save_stories(dict.fromkeys(sorted(members), story_id), is_by_hand=True)
    return Merged(story_id, len(members), tuple(surplus))


def _surplus(store: Store, members: set[str]) -> list[str]:
    """Give the drafts that a story of these articles does not need, in order of being seen."""
    published = store.drafts.published_issues()
    rows = [row for row in store.drafts.drafts(ids=members) if row.status != "rejected"]
    is_carried = any(row.status == "approved" and row.issue in published for row in rows)
    open_rows = [row for row in rows if row.status != "approved" or row.issue not in published]
    by_status = sorted(open_rows, key=lambda row: KEPT_FIRST.index(row.status))
    kept = [] if is_carried and by_status and by_status[0].status != "approved" else by_status[:1]
    return [row.id for row in open_rows if row not in kept]


def _first(store: Store, article_ids: Sequence[str]) -> str:
    keys = store.articles.keys_of(article_ids)
    return min(article_ids, key=lambda each: keys[each].place if each in keys else 0)
