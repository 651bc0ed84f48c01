"""Feeds to links: ask every feed, keep what it gave, and say how it does."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.addresses import address_key
from digest.config import Config
from digest.errors import DigestError, FetchError, ItemError
from digest.ports import Fetcher, Store
from digest.records import Feed, FeedHealth, FeedState, Link, Page
from digest.stages.collect import links_of, parse_feed, select_entries
from digest.stages.fetch import Politeness, Request, fetch_each

MAX_TRIES = 3
"""Runs that try a page which waiting might mend, before it is left alone."""


class NothingReachedError(DigestError):
    """Not one feed's server answered."""


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
