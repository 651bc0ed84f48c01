"""What an address leads to: the feed there, one that its page names, its sitemap, or the page's own links."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from digest.cli import machinery
from digest.errors import DigestError, FetchError, ItemError
from digest.language.secrecy import login_in, shown_url, with_login

if TYPE_CHECKING:
    from digest.cli.machinery import Call
    from digest.records import Feed, Page, ParsedFeed

    Get = Callable[[str], Page]


def find_feed(address: str, get: "Get", kind: str | None, select: str) -> "tuple[Page, ParsedFeed, str]":
    """Read the feed at an address, or the first that is found from there: a feed, a sitemap, the page itself.

    Args:
        address: A feed's or a site's.
        get: Asks an address.
        kind: What is wanted; None for whichever comes first.
        select: CSS selector of the page's links.

    Returns:
        The answer of the feed's address, what it says, and its kind.

    Raises:
        DigestError: the address cannot be read, or there is none of these.
    """
    from digest.feeds.asking import MAX_READ_S
    from digest.feeds.kinds import parsed_of
    from digest.records import Feed

    with machinery.a_worker() as call:

        def read(page: "Page", kind: str) -> "ParsedFeed":
            feed = Feed(page.url, kind, selector=select)  # type: ignore[arg-type]
            return cast(
                "ParsedFeed",
                call(
                    parsed_of,
                    feed,
                    page,
                    _more(feed, page, get),
                    language="",
                    of=page.url,
                    max_s=MAX_READ_S,
                ),
            )

        page = get(address)
        found: tuple[Page, ParsedFeed, str] | None = None
        if kind in (None, "articles", "roundup"):
            found = _feed_at(page, address, get, call, lambda each: read(each, "articles"))
            found = found and (*found[:2], kind or "articles")
        if found is None and kind in (None, "sitemap"):
            found = _sitemap_at(page, get, lambda each: read(each, "sitemap"))
        if found is None and kind in (None, "page"):
            try:
                found = page, read(page, "page"), "page"
            except ItemError as error:
                if kind:
                    raise
                reason = error.reason
        if found is None:
            what = {"sitemap": "no sitemap"}.get(kind or "", "no feed, and its page names none")
            more = f", no sitemap, and {reason}" if kind is None else ""
            raise DigestError(f"{shown_url(address)}: {what}{more}; give the feed's own address")
        return found


def _more(feed: "Feed", page: "Page", get: "Get") -> "list[Page | FetchError]":
    """Fetch the sitemaps that an index names: the first that has pages will do to see whether it is one."""
    from digest.feeds.sitemap import chosen_sitemaps, read_sitemap

    if feed.kind != "sitemap":
        return []
    found: list[Page | FetchError] = []
    for address in chosen_sitemaps(read_sitemap(page.body, url=page.final_url), since=None):
        try:
            found.append(answer := get(address))
            if read_sitemap(answer.body, url=answer.final_url).entries:
                break
        except FetchError as error:
            found.append(error)
        except ItemError:
            continue  # reading all will name it
    return found


def _feed_at(
    page: "Page", address: str, get: "Get", call: "Call", read: "Callable[[Page], ParsedFeed]"
) -> "tuple[Page, ParsedFeed, str] | None":
    """Read the page as a feed, else the first feed it names or that is where feeds often are."""
    from digest.feeds.asking import MAX_READ_S
    from digest.feeds.discover import discover_feeds, guess_feeds

    try:
        return page, read(page), ""
    except ItemError:
        found_feeds = call(discover_feeds, page.body, page.final_url, of=page.url, max_s=MAX_READ_S)
        named = [url for url, _ in found_feeds]
    for url in (*named, *guess_feeds(page.final_url)):
        try:
            found = _page_with_login_of(address, url, get)
            return found, read(found), ""
        except ItemError:
            continue
    return None


def _sitemap_at(
    page: "Page", get: "Get", read: "Callable[[Page], ParsedFeed]"
) -> "tuple[Page, ParsedFeed, str] | None":
    """Read the page as a sitemap, else the first that robots.txt names or that is where they often are."""
    from digest.feeds.discover import guess_sitemaps, sitemaps_in_robots

    try:
        return page, read(page), "sitemap"
    except ItemError:
        pass
    robots, *guesses = guess_sitemaps(page.final_url)
    try:
        named = sitemaps_in_robots(get(robots).body)
    except ItemError:
        named = []
    for url in dict.fromkeys((*named, *guesses)):
        try:
            found = get(url)
            return found, read(found), "sitemap"
        except ItemError:
            continue
    return None


def _page_with_login_of(address: str, url: str, get: "Get") -> "Page":
    """Ask a feed of the site at `address`; with the login given for that site only where it is asked for.

    Raises:
        FetchError: there is no usable answer.
    """
    from digest.feeds.fetch import login_of

    try:
        return get(url)
    except FetchError as error:
        login = login_of(address)
        if error.status not in (401, 403) or login is None or not login.fits(url):
            raise
    return get(with_login(url, login_in(address)))
