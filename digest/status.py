"""How a workspace stands: its last runs, and what in it waits for a person or a later run."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.feeds.keeping import MAX_TRIES
from digest.language.counts import counted
from digest.language.secrecy import shown_url
from digest.records import RunRow
from digest.store import Store

RUN = "digest run"
"""What the lock says of a run that is at work; others who hold it write drafts, an issue or a backup."""

LAST_RUNS = 3
"""Runs that are shown."""

LONG_BROKEN = timedelta(days=7)
"""A feed that could not be read for so long has moved or ended more likely than not."""

SHOWN_FEEDS = 5
"""Broken feeds that are named."""


@dataclass(frozen=True)
class IssueState:
    """An issue that is being edited, or the newest published one."""

    name: str
    published_at: datetime | None
    drafts: dict[str, int]
    """How many have which status."""


@dataclass(frozen=True)
class Status:
    """How a workspace stands."""

    articles: int
    runs: tuple[RunRow, ...]
    """The last ones, newest first."""
    issues: tuple[IssueState, ...]
    stuck: tuple[str, ...]
    """What waits, a sentence each with the next step."""


def is_run(holder: str) -> bool:
    """Tell whether who holds the lock is a run."""
    return holder.startswith(f"{RUN} (")


def status_of(store: Store, feeds: Collection[str], *, now: datetime, holder: str = "") -> Status:
    """Look at the archive; changes nothing.

    Args:
        store: The archive.
        feeds: Addresses of those that are read.
        now: Aware, UTC.
        holder: Who is at work, on whatever machine: what is half done is no sign of a stop then. Empty for
            nobody.
    """
    return Status(
        articles=store.articles.count(),
        runs=tuple(store.drafts.last_runs(LAST_RUNS)),
        issues=tuple(_issues(store)),
        stuck=(*_stopped(store, holder, now=now), *_broken(store, feeds, now=now)),
    )


def _issues(store: Store) -> Iterator[IssueState]:
    is_first = True
    for name, published_at in store.drafts.issues():
        if published_at and not is_first:
            continue
        is_first = is_first and not published_at
        states = Counter(row.status for row in store.drafts.drafts(issue=name))
        yield IssueState(name, published_at, dict(sorted(states.items())))


def _stopped(store: Store, holder: str, *, now: datetime) -> Iterator[str]:
    """What somebody began and did not end."""
    if not is_run(holder):
        yield from _left_by_runs(store, now=now)
    # Whoever is at work may be in the middle of one; a run too, which notes what became of draft files.
    for step in () if holder else store.history.open_steps():
        what = f"{step.kind} of {step.issue}" if step.issue else step.kind
        yield f"{what} was stopped on {step.at:%Y-%m-%d %H:%M} UTC: the same command again does the rest"


def _left_by_runs(store: Store, *, now: datetime) -> Iterator[str]:
    if since := store.drafts.interrupted_since():
        yield f"the run of {since:%Y-%m-%d %H:%M} UTC did not end: digest run goes on from there"
    if waiting := len(store.drafts.unplaced()):
        yield f"{counted(waiting, 'article waits', 'articles wait')} for analysis or a story: digest run"
    if pending := len(store.links.pending(max_tries=MAX_TRIES, retry_before=now)):
        yield f"{counted(pending, 'page waits', 'pages wait')} for another try: digest run"


def _broken(store: Store, feeds: Collection[str], *, now: datetime) -> Iterator[str]:
    broken = store.links.broken_before(now - LONG_BROKEN)
    named = [(url, since) for url, since in broken.items() if url in feeds]
    for url, since in named[:SHOWN_FEEDS]:
        yield f"{shown_url(url)}: cannot be read since {since:%Y-%m-%d}: digest feeds check"
    if len(named) > SHOWN_FEEDS:
        more = counted(len(named) - SHOWN_FEEDS, "more feed", "more feeds")
        yield f"and {more} for over {LONG_BROKEN.days} days: digest feeds check"
