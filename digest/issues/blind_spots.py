"""What an issue does not show: what its runs dropped, feeds gone quiet, themes one publisher tells alone."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from digest.issues.issue_files import IssueFiles
from digest.issues.issue_names import issue_day
from digest.issues.output_paths import blind_spots_file
from digest.issues.pages.admit import admit
from digest.issues.pages.blind_spots import render_blind_spots, render_blind_spots_html
from digest.issues.shown_issues import Shown
from digest.language.addresses import host
from digest.language.secrecy import shown_text, shown_url
from digest.records import Dropped, Feed
from digest.store import Store
from digest.workspace.files import keep_private, write_text

QUIET = timedelta(days=28)
"""A feed without a new article for so long is named: a monthly one has had its turn by then."""

PLAINLY = {
    "fetch": "The page could not be fetched",
    "extract": "No article could be read from the page",
    "analyze": "The article could not be analyzed",
}
"""What a stage's losses are to somebody who does not know the stages; of others the reason says it all."""

AFTER_REASON = {"dedupe": "; archived, no draft", "draft": "; settings."}
"""What stands in the reason of a stage's losses for who keeps the archive alone, from here on."""

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
    until: datetime
    """The end of the day on which it was last gathered for the issue: what came later is another issue's."""
    without_change: tuple[tuple[str, str], ...]
    """(title, what became of it) of articles of this issue that report no change."""


@dataclass(frozen=True)
class LeftOut:
    """How it is told what an issue leaves out."""

    feeds: Sequence[Feed]
    """Those of feeds.yaml."""
    for_readers: bool = False
    """Whether it is published with the issue; the editor is told anyway."""
    language: str = "en"
    """The newsletter's, ISO 639-1."""


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
    until = issue_day(issue) or now
    for report in store.drafts.reports_of(issue):
        lost |= {each.url: each for each in report.dropped}
        until = report.started
    until = min(until.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1), now)
    return BlindSpots(
        issue,
        _by_reason(tuple(lost.values())),
        _quiet(store, feeds, until=until),
        _alone(published, _titles(store, feeds), up_to=issue),
        until,
        _without_change(store, issue, published.places),
    )


def write_blind_spots(
    store: Store,
    output: Path,
    writer: IssueFiles,
    issue: str,
    told: LeftOut,
    published: Shown,
    *,
    now: datetime,
) -> None:
    """Write what an issue leaves out: beside the report for the editor, and for readers where wished."""
    found = blind_spots(store, issue, told.feeds, published, now=now)
    path = blind_spots_file(output, issue)
    write_text(path, render_blind_spots(found), within=output, is_private=True)
    keep_private(path.parent)
    if told.for_readers:
        page = render_blind_spots_html(found, language=told.language)
        writer.write_left_out(issue, render_blind_spots(found, back=f"{issue}.md"), page)
    else:
        writer.write_left_out(issue, "", "")


def _by_reason(dropped: Collection[Dropped]) -> tuple[tuple[str, tuple[Dropped, ...]], ...]:
    groups: dict[str, list[Dropped]] = defaultdict(list)
    for each in dropped:
        groups[shown_text(in_words(each))].append(each)
    ranked = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return tuple((reason, tuple(each)) for reason, each in ranked)


def in_words(lost: Dropped) -> str:
    """Say why something was dropped, in words that need no knowledge of the stages."""
    reason = lost.reason
    if lost.stage in AFTER_REASON:
        # What follows is what the archive made of it.
        reason = reason.partition(AFTER_REASON[lost.stage])[0]
    told = f"{PLAINLY[lost.stage]}: {reason}" if PLAINLY.get(lost.stage) else reason
    return told[:1].upper() + told[1:]


def _quiet(store: Store, feeds: Sequence[Feed], *, until: datetime) -> tuple[QuietFeed, ...]:
    last = store.links.last_articles(until=until)
    found = []
    for feed in feeds:
        state, at = store.links.state(feed.url), last.get(feed.url)
        broken = state.broken_since if state.broken_since and state.broken_since <= until else None
        if at is not None and until - at < QUIET and not broken:
            continue
        name = shown_text(store.links.known_title(feed.url)) or shown_url(feed.url)
        problem = f"cannot be read since {broken.day} {broken:%B %Y}" if broken else ""
        found.append(QuietFeed(name, at, problem))
    return tuple(found)


def _titles(store: Store, feeds: Sequence[Feed]) -> dict[str, str]:
    """Give the titles of feeds by their hosts; a host of feeds of several titles publishes for others."""
    titles: dict[str, set[str]] = defaultdict(set)
    for feed in feeds:
        titles[host(feed.url)].add(admit(shown_text(store.links.known_title(feed.url))))
    return {name: title for name, known in titles.items() if len(known) == 1 for title in known if title}


def _alone(published: Shown, titles: Mapping[str, str], *, up_to: str) -> tuple[tuple[str, str, int], ...]:
    telling: dict[str, Counter[str]] = defaultdict(Counter)
    written: dict[str, str] = {}
    issues = (issue for issue in published.issues if issue.name <= up_to)
    for each in (each for issue in issues for each in issue.entries):
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
