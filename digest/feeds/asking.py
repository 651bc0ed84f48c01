"""Feeds to links: ask every feed, keep what it gave, and say how it does."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from digest.errors import DigestError, FeedError, FetchError, ItemError
from digest.feeds.credentials import Credentials, credentials_of
from digest.feeds.fetch import Hosts, Politeness, Request, fetch_each
from digest.feeds.kinds import parsed_of, sitemaps_of
from digest.feeds.links import links_of
from digest.feeds.mailboxes import read_mailbox
from digest.feeds.select import far_off, is_too_old, select_entries
from digest.feeds.wrapped import hidden_by
from digest.language.addresses import address_key
from digest.language.counts import counted
from digest.language.secrecy import secretless_url, shown_text, shown_url
from digest.ports import Fetcher, Mailboxes
from digest.records import Feed, FeedEntry, FeedHealth, FeedState, Link, Page, ParsedFeed
from digest.store import Store
from digest.workspace.config import Config

LATE = timedelta(days=30)
"""An entry that is taken in all the same has an old date if it is dated so long before the last reading."""

MAX_NAMED = 5
"""Entries that a note names one by one."""

MAX_LISTED = 20
"""Feeds that a note lists with what was left out of them, most first."""

READ_AS = " read as "
"""Between what a server says of its answer and how that was read, where the settings say so."""

MAX_READ_S = 10.0
"""For reading one feed. The largest of 84 real ones takes .6 s (November 2026)."""

MAX_MAILS = 500
"""Mails of one mailbox a run, where feeds.yaml gives no limit."""

MAX_TRIES = 3
"""Runs that try a page which waiting might mend, before it is left alone."""


class NothingReachedError(DigestError):
    """Not one feed's server answered."""


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
        Request(feed.url, _conditions_of(feed, states[feed.url]), credentials=access.get(feed.url))
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


def _conditions_of(feed: Feed, state: FeedState) -> dict[str, str]:
    """Say what is known of a feed already, for its server to answer that nothing is new."""
    if feed.kind == "sitemap":
        return {}  # that an index of sitemaps is unchanged says nothing of those it names
    kept = {"if-none-match": state.etag, "if-modified-since": state.last_modified}
    told = {name: value.partition(READ_AS) for name, value in kept.items()}
    # What was read in another manner is to be read again.
    return {name: value for name, (value, _, manner) in told.items() if value and manner == _read_as(feed)}


def _validator(page: Page, name: str, reading: FeedReading) -> str:
    """Give a header of an answer to be kept for the next question, with how the feed was read."""
    value, manner = page.header(name), _read_as(reading.feed)
    # Of a feed that was cut short the rest is wanted next time, so it is asked for in full.
    if reading.is_cut or not value or READ_AS in value:
        return ""
    return f"{value}{READ_AS}{manner}" if manner else value


def _read_as(feed: Feed) -> str:
    """Say what of a feed's settings decides what is read in it; empty where nothing is set."""
    kind = "" if feed.kind == "articles" else feed.kind
    return " ".join(filter(None, (kind, feed.selector, "" if feed.limit is None else str(feed.limit))))


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
                _to_be_read(feed),
                state,
                _answer_to_be_read(feed, page),
                Manner.of(config),
                since=since,
                more=[each.to_be_read if isinstance(each, Page) else each for each in more],
            )
            return _as_asked(await asyncio.wrap_future(call), feed, page)
        except BrokenExecutor:
            # It may have died of another feed, or been killed by someone else: one more try.
            error = FeedError(feed.url, "reading it killed the process twice")
        except (TimeoutError, MemoryError) as lost:
            error = FeedError(feed.url, f"reading it {lost}")
            break
    return FeedReading(feed, state, page, since=since, error=error)


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


def _to_be_read(feed: Feed) -> Feed:
    """Give what reading its answer takes of a feed: nothing that it is asked with leaves this process."""
    return replace(
        feed, url=secretless_url(feed.url), headers=(), cookie="", password="", senders=(), tags=()
    )


def _answer_to_be_read(feed: Feed, page: Page) -> Page:
    answer = page.to_be_read
    # Of a page with links its own address is compared with theirs.
    own = answer.final_url if feed.kind == "page" else secretless_url(answer.final_url)
    return replace(answer, url=secretless_url(answer.url), final_url=own)


def _as_asked(reading: FeedReading, feed: Feed, page: Page) -> FeedReading:
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
        problem="; ".join(filter(None, (_problem(parsed), _without_address(entries, feed), _hidden(links)))),
        is_cut=parsed.is_cut,
    )


def _problem(parsed: ParsedFeed) -> str:
    return f"cut short: {parsed.problem}" if parsed.is_cut else parsed.problem


def _without_address(entries: Sequence[FeedEntry], feed: Feed) -> str:
    """Name the entries that lead nowhere: they give no article. Of a roundup's, their links matter."""
    lost = [entry.title or "untitled" for entry in entries if not entry.url]
    if not lost or feed.kind != "articles":
        return ""
    named = ", ".join(f"'{title}'" for title in lost[:MAX_NAMED])
    more = f" and {len(lost) - MAX_NAMED} more" if len(lost) > MAX_NAMED else ""
    return f"{counted(len(lost), 'entry', 'entries')} without an address left out: {named}{more}"


def _hidden(links: Sequence[Link]) -> str:
    """Say how many addresses lead to no article, and what to use instead."""
    reasons = Counter(reason for link in links if (reason := hidden_by(link.url)))
    return "; ".join(f"{counted(count, 'link', 'links')}: {reason}" for reason, count in reasons.items())


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
    raise NothingReachedError(
        f"none of the {len(readings)} feeds could be reached ({address}: {first}), so nothing "
        "was changed; to see digest at work without a network: make demo"
    )


def keep_reading(reading: FeedReading, store: Store, *, now: datetime) -> FeedHealth:
    """Keep what a feed gave, or that it gave nothing, and say how it does."""
    feed, page, error = reading.feed, reading.page, reading.error
    title = feed.title or reading.title or store.links.known_title(feed.url)
    title = shown_text(title or feed.url)
    if error is not None or page is None:
        reason = error.reason if error else "no answer"
        since = store.links.save_broken(feed.url, reason, now=now)
        health = FeedHealth(
            feed.url, title, "broken", problem=reason, broken_since=since, moved_to=reading.moved_to
        )
    elif page.status == 304:
        store.links.save_unchanged(feed.url, moved_to=reading.moved_to, now=now)
        health = FeedHealth(feed.url, title, "unchanged", moved_to=reading.moved_to)
    else:
        notes = _odd_dates(reading, store)
        # Before the links, which no one else could be asked for.
        for pdf in reading.pdfs:
            store.pages.save(pdf)
        new = store.links.save_read(
            feed.url,
            reading.links,
            title=title,
            etag=_validator(page, "etag", reading),
            last_modified=_validator(page, "last-modified", reading),
            moved_to=reading.moved_to,
            now=now,
            too_old=reading.too_old,
            too_many=reading.too_many,
        )
        # After the links, so that a mail counts as read only when they are kept.
        for text in reading.texts:
            store.pages.save(text)
        store.pages.refuse_mails(dict(reading.refused), now=now)
        health = FeedHealth(
            feed.url, title, "ok", new, problem=reading.problem, moved_to=reading.moved_to, notes=notes
        )
    # Whatever the feed answered, what an earlier run left out comes in when the window reaches it.
    taken = store.links.take_left_out(feed.url, **_window(reading))
    return replace(health, new_links=health.new_links + taken, left_out=store.links.count_left_out(feed.url))


def _window(reading: FeedReading) -> dict[str, Any]:
    limit = reading.feed.limit
    return {
        "since": reading.since,
        "limit": None if limit is None else max(limit - reading.chosen, 0),
        "is_roundup": reading.feed.kind == "roundup",
    }


def _odd_dates(reading: FeedReading, store: Store) -> tuple[str, ...]:
    """Say which entries have dates that may be wrong; each once, when the feed first gives it."""
    feed = reading.feed
    if feed.kind in ("sitemap", "page"):
        return ()  # they list old pages as well, and change
    fresh = {
        link.url
        for link in store.links.unseen(feed.url, [*reading.links, *reading.too_old, *reading.too_many])
    }
    off = [link for link in reading.far_off if link.url in fresh]
    notes = []
    if off:
        notes.append(f"dated far from the feed's other entries: {_named(off, feed)}")
    if reading.state.remembers and (read_at := reading.state.read_at):
        rest = fresh - {link.url for link in off}
        late = [link for link in reading.too_old if _is_before(link, read_at)]
        late += [link for link in reading.links if _is_before(link, read_at - LATE)]
        if late := [link for link in late if link.url in rest]:
            notes.append(f"given for the first time with an old date: {_named(late, feed)}")
    return tuple(notes)


def _is_before(link: Link, moment: datetime) -> bool:
    return link.latest is not None and link.latest < moment


def _named(links: Sequence[Link], feed: Feed) -> str:
    """Name the entries that links are of, with their dates."""
    names = {
        (link.origin.url if feed.kind == "roundup" else link.url): (
            link.origin.title if feed.kind == "roundup" else link.title or shown_url(link.url),
            link.published,
        )
        for link in links
    }
    said = [f"'{name}' ({published:%Y-%m-%d})" for name, published in names.values() if published]
    more = [f"and {len(said) - MAX_NAMED} more"] if len(said) > MAX_NAMED else []
    return ", ".join([*said[:MAX_NAMED], *more])


def notes_on(health: Sequence[FeedHealth]) -> list[str]:
    """Say for the report what the feeds gave and the run left out, and what is odd about their dates."""
    left_out = sorted((feed for feed in health if feed.left_out), key=lambda feed: -feed.left_out)
    notes = []
    if left_out:
        total = counted(sum(feed.left_out for feed in left_out), "link", "links")
        each = ", ".join(f"{feed.title} {feed.left_out:,}" for feed in left_out[:MAX_LISTED])
        more = f" and {len(left_out) - MAX_LISTED} more feeds" if len(left_out) > MAX_LISTED else ""
        notes.append(f"left out by date: {total} ({each}{more}); they come in when --since reaches them")
    return notes + [f"{feed.title}: {note}" for feed in health for note in feed.notes]


def would_fetch(readings: Sequence[FeedReading], store: Store, *, now: datetime) -> list[str]:
    """List the addresses a run would ask for, in its order: what waits already, then what the feeds gave."""
    known = store.links.known_keys()
    waiting = {
        address_key(stored.link.url): stored.link.url
        for stored in store.links.pending(max_tries=MAX_TRIES, retry_before=now)
    }
    for reading in readings:
        for link in (*reading.links, *store.links.left_out(reading.feed.url, **_window(reading))):
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
