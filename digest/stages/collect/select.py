"""Which of a feed's entries a run takes up, and which of its dates are odd."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median_low
from typing import Protocol

from digest.records import Feed, FeedEntry, ParsedFeed

_NEWEST = datetime.max.replace(tzinfo=UTC)


# A gap between dates is a break where it is so many times the usual one, and so many days at least: a weekly
# feed that pauses for a summer has none, one that dates an entry a year off has. Chosen so that of the 84
# development feeds only those break that do by eye (28 November 2026); look at those before changing it.
_BREAK_TIMES, _BREAK = 10, timedelta(days=60)


class FirstRunLimits(Protocol):
    """The settings that matter here."""

    @property
    def articles_per_feed_first_run(self) -> int:
        """At most this many feed entries when a feed is met for the first time."""
        ...

    @property
    def issues_per_roundup_first_run(self) -> int:
        """At most this many issues when a roundup is met for the first time."""
        ...


def select_entries(
    parsed: ParsedFeed,
    feed: Feed,
    *,
    since: datetime | None,
    is_first_run: bool,
    settings: FirstRunLimits,
) -> list[FeedEntry]:
    """Choose the feed entries that are new enough, the newest of them where there are too many.

    Entries without a date count as new: a feed that gives none would else never be read. Those taken up in
    an earlier run are recognised later, by the links' ids.

    Args:
        parsed: The feed as it was read.
        feed: Its line in feeds.yaml; its limit holds in every run.
        since: Entries dated before it are left out; None for no bound.
        is_first_run: The feed has never been read before.
        settings: The limits for a first run.

    Returns:
        The chosen entries, in the feed's order.
    """
    entries = list(enumerate(parsed.entries))
    if since is not None:
        entries = [(place, entry) for place, entry in entries if not is_too_old(entry, since=since)]
    limits = [feed.limit] if feed.limit is not None else []
    if is_first_run:
        is_roundup = feed.kind == "roundup"
        limits.append(
            settings.issues_per_roundup_first_run if is_roundup else settings.articles_per_feed_first_run
        )
    if limits:
        # Feeds mostly begin with the newest, so the feed's order decides between equal or missing dates.
        newest = sorted(entries, key=lambda row: row[1].published or _NEWEST, reverse=True)
        entries = sorted(newest[: min(limits)], key=lambda row: row[0])
    return [entry for _, entry in entries]


def is_too_old(entry: FeedEntry, *, since: datetime | None) -> bool:
    """Say whether an entry cannot be of the window; one without a date always may be."""
    return since is not None and entry.latest is not None and entry.latest < since


def far_off(entries: Sequence[FeedEntry]) -> list[FeedEntry]:
    """Find the entries whose dates lie far off the others'.

    Where breaks part a feed's dates, those outside the largest part are far off, if they are a third of all
    at most.
    """
    dated = sorted(
        ((entry.published, place) for place, entry in enumerate(entries) if entry.published is not None)
    )
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(dated)]
    if len(gaps) < 2:
        return []
    widest = max(_BREAK, _BREAK_TIMES * median_low(gaps))
    parts = [[dated[0][1]]]
    for gap, (_, place) in zip(gaps, dated[1:], strict=True):
        if gap >= widest:
            parts.append([])
        parts[-1].append(place)
    largest = max(parts, key=len)
    off = sorted({place for _, place in dated} - set(largest))
    return [entries[place] for place in off] if 3 * len(off) <= len(dated) else []
