"""What the feeds gave -> the archive, and what the run's report says of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from digest.feeds.conditions import validator
from digest.feeds.reading import MAX_NAMED, FeedReading
from digest.language.addresses import address_key
from digest.language.counts import counted
from digest.language.secrecy import shown_text, shown_url
from digest.records import Feed, FeedHealth, Link
from digest.store import Store

LATE = timedelta(days=30)
"""An entry that is taken in all the same has an old date if it is dated so long before the last reading."""

MAX_LISTED = 20
"""Feeds that a note lists with what was left out of them, most first."""

MAX_TRIES = 3
"""Runs that try a page which waiting might mend, before it is left alone."""


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
            etag=validator(page, "etag", feed, is_cut=reading.is_cut),
            last_modified=validator(page, "last-modified", feed, is_cut=reading.is_cut),
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
