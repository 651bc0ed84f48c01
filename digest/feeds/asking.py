"""Feeds to links: ask every feed and read what it answers. Changes nothing; keeping is `keeping`'s."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor
from datetime import UTC, datetime

from digest.errors import DigestError, FeedError, FetchError, ItemError
from digest.feeds.conditions import conditions_of
from digest.feeds.credentials import Credentials, credentials_of
from digest.feeds.fetch import Hosts, Politeness, Request, fetch_each
from digest.feeds.kinds import sitemaps_of
from digest.feeds.mailboxes import read_mailbox
from digest.feeds.reading import (
    FeedReading,
    Manner,
    answer_to_be_read,
    feed_to_be_read,
    read_answer,
    with_asked,
)
from digest.language.secrecy import shown_url
from digest.ports import Fetcher, Mailboxes
from digest.records import Feed, FeedState, Page
from digest.workspace.config import Config

MAX_READ_S = 10.0
"""For reading one feed. The largest of 84 real ones takes .6 s (November 2026)."""

MAX_MAILS = 500
"""Mails of one mailbox a run, where feeds.yaml gives no limit."""


class NothingReachedError(DigestError):
    """Not one feed's server answered."""


async def read_feeds(
    config: Config,
    states: Mapping[str, FeedState],
    make_fetcher: Callable[[], Fetcher],
    *,
    since: datetime | None,
    workers: Executor,
    mailboxes: Mailboxes | None = None,
    known_mails: frozenset[str] = frozenset(),
    environ: Mapping[str, str] | None = None,
) -> list[FeedReading]:
    """Ask every feed, with what is known of it, and find its links; changes nothing. In the order given.

    A feed that its worker does not get through with, or that kills it twice, is broken; the others are read.
    """
    access, locked = credentials_by_feed(config, environ or {})
    requests = [
        Request(feed.url, conditions_of(feed, states[feed.url]), credentials=access.get(feed.url))
        for feed in config.feeds
        if feed.is_web and feed.url not in locked
    ]
    feeds = {feed.url: feed for feed in config.feeds}
    fetcher = make_fetcher()
    hosts = Hosts(fetcher, politeness_of(config))
    readings = {
        feed.url: asyncio.create_task(
            _mail_reading(
                feed,
                states[feed.url],
                mailboxes,
                hosts,
                config,
                since=since,
                workers=workers,
                known=known_mails,
            )
        )
        for feed in config.feeds
        if not feed.is_web
    }
    try:
        async with contextlib.aclosing(
            fetch_each(requests, fetcher=fetcher, check_robots=False, hosts=hosts)
        ) as outcomes:
            async for request, outcome in outcomes:
                feed, state = feeds[request.url], states[request.url]
                readings[request.url] = asyncio.create_task(
                    _reading(feed, state, outcome, hosts, config, since=since, workers=workers)
                )
        left = {
            feed.url: FeedReading(feed, states[feed.url], None, since=since, error=locked[feed.url])
            for feed in config.feeds
            if feed.url in locked
        }
        return [left.get(feed.url) or await readings[feed.url] for feed in config.feeds]
    finally:
        for reading in readings.values():
            reading.cancel()
        await asyncio.gather(*readings.values(), return_exceptions=True)
        await fetcher.close()


async def _mail_reading(
    feed: Feed,
    state: FeedState,
    mailboxes: Mailboxes | None,
    hosts: Hosts,
    config: Config,
    *,
    since: datetime | None,
    workers: Executor,
    known: frozenset[str],
) -> FeedReading:
    """Read a mailbox's new mails."""
    limits = [MAX_MAILS if feed.limit is None else feed.limit]
    if state.is_first_run:
        limits.append(config.settings.articles_per_feed_first_run)
    try:
        if mailboxes is None:
            raise FeedError(feed.url, "mailboxes are not read here")
        found = await read_mailbox(
            feed, mailboxes, hosts, workers, since=since, most=min(limits), known=known, now=_now
        )
    except ItemError as error:
        return FeedReading(feed, state, None, since=since, error=error)
    title = feed.title or shown_url(feed.url)
    page = Page(feed.url, feed.url, 200, (), b"", _now())
    return FeedReading(
        feed,
        state,
        page,
        links=found.links,
        title=title,
        entries=len(found.texts),
        since=since,
        chosen=len(found.texts),
        problem=found.problem,
        texts=found.texts,
        pdfs=found.pdfs,
        refused=found.refused,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def credentials_by_feed(
    config: Config, environ: Mapping[str, str]
) -> tuple[dict[str, Credentials], dict[str, FeedError]]:
    """Look up what paid feeds are asked with, by their addresses, and which of them cannot be asked."""
    found: dict[str, Credentials] = {}
    locked: dict[str, FeedError] = {}
    for feed in config.feeds:
        try:
            if access := credentials_of(feed, environ):
                found[feed.url] = access
        except FeedError as error:
            locked[feed.url] = error
    return found, locked


async def _reading(
    feed: Feed,
    state: FeedState,
    page: Page | FetchError,
    hosts: Hosts,
    config: Config,
    *,
    since: datetime | None,
    workers: Executor,
) -> FeedReading:
    if isinstance(page, FetchError):
        return FeedReading(feed, state, None, since=since, error=page)
    if page.status == 304:
        return FeedReading(feed, state, page, since=since)
    more = await sitemaps_of(feed, page, hosts, workers, since=since)
    error: ItemError | None = None
    for _ in range(2):
        try:
            call = workers.submit(
                read_answer,
                feed_to_be_read(feed),
                state,
                answer_to_be_read(feed, page),
                Manner.of(config),
                since=since,
                more=[each.to_be_read if isinstance(each, Page) else each for each in more],
            )
            return with_asked(await asyncio.wrap_future(call), feed, page)
        except BrokenExecutor:
            # It may have died of another feed, or been killed by someone else: one more try.
            error = FeedError(feed.url, "reading it killed the process twice")
        except (TimeoutError, MemoryError) as lost:
            error = FeedError(feed.url, f"reading it {lost}")
            break
    return FeedReading(feed, state, page, since=since, error=error)


def raise_if_unreachable(readings: Sequence[FeedReading]) -> None:
    """Stop where not one feed's server answered: that is this machine's network, not the feeds.

    Raises:
        NothingReachedError: in one sentence, with what to try instead.
    """
    if not readings:
        raise DigestError("feeds.yaml: no feeds yet; add one with: digest feeds add ADDRESS")
    if any(reading.was_reached for reading in readings):
        return
    first = next((reading.error.reason for reading in readings if reading.error), "no answer")
    address = shown_url(readings[0].feed.url)
    many = f"none of the {len(readings)} feeds could be reached"
    none_reached = many if len(readings) > 1 else "the one feed could not be reached"
    raise NothingReachedError(
        f"{none_reached} ({address}: {first}), so nothing "
        "was changed; to see digest at work without a network: make demo"
    )


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
