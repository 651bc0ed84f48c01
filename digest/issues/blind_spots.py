"""What an issue does not show: what its runs dropped, feeds gone quiet, themes one publisher tells alone."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from digest.issues.output_paths import blind_spots_file
from digest.issues.pages.admit import admit
from digest.issues.pages.blind_spots import render_blind_spots
from digest.issues.shown_issues import Shown
from digest.language.addresses import host
from digest.language.secrecy import shown_text, shown_url
from digest.records import Dropped, Feed
from digest.store import Store
from digest.workspace.files import keep_private, remove, write_text

QUIET = timedelta(days=28)
"""A feed without a new article for so long is named: a monthly one has had its turn by then."""

MIN_ALONE = 2
"""Entries from which a theme told by one publisher is a blind spot: of one entry nothing else can be so."""


@dataclass(frozen=True)
class QuietFeed:
    """A feed that has not brought an article for long."""

    feed: str
    """Its title, or its address where it has none."""
    since: datetime | None
    """When the last of its articles came in; None for never."""
    problem: str = ""
    """What is wrong with it, where it cannot be read."""


@dataclass(frozen=True)
class BlindSpots:
    """What an editor cannot see in the issue itself."""

    issue: str
    dropped: tuple[tuple[str, tuple[Dropped, ...]], ...]
    """By stage and reason, those of most losses first."""
    quiet: tuple[QuietFeed, ...]
    alone: tuple[tuple[str, str, int], ...]
    """(theme, publisher, entries) of themes of the archive that one publisher tells alone; it is named by its
    feed's title, else by its host."""
    without_change: tuple[tuple[str, str], ...]
    """(title, what became of it) of articles of this issue that report no change."""


@dataclass(frozen=True)
class LeftOut:
    """How it is told what an issue leaves out."""

    feeds: Sequence[Feed]
    """Those of feeds.yaml."""
    for_readers: bool = False
    """Whether it is published with the issue; the editor is told anyway."""


def blind_spots(
    store: Store,
    issue: str,
    feeds: Sequence[Feed],
    published: Shown,
    *,
    now: datetime,
) -> BlindSpots:
    """Gather what an issue leaves out.

    Args:
        store: The archive.
        issue: Its name.
        feeds: Those of feeds.yaml.
        published: All that was published, this issue included where it is.
        now: Aware, UTC.
    """
    lost: dict[str, Dropped] = {}
    for report in store.drafts.reports_of(issue):
        lost |= {each.url: each for each in report.dropped}
    return BlindSpots(
        issue,
        _by_reason(tuple(lost.values())),
        _quiet(store, feeds, now=now),
        _alone(published, _titles(store, feeds)),
        _without_change(store, issue, published.places),
    )


def write_blind_spots(
    store: Store, output: Path, issue: str, told: LeftOut, published: Shown, *, now: datetime
) -> None:
    """Write what an issue leaves out: beside the report for the editor, and for readers where wished."""
    page = render_blind_spots(blind_spots(store, issue, told.feeds, published, now=now))
    if not told.for_readers:
        # Published before, and not wished any more.
        remove(blind_spots_file(output, issue, for_readers=True), within=output)
    for wished in (False, True)[: 1 + told.for_readers]:
        path = blind_spots_file(output, issue, for_readers=wished)
        write_text(path, page, within=output, is_private=not wished)
        if not wished:
            keep_private(path.parent)


def _by_reason(dropped: Collection[Dropped]) -> tuple[tuple[str, tuple[Dropped, ...]], ...]:
    groups: dict[str, list[Dropped]] = defaultdict(list)
    for each in dropped:
        groups[shown_text(f"{each.stage}: {each.reason}")].append(each)
    ranked = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return tuple((reason, tuple(each)) for reason, each in ranked)


def _quiet(store: Store, feeds: Sequence[Feed], *, now: datetime) -> tuple[QuietFeed, ...]:
    last = store.links.last_articles()
    found = []
    for feed in feeds:
        state, at = store.links.state(feed.url), last.get(feed.url)
        if at is not None and now - at < QUIET and not state.broken_since:
            continue
        name = shown_text(store.links.known_title(feed.url)) or shown_url(feed.url)
        problem = f"cannot be read since {state.broken_since:%Y-%m-%d}" if state.broken_since else ""
        found.append(QuietFeed(name, at, problem))
    return tuple(found)


def _titles(store: Store, feeds: Sequence[Feed]) -> dict[str, str]:
    """Give the titles of feeds by their hosts; a host of feeds of several titles publishes for others."""
    titles: dict[str, set[str]] = defaultdict(set)
    for feed in feeds:
        titles[host(feed.url)].add(admit(shown_text(store.links.known_title(feed.url))))
    return {name: title for name, known in titles.items() if len(known) == 1 for title in known if title}


def _alone(published: Shown, titles: Mapping[str, str]) -> tuple[tuple[str, str, int], ...]:
    telling: dict[str, Counter[str]] = defaultdict(Counter)
    written: dict[str, str] = {}
    for each in (each for issue in published.issues for each in issue.entries):
        for key, theme in dict(each.themes).items():
            telling[key].update(set(each.counted.publishers))
            written.setdefault(key, theme)
    lone = [
        (written[key], titles.get(name, name), count)
        for key, names in telling.items()
        if len(names) == 1
        for name, count in names.items()
        if count >= MIN_ALONE
    ]
    return tuple(sorted(lone, key=lambda each: (-each[2], each[0])))


def _without_change(store: Store, issue: str, published: Collection[str]) -> tuple[tuple[str, str], ...]:
    rows = store.drafts.drafts(issue=issue)
    without = store.articles.without_change([row.id for row in rows])
    return tuple(
        (shown_text(row.title), "published" if row.id in published else row.status)
        for row in rows
        if row.id in without
    )
