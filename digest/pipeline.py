"""The weekly batch: the stages in order, from feeds.yaml to drafts and a report of what came in."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from digest.addresses import address_key
from digest.codec import to_json
from digest.config import Config
from digest.drafting import write_drafts
from digest.editions import carry_deferred, issue_for_run, read_statuses
from digest.errors import DigestError, FetchError, ItemError
from digest.files import write_text
from digest.intake import ArticleReader, Intake, Progress
from digest.ports import Embedder, Fetcher, Store
from digest.records import (
    ArticleKey,
    Dropped,
    Feed,
    FeedHealth,
    FeedState,
    Link,
    Page,
    RunReport,
    StageTime,
    Story,
)
from digest.stages.analyze import Library
from digest.stages.collect import links_of, parse_feed, select_entries
from digest.stages.dedupe import MIN_ALIAS_SIMILARITY, find_copies, similarity
from digest.stages.fetch import Politeness, Request, fetch_each
from digest.stages.group import group
from digest.stages.render import render_report

MAX_TRIES = 3
"""Runs that try a page which waiting might mend, before it is left alone."""

GROUPING_DAYS = 30
"""How far back an article may lie that a new one can join in a story."""


class NothingReachedError(DigestError):
    """Not one feed's server answered."""


@dataclass(frozen=True)
class Ports:
    """The outside things a run uses."""

    store: Store
    make_fetcher: Callable[[], Fetcher]
    embedder: Embedder
    workers: Executor
    analyzer: str
    """Name and version of the analyzer with all it depends on: a cache key."""
    library: Callable[[], Library]
    """Loads themes and patterns with their vectors; asked for only when an article is new."""


@dataclass(frozen=True)
class Options:
    """What the caller of a run chose."""

    issue: str = ""
    """Empty for the newest unpublished one."""
    since: datetime | None = None
    """Feed entries dated before this moment are left out; None for all."""
    limit: int | None = None
    """At most so many links are worked on."""


def run(
    config: Config, ports: Ports, output: Path, options: Options, *, now: datetime, progress: Progress
) -> RunReport:
    """Run the whole batch.

    Args:
        config: The workspace's settings.
        ports: The outside things.
        output: The workspace's output folder.
        options: What the caller chose.
        now: Aware, UTC.
        progress: Told of what is done.

    Raises:
        DigestError: no feed could be reached (and nothing was changed), or a file of the editor's cannot be
            read.
    """
    clock = _Clock()
    store = ports.store
    states = {feed.url: store.links.state(feed.url) for feed in config.feeds}
    readings = asyncio.run(read_feeds(config, states, ports.make_fetcher, since=options.since))
    raise_if_unreachable(readings)
    issue = issue_for_run(store, options.issue, time_zone=config.newsletter.time_zone, now=now)
    number = store.drafts.start_run(issue, now=now)
    health = [keep_reading(reading, store, now=now) for reading in readings]
    new = sum(feed.new_links for feed in health)
    clock.note("collect", new, new)

    intake = take_in_pending(config, ports, options, now=now, progress=progress)
    clock.skip()
    fresh = place_new(store, language=config.newsletter.language, drafts_all=_drafts_all(config))
    clock.note("dedupe", len(fresh.judged), len(fresh.originals))
    stories = group_new(store, ports.embedder, fresh.originals, now=now)
    clock.note("group", len(fresh.originals), len(fresh.originals))

    read_statuses(store, output, issue, now=now)
    carry_deferred(store, output, to=issue, now=now)
    drafts = write_drafts(
        store,
        output,
        issue,
        model_id=ports.embedder.model_id,
        min_similarity=config.settings.min_similarity,
        now=now,
    )
    clock.note("draft", len(drafts), len(drafts))
    report = RunReport(
        issue=issue,
        started=now,
        feeds=tuple(health),
        stages=_stages(clock.lines, intake),
        dropped=(*intake.dropped, *fresh.dropped),
        stories=stories,
        drafts=tuple((draft.id, draft.title) for draft in drafts),
        notes=fresh.notes,
    )
    write_text(output / "reports" / f"{issue}.md", render_report(report))
    store.drafts.finish_run(number, to_json(report), now=now)
    return report


# -- feeds -> links ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """One feed, asked in this run."""

    feed: Feed
    state: FeedState
    page: Page | None
    links: tuple[Link, ...] = ()
    title: str = ""
    entries: int = 0
    """Feed entries in the feed, new or not."""
    problem: str = ""
    error: ItemError | None = None

    @property
    def was_reached(self) -> bool:
        """Whether its server answered at all."""
        return self.page is not None or (isinstance(self.error, FetchError) and self.error.status is not None)

    @property
    def moved_to(self) -> str:
        """Where permanent redirects lead; empty if the first one was not permanent."""
        target = ""
        for status, address in self.page.redirects if self.page else ():
            if status not in (301, 308):
                break
            target = address
        return target


async def read_feeds(
    config: Config,
    states: Mapping[str, FeedState],
    make_fetcher: Callable[[], Fetcher],
    *,
    since: datetime | None,
) -> list[Reading]:
    """Ask every feed, with what is known of it, and find its links; changes nothing. In the order given."""
    requests = [Request(feed.url, _conditions(states[feed.url])) for feed in config.feeds]
    pages: dict[str, Page | FetchError] = {}
    fetcher = make_fetcher()
    try:
        async with contextlib.aclosing(
            fetch_each(requests, fetcher=fetcher, politeness=politeness_of(config), check_robots=False)
        ) as outcomes:
            async for request, outcome in outcomes:
                pages[request.url] = outcome
    finally:
        await fetcher.close()
    return [_reading(feed, states[feed.url], pages[feed.url], config, since=since) for feed in config.feeds]


def _conditions(state: FeedState) -> dict[str, str]:
    conditions = {"if-none-match": state.etag, "if-modified-since": state.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _reading(
    feed: Feed, state: FeedState, page: Page | FetchError, config: Config, *, since: datetime | None
) -> Reading:
    if isinstance(page, FetchError):
        return Reading(feed, state, None, error=page)
    if page.status == 304:
        return Reading(feed, state, page)
    try:
        parsed = parse_feed(page.body, url=page.final_url, content_type=page.header("content-type"))
    except ItemError as error:
        return Reading(feed, state, page, error=error)
    entries = select_entries(
        parsed, feed, since=since, is_first_run=state.is_first_run, settings=config.settings
    )
    links = links_of(parsed, entries, feed)
    return Reading(
        feed,
        state,
        page,
        links=tuple(links),
        title=feed.title or parsed.title,
        entries=len(parsed.entries),
        problem=parsed.problem,
    )


def raise_if_unreachable(readings: Sequence[Reading]) -> None:
    """Stop where not one feed's server answered: that is this machine's network, not the feeds.

    Raises:
        NothingReachedError: in one sentence, with what to try instead.
    """
    if not readings:
        raise DigestError("feeds.yaml: no feeds yet; add one with: digest feeds add ADDRESS")
    if any(reading.was_reached for reading in readings):
        return
    first = next((reading.error.reason for reading in readings if reading.error), "no answer")
    raise NothingReachedError(
        f"none of the {len(readings)} feeds could be reached ({readings[0].feed.url}: {first}), so nothing "
        "was changed; to see digest at work without a network: make demo"
    )


def keep_reading(reading: Reading, store: Store, *, now: datetime) -> FeedHealth:
    """Keep what a feed gave, or that it gave nothing, and say how it does."""
    feed, page, error = reading.feed, reading.page, reading.error
    title = feed.title or reading.title or store.links.known_title(feed.url) or feed.url
    if error is not None or page is None:
        reason = error.reason if error else "no answer"
        since = store.links.save_broken(feed.url, reason, now=now)
        return FeedHealth(
            feed.url, title, "broken", problem=reason, broken_since=since, moved_to=reading.moved_to
        )
    if page.status == 304:
        store.links.save_unchanged(feed.url, moved_to=reading.moved_to, now=now)
        return FeedHealth(feed.url, title, "unchanged", moved_to=reading.moved_to)
    new = store.links.save_read(
        feed.url,
        reading.links,
        title=title,
        etag=page.header("etag"),
        last_modified=page.header("last-modified"),
        moved_to=reading.moved_to,
        now=now,
    )
    return FeedHealth(feed.url, title, "ok", new, problem=reading.problem, moved_to=reading.moved_to)


def would_fetch(readings: Sequence[Reading], store: Store, *, now: datetime) -> list[str]:
    """List the addresses a run would ask for, in its order: what waits already, then what the feeds gave."""
    known = store.links.known_keys()
    waiting = {
        address_key(stored.link.url): stored.link.url
        for stored in store.links.pending(max_tries=MAX_TRIES, retry_before=now)
    }
    for reading in readings:
        for link in reading.links:
            key = address_key(link.url)
            if key not in known:
                waiting.setdefault(key, link.url)
    return list(waiting.values())


def politeness_of(config: Config) -> Politeness:
    """Give the settings' limits as the fetch stage wants them."""
    settings = config.settings
    return Politeness(
        per_host=settings.per_host,
        delay_s=settings.delay_s,
        total=settings.concurrency,
        timeout_s=settings.timeout_s,
        max_bytes=settings.max_bytes,
    )


# -- links -> pages -> articles -> analyses ------------------------------------------------------------------


def take_in_pending(
    config: Config, ports: Ports, options: Options, *, now: datetime, progress: Progress
) -> Intake:
    """Work on every link that waits, and on what an earlier run left half done."""
    store = ports.store
    reader = ArticleReader(
        store,
        ports.embedder,
        ports.library,
        ports.workers,
        analyzer=ports.analyzer,
        language=config.newsletter.language,
        includes_other_languages=_drafts_all(config),
        now=now,
        progress=progress,
    )
    unfinished = {*_unplaced(store), *_outdated(store, ports.analyzer)}
    pending = store.links.pending(max_tries=MAX_TRIES, retry_before=now)[: options.limit]
    if unfinished:
        reader.complete(list(store.articles.get(unfinished).values()))
    if pending:
        reader.take_in(
            pending,
            fetcher=ports.make_fetcher(),
            politeness=politeness_of(config),
        )
    return reader.intake


def _unplaced(store: Store) -> list[str]:
    """Articles that were taken in but not placed in a story yet: a run was killed in between."""
    placed = store.drafts.story_ids()
    return [
        key.id
        for key in store.articles.listing()
        if key.id not in placed and not key.copy_of and not key.is_imported
    ]


def _outdated(store: Store, analyzer: str) -> list[str]:
    """Pending drafts of open issues that another analyzer made: the prompt files were edited since."""
    open_issues = {name for name, published_at in store.drafts.issues() if published_at is None}
    pending = [
        row.id for row in store.drafts.drafts() if row.issue in open_issues and row.status == "pending"
    ]
    analyses = store.articles.analyses_for(pending)
    return [each for each in pending if each in analyses and analyses[each].analyzer != analyzer]


# -- articles -> originals -> stories ------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """What became of articles that were not placed before."""

    judged: tuple[str, ...]
    originals: tuple[str, ...]
    """Ids that get a story, in order of being seen."""
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...] = ()


def place_new(store: Store, *, language: str, drafts_all: bool) -> Placed:
    """Find copies and aliases among the articles that have no story yet."""
    keys = {key.id: key for key in store.articles.listing()}
    fresh = _unplaced(store)
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
    import numpy as np

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


# -- the report ----------------------------------------------------------------------------------------------


class _Clock:
    """Takes the time between notes."""

    def __init__(self) -> None:
        self._last = perf_counter()
        self.lines: list[StageTime] = []

    def note(self, stage: str, taken: int, kept: int) -> None:
        """Add a line for what happened since the last note."""
        now = perf_counter()
        self.lines.append(StageTime(stage, taken, kept, taken - kept, round(now - self._last, 2)))
        self._last = now

    def skip(self) -> None:
        """Start anew without a line."""
        self._last = perf_counter()


def _stages(lines: Sequence[StageTime], intake: Intake) -> tuple[StageTime, ...]:
    collect, *rest = lines
    return (collect, *intake.stages(), *rest)


def _drafts_all(config: Config) -> bool:
    return config.settings.drafts_in_other_languages
