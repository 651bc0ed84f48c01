"""One answer of a feed's address -> what a run reads in it.

It runs in a worker: records in, records out, and nothing that the feed is asked with.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.errors import FetchError, ItemError
from digest.feeds.kinds import parsed_of
from digest.feeds.links import links_of
from digest.feeds.select import far_off, is_too_old, select_entries
from digest.feeds.wrapped import hidden_by
from digest.language.counts import counted
from digest.language.secrecy import secretless_url
from digest.records import Feed, FeedEntry, FeedState, Link, Page, ParsedFeed
from digest.workspace.config import Config

MAX_NAMED = 5
"""Entries that a note names one by one."""

MAX_TITLE = 80
"""Characters of a title in it."""


@dataclass(frozen=True)
class FeedReading:
    """One feed, asked in this run."""

    feed: Feed
    state: FeedState
    page: Page | None
    links: tuple[Link, ...] = ()
    title: str = ""
    entries: int = 0
    """Feed entries in the feed, new or not."""
    since: datetime | None = None
    """Where the run's window begins."""
    too_old: tuple[Link, ...] = ()
    """Links of entries dated before it."""
    too_many: tuple[Link, ...] = ()
    """Links of entries beyond a limit."""
    far_off: tuple[Link, ...] = ()
    """Those of all these links whose entries' dates lie far off the feed's others."""
    chosen: int = 0
    """Feed entries that `links` are of."""
    problem: str = ""
    is_cut: bool = False
    texts: tuple[Page, ...] = ()
    """Of a mailbox: the texts of its new mails, to be kept."""
    pdfs: tuple[Page, ...] = ()
    """Of a mailbox: what was attached to its new mails, to be kept."""
    refused: tuple[tuple[str, int], ...] = ()
    """Of a mailbox: keys and sizes of mails too large to be read, to be remembered."""
    error: ItemError | None = None

    @property
    def was_reached(self) -> bool:
        """Whether its server answered at all."""
        return self.page is not None or (isinstance(self.error, FetchError) and self.error.status is not None)

    @property
    def moved_to(self) -> str:
        """Where permanent redirects lead; empty if the first one was not permanent."""
        return permanent_target(self.page) if self.page else ""


def permanent_target(page: Page) -> str:
    """Say where permanent redirects lead; empty if the first one was not permanent."""
    target = ""
    for status, address in page.redirects:
        if status not in (301, 308):
            break
        target = address
    return target


@dataclass(frozen=True)
class Manner:
    """How answers are read: of the settings, all that a worker is told."""

    language: str
    """The newsletter's."""
    articles_per_feed_first_run: int
    issues_per_roundup_first_run: int

    @classmethod
    def of(cls, config: Config) -> "Manner":
        """Take it out of the settings."""
        settings = config.settings
        return cls(
            config.newsletter.language,
            settings.articles_per_feed_first_run,
            settings.issues_per_roundup_first_run,
        )


def feed_to_be_read(feed: Feed) -> Feed:
    """Give what reading its answer takes of a feed: nothing that it is asked with leaves this process."""
    return replace(
        feed, url=secretless_url(feed.url), headers=(), cookie="", password="", senders=(), tags=()
    )


def answer_to_be_read(feed: Feed, page: Page) -> Page:
    """Give what reading it takes of an answer, the same way."""
    answer = page.to_be_read
    # Of a page with links its own address is compared with theirs.
    own = answer.final_url if feed.kind == "page" else secretless_url(answer.final_url)
    return replace(answer, url=secretless_url(answer.url), final_url=own)


def with_asked(reading: FeedReading, feed: Feed, page: Page) -> FeedReading:
    """Put into what a worker read the feed and the page as they are here."""
    if feed.url == reading.feed.url:
        return replace(reading, feed=feed, page=page)

    def of_feed(links: Sequence[Link]) -> tuple[Link, ...]:
        return tuple(replace(link, feed_url=feed.url) for link in links)

    return replace(
        reading,
        feed=feed,
        page=page,
        links=of_feed(reading.links),
        too_old=of_feed(reading.too_old),
        too_many=of_feed(reading.too_many),
        far_off=of_feed(reading.far_off),
    )


def read_answer(
    feed: Feed,
    state: FeedState,
    page: Page,
    manner: Manner,
    *,
    since: datetime | None,
    more: Sequence[Page | FetchError] = (),
) -> FeedReading:
    """Read what a feed answered; runs in a worker. The reading has no page: it is the caller's."""
    try:
        parsed = parsed_of(feed, page, more, language=manner.language)
    except ItemError as error:
        return FeedReading(feed, state, None, since=since, error=error)
    entries = select_entries(parsed, feed, since=since, is_first_run=state.is_first_run, settings=manner)
    links = tuple(links_of(parsed, entries, feed))
    chosen = {id(entry) for entry in entries}
    others = [entry for entry in parsed.entries if id(entry) not in chosen]
    return FeedReading(
        feed,
        state,
        None,
        links=links,
        title=feed.title or parsed.title,
        entries=len(parsed.entries),
        since=since,
        too_old=tuple(links_of(parsed, [each for each in others if is_too_old(each, since=since)], feed)),
        too_many=tuple(
            links_of(parsed, [each for each in others if not is_too_old(each, since=since)], feed)
        ),
        far_off=()
        if feed.kind in ("sitemap", "page")
        else tuple(links_of(parsed, far_off(parsed.entries, now=page.fetched_at), feed)),
        chosen=len(entries),
        problem="; ".join(
            filter(None, (_problem(parsed), _without_links(entries, links, feed), _hidden(links)))
        ),
        is_cut=parsed.is_cut,
    )


def _problem(parsed: ParsedFeed) -> str:
    return f"cut short: {parsed.problem}" if parsed.is_cut else parsed.problem


def _without_links(entries: Sequence[FeedEntry], links: Sequence[Link], feed: Feed) -> str:
    """Name the entries that give no article: they lead nowhere, or are a roundup's and none has a link."""
    if feed.kind == "roundup":
        # A blog of links has entries without any; a newsletter whose feed is cut has none in all of them.
        lost = [] if links else list(entries)
        what = f"no link to an article found in {counted(len(lost), 'issue', 'issues')}"
    else:
        lost = [entry for entry in entries if not entry.url]
        what = f"{counted(len(lost), 'entry', 'entries')} without an address left out"
    named = ", ".join(f"'{entry.title[:MAX_TITLE] or 'untitled'}'" for entry in lost[:MAX_NAMED])
    more = f" and {len(lost) - MAX_NAMED} more" if len(lost) > MAX_NAMED else ""
    return f"{what}: {named}{more}" if lost else ""


def _hidden(links: Sequence[Link]) -> str:
    """Say how many addresses lead to no article, and what to use instead."""
    reasons = Counter(reason for link in links if (reason := hidden_by(link.url)))
    return "; ".join(f"{counted(count, 'link', 'links')}: {reason}" for reason, count in reasons.items())
