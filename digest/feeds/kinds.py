"""An answer of a feed's address -> what the feed says, whichever kind it is of."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import replace
from datetime import datetime

from digest.errors import FeedError, FetchError, ItemError
from digest.feeds.hosts import Hosts, Request
from digest.feeds.link_page import read_link_page
from digest.feeds.parse import parse_feed
from digest.feeds.sitemap import as_feed, chosen_sitemaps, read_sitemap
from digest.language.counts import counted
from digest.language.secrecy import shown_url
from digest.records import Feed, Page, ParsedFeed

MAX_NAMED = 5
"""Sitemaps that cannot be read and are named one by one."""


def parsed_of(feed: Feed, page: Page, more: Sequence[Page | FetchError], *, language: str) -> ParsedFeed:
    """Read what a feed answered.

    Args:
        feed: Its line in feeds.yaml.
        page: The answer of its address.
        more: Of a sitemap index, what the sitemaps it names answered, or why they did not.
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


def _of_sitemaps(page: Page, more: Sequence[Page | FetchError]) -> ParsedFeed:
    found = [read_sitemap(page.body, url=page.final_url)]
    broken: list[ItemError] = []
    for each in more:
        if isinstance(each, FetchError):
            broken.append(each)
            continue
        try:
            found.append(read_sitemap(each.body, url=each.final_url))
        except FeedError as error:
            broken.append(error)  # one of many
    problem = _named(broken, len(more))
    is_quiet = bool(found[0].sitemaps) and not more
    if not any(sitemap.entries for sitemap in found) and not is_quiet:
        raise FeedError(page.url, "; ".join(filter(None, ("a sitemap without pages", problem))))
    parsed = as_feed(found, url=page.final_url)
    return replace(parsed, problem="; ".join(filter(None, (parsed.problem, problem))))


def _named(broken: Sequence[ItemError], total: int) -> str:
    """Say which sitemaps of an index cannot be read, and why; empty for none."""
    if not broken:
        return ""
    each = ", ".join(f"{shown_url(error.url)} ({error.reason})" for error in broken[:MAX_NAMED])
    more = f" and {len(broken) - MAX_NAMED} more" if len(broken) > MAX_NAMED else ""
    return f"{len(broken)} of {counted(total, 'sitemap', 'sitemaps')} cannot be read: {each}{more}"


async def sitemaps_of(
    feed: Feed, page: Page, hosts: Hosts, workers: Executor, *, since: datetime | None
) -> list[Page | FetchError]:
    """Fetch the sitemaps that an index names, if they may have something new; none for other answers."""
    if feed.kind != "sitemap":
        return []
    try:
        addresses = await asyncio.wrap_future(workers.submit(_named_by, page.to_be_read, since))
    except (FeedError, BrokenExecutor, TimeoutError, MemoryError):
        return []  # reading it will say so
    requests = [Request(address, feed_url=feed.url) for address in addresses]
    asked = (hosts.fetch(request, check_robots=False) for request in requests)
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    found: list[Page | FetchError] = []
    for outcome in outcomes:
        if not isinstance(outcome, Page | FetchError):
            raise outcome
        found.append(outcome)
    return found


def _named_by(page: Page, since: datetime | None) -> list[str]:
    return chosen_sitemaps(read_sitemap(page.body, url=page.final_url), since=since)
