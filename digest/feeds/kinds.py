"""An answer of a feed's address -> what the feed says, whichever kind it is of."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor
from datetime import datetime

from digest.errors import FeedError, FetchError
from digest.feeds.hosts import Hosts, Request
from digest.feeds.link_page import read_link_page
from digest.feeds.parse import parse_feed
from digest.feeds.sitemap import as_feed, chosen_sitemaps, read_sitemap
from digest.records import Feed, Page, ParsedFeed


def parsed_of(feed: Feed, page: Page, more: Sequence[Page], *, language: str) -> ParsedFeed:
    """Read what a feed answered.

    Args:
        feed: Its line in feeds.yaml.
        page: The answer of its address.
        more: Of a sitemap index, the sitemaps it names.
        language: The newsletter's.

    Raises:
        FeedError: it is not of the feed's kind.
    """
    kind = page.header("content-type")
    if feed.kind == "sitemap":
        return _of_sitemaps(page, more)
    if feed.kind == "page":
        return read_link_page(page.body, url=page.final_url, content_type=kind, selector=feed.selector)
    return parse_feed(page.body, url=page.final_url, content_type=kind, language=language)


def _of_sitemaps(page: Page, more: Sequence[Page]) -> ParsedFeed:
    found = [read_sitemap(page.body, url=page.final_url)]
    for each in more:
        try:
            found.append(read_sitemap(each.body, url=each.final_url))
        except FeedError:
            continue  # one of many
    if not any(sitemap.entries for sitemap in found):
        raise FeedError(page.url, "a sitemap without pages")
    return as_feed(found, url=page.final_url)


async def sitemaps_of(
    feed: Feed, page: Page, hosts: Hosts, workers: Executor, *, since: datetime | None
) -> list[Page]:
    """Fetch the sitemaps that an index names, if they may have something new; none for other answers."""
    if feed.kind != "sitemap":
        return []
    try:
        addresses = await asyncio.wrap_future(workers.submit(_named_by, page, since))
    except (FeedError, BrokenExecutor, TimeoutError, MemoryError):
        return []  # reading it will say so
    requests = [Request(address, feed_url=feed.url) for address in addresses]
    asked = (hosts.fetch(request, check_robots=False) for request in requests)
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    found = []
    for outcome in outcomes:
        if isinstance(outcome, Page):
            found.append(outcome)
        elif not isinstance(outcome, FetchError):
            raise outcome
    return found


def _named_by(page: Page, since: datetime | None) -> list[str]:
    return chosen_sitemaps(read_sitemap(page.body, url=page.final_url), since=since)
