"""Which of a feed's entries a run takes up, and which of its dates are odd."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median_low
from typing import Protocol

from digest.records import Feed, FeedEntry, ParsedFeed

_NEWEST = datetime.max.replace(tzinfo=UTC)


# A gap between dates is a break where it is so many times the usual one, and so many days at least: a weekly
# feed that pauses for a summer has none, one that dates an entry a year off has. Of the 84 development feeds
# four have entries before a break (28 November 2026); look at them again before changing it.
_BREAK_TIMES, _BREAK = 10, timedelta(days=90)
# What the clocks of servers and their time zones may be ahead.
_AHEAD = timedelta(days=2)


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


def far_off(entries: Sequence[FeedEntry], *, now: datetime) -> list[FeedEntry]:
    """Find the entries whose dates lie far off the others'.

    Where breaks part a feed's dates, those outside the largest part are far off, if they are a third of all
    at most. But dates after a break are only so if they are still to come: a feed may go on after a pause.

    Args:
        entries: All of a feed.
        now: When the feed was read.
    """
    dated = sorted(
        ((entry.published, place) for place, entry in enumerate(entries) if entry.published is not None)
    )
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(dated)]
    if len(gaps) < 2:
        return []
    widest = max(_BREAK, _BREAK_TIMES * median_low(gaps))
    parts = [[dated[0]]]
    for gap, row in zip(gaps, dated[1:], strict=True):
        if gap >= widest:
            parts.append([])
        parts[-1].append(row)
    largest = max(parts, key=len)
    outside = [row for part in parts if part is not largest for row in part]
    if 3 * len(outside) > len(dated):
        return []
    return [
        entries[place]
        for place, moment in sorted((place, moment) for moment, place in outside)
        if moment < largest[0][0] or moment > now + _AHEAD
    ]
