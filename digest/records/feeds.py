"""Feeds, what they hold, and what the archive knows of them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

FeedKind = Literal["articles", "roundup", "mail", "sitemap", "page"]


@dataclass(frozen=True)
class Feed:
    """One line of feeds.yaml."""

    url: str
    """Of a mailbox `imaps://user@host/folder`, or a path in the workspace."""
    kind: FeedKind = "articles"
    title: str | None = None
    """The editor's name for it; without one, the feed's own title is used."""
    tags: tuple[str, ...] = ()
    limit: int | None = None
    """At most this many feed entries a run; None for the default."""
    selector: str = ""
    """Of a page: CSS that finds its links; empty for those that look like articles'."""
    headers: tuple[tuple[str, str], ...] = ()
    """Of a paid source: names of headers, and `env:NAME` of the variables that hold their values."""
    cookie: str = ""
    """Of a paid source: `env:NAME` of the variable that holds the Cookie header."""
    senders: tuple[str, ...] = ()
    """Of a mailbox: addresses or domains whose mails are wanted; empty for all."""
    password: str = ""
    """Of a mail server: `env:NAME`, the variable that holds it."""
    marks_seen: bool = False
    """Of a mail server: whether mails that were read are marked so."""

    @property
    def is_web(self) -> bool:
        """Whether its url is a web address; that of a mailbox is a path or a mail server's."""
        return self.kind != "mail"


@dataclass(frozen=True)
class FeedEntry:
    """What feedparser calls an entry, or an item of a JSON Feed."""

    url: str
    """Its address, absolute, according to the feed; empty where the feed names none."""
    title: str
    published: datetime | None
    """According to the feed; None where it says nothing readable."""
    body_html: str
    """The fullest text the feed carries, HTML; empty where there is none."""
    author: str = ""
    is_whole_day: bool = False
    """`published` is the beginning of a day, which is all that is known."""
    transcript: str = ""
    """Where the transcript of an episode is, absolute; empty where the feed names none that can be read."""

    @property
    def latest(self) -> datetime | None:
        """The latest moment it may have appeared."""
        return latest(self.published, is_whole_day=self.is_whole_day)


def latest(published: datetime | None, *, is_whole_day: bool) -> datetime | None:
    """Give the latest moment that a date may mean."""
    return published + timedelta(days=1) if published and is_whole_day else published


@dataclass(frozen=True)
class ParsedFeed:
    """A feed's own words, as far as it could be parsed."""

    title: str
    site: str
    """Address of the site, according to the feed; may be empty."""
    entries: tuple[FeedEntry, ...]
    problem: str = ""
    """What was wrong with it though entries were found: 'not well-formed: ...'; empty if nothing."""
    is_cut: bool = False
    """Its end is missing."""


@dataclass(frozen=True)
class Origin:
    """Where an entry came from: the roundup's issue, or the feed's title and site."""

    title: str
    url: str


@dataclass(frozen=True)
class Link:
    """An address found in a feed entry."""

    url: str
    """Exactly as the feed or newsletter gave it (made absolute), trackers included; of an address that wraps
    another, the one inside."""
    title: str
    """Its anchor text in a roundup, else the feed entry's title."""
    origin: Origin
    feed_url: str
    place: int
    """Order within the feed, 0 first."""
    published: datetime | None = None
    """When the feed says the article (or the roundup's issue) appeared."""
    body_html: str = ""
    """The article's text where the feed carried it (kind articles only)."""
    is_whole_day: bool = False
    """`published` is the beginning of a day, which is all that is known."""
    given: str = ""
    """What the feed gave, where that was another address: a wrapper, a discussion, a click tracker."""
    transcript: str = ""
    """Where the transcript of an episode is, whose text is the article; empty for all else."""

    @property
    def latest(self) -> datetime | None:
        """The latest moment it may have appeared."""
        return latest(self.published, is_whole_day=self.is_whole_day)


@dataclass(frozen=True)
class StoredLink:
    """A link with its place in the archive."""

    link: Link
    id: str
    """Id of the entry it makes."""
    place: int
    """Order of being seen over the whole archive."""
    tries: int
    """Runs that tried it in vain."""

    @property
    def to_be_read(self) -> "StoredLink":
        """What reading it takes, for a worker that may be on another machine: not the feed's own address."""
        return replace(self, link=replace(self.link, feed_url=""))


@dataclass(frozen=True)
class FeedState:
    """What the last readings of a feed left behind."""

    etag: str = ""
    last_modified: str = ""
    read_at: datetime | None = None
    broken_since: datetime | None = None
    remembers: bool = False
    """All it gave at that time is known to the archive, what was left out as well."""

    @property
    def is_first_run(self) -> bool:
        """Whether the feed was never read before."""
        return self.read_at is None


@dataclass(frozen=True)
class FeedHealth:
    """How a feed did in a run."""

    url: str
    title: str
    status: Literal["ok", "unchanged", "broken"]
    new_links: int = 0
    problem: str = ""
    """Why it is broken, or what was wrong though it could be read."""
    broken_since: datetime | None = None
    moved_to: str = ""
    """Where a permanent redirect leads; empty otherwise."""
    left_out: int = 0
    """Links it gave that are dated before the run's window; they come in when a window reaches them."""
    notes: tuple[str, ...] = ()
    """What is odd about its dates."""
