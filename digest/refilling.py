"""Make parts of the archive again from what it keeps: texts from pages, vectors and analyses from texts.

Nothing is fetched. What is there as it would be made is left alone, by the hash of its text, the model and
the analyzer: who stops it and starts it again loses nothing. Texts are replaced before the rest follows, so
what was killed in between is looked for (`Articles.half_replaced`), by a run too.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from typing import Literal

from digest.errors import ItemError
from digest.intake import PARTS, ArticleReader, Part, Progress
from digest.intake_calls import Read, read_page
from digest.records import Article, Dropped, Page, StoredLink
from digest.store import Store

What = Literal["text", "vectors", "analysis"]

SLICE = 500
"""Articles that are read from the archive at once: about 5 MB of text."""

MOST_AT_WORK = 64
"""Pages that workers have at once; see `feeds.fetch_thread.MAX_PAGES`."""

_Reading = tuple[Article, "Future[Read]"]


@dataclass
class Refilled:
    """What was made."""

    read: int = 0
    """Pages that were read again."""
    changed: list[str] = field(default_factory=list)
    """Ids of articles whose text is another now, or its title, author, date or language."""
    vectors: int = 0
    analyses: int = 0
    problems: list[Dropped] = field(default_factory=list)
    """What could not be made: what was there stands."""


def refill(
    store: Store,
    ids: Sequence[str],
    what: Collection[What],
    *,
    reader: ArticleReader,
    workers: Executor,
    progress: Progress,
) -> Refilled:
    """Make parts of articles again.

    Args:
        store: The archive.
        ids: Of the articles, in the order in which they are worked on.
        what: The parts; where a text changes, its vectors and its analysis follow.
        reader: Makes vectors and analyses.
        workers: Read pages.
        progress: Told of what is done.
    """
    found = Refilled()
    left = set(store.articles.half_replaced()) if "text" in what else set()
    for at in range(0, len(ids), SLICE):
        part = ids[at : at + SLICE]
        if "text" in what:
            changed = {*_read_again(store, part, workers, found), *left}
            progress("text", at + len(part), len(ids))
            complete(store, [each for each in part if each in changed], PARTS, reader=reader)
        complete(store, part, [each for each in PARTS if each in what], reader=reader)
    found.vectors, found.analyses = reader.intake.vectors, reader.intake.analyzed
    found.problems += reader.intake.dropped
    return found


def complete(store: Store, ids: Sequence[str], parts: Sequence[Part], *, reader: ArticleReader) -> None:
    """Make what is missing of articles."""
    originals, copies = _apart(store, ids)
    reader.complete(originals, parts=parts)
    # Of one that repeats another's text nothing but its vector is used.
    reader.complete(copies, parts=[each for each in parts if each == "vectors"])


def complete_replaced(store: Store, *, reader: ArticleReader) -> None:
    """Make what is missing of articles whose texts were replaced before somebody stopped it."""
    complete(store, store.articles.half_replaced(), PARTS, reader=reader)


def _apart(store: Store, ids: Sequence[str]) -> tuple[list[Article], list[Article]]:
    """Give originals, and articles that repeat another's text."""
    keys, found = store.articles.keys_of(ids), store.articles.get(ids)
    known = [found[each] for each in ids if each in found]
    return [each for each in known if not keys[each.id].copy_of], [
        each for each in known if keys[each.id].copy_of
    ]


def _read_again(store: Store, ids: Sequence[str], workers: Executor, found: Refilled) -> list[str]:
    """Read kept pages again; gives the ids of articles that are others now, which are kept."""
    changed = []
    for old, future in _readings(store, ids, workers):
        try:
            article, signature, _ = future.result()
        except ItemError as error:
            found.problems.append(Dropped(old.url, "text", error.reason))
            continue
        except (BrokenExecutor, TimeoutError, MemoryError) as error:
            found.problems.append(Dropped(old.url, "text", str(error), is_retryable=True))
            continue
        found.read += 1
        if article != old:
            store.articles.replace(article, signature=signature)
            changed.append(old.id)
    found.changed += changed
    return changed


def _readings(store: Store, ids: Sequence[str], workers: Executor) -> Iterator[_Reading]:
    """Hand kept pages to workers, so many at once; gives each article as it is and what comes of its page."""
    at_work: deque[_Reading] = deque()
    for old, page, stored in _kept(store, ids):
        at_work.append((old, workers.submit(read_page, page, stored)))
        if len(at_work) >= MOST_AT_WORK:
            yield at_work.popleft()
    yield from at_work


def _kept(store: Store, ids: Sequence[str]) -> Iterator[tuple[Article, Page, StoredLink]]:
    """Give articles with the pages they were read from; the text of a feed's entry has none."""
    links = store.links.links_of(ids)
    for old in store.articles.get(ids).values():
        page = store.pages.get(old.url) if old.id in links and not old.is_from_feed else None
        if page and old.id in links:
            yield old, page, links[old.id]
