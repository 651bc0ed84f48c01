"""Which of a feed's entries a run takes up."""

from datetime import UTC, datetime
from typing import Protocol

from digest.records import Feed, FeedEntry, ParsedFeed

_NEWEST = datetime.max.replace(tzinfo=UTC)


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
        entries = [
            (place, entry) for place, entry in entries if not entry.latest or entry.latest >= since
        ]
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
