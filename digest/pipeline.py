"""The weekly batch: the stages in order, from feeds.yaml to drafts and a report of what came in."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from digest.analysis import Library
from digest.feeds.asking import credentials_by_feed, politeness_of, raise_if_unreachable, read_feeds
from digest.feeds.keeping import MAX_TRIES, keep_reading, notes_on
from digest.feeds.reading import FeedReading
from digest.intake import ArticleReader, Intake, ModelAnalyzer, Progress
from digest.issues.decisions import carry_over, issue_for_run, read_statuses
from digest.issues.draft_checks import check_drafts, lines_of, newer
from digest.issues.draft_files import find_drafts
from digest.issues.drafting import write_drafts
from digest.issues.known_drafts import KnownDrafts
from digest.issues.output_paths import report_file
from digest.issues.pages import render_report, render_to_mend, shown_report
from digest.issues.publishable import unchecked, unreadable
from digest.issues.publishing import withdraw_rejected
from digest.issues.source_checks import noticed
from digest.language.counts import counted
from digest.language.secrecy import shown_text
from digest.language_model.telling import notes_of
from digest.ports import Embedder, Fetcher, Mailboxes, Videos
from digest.records import DraftRow, Dropped, RunReport, StageTime
from digest.records.plain_values import to_json
from digest.refilling import complete_replaced
from digest.store import Store
from digest.stories.placing import (
    already_carried,
    group_new,
    lost_in_placing,
    place_new,
    unplaced,
    without_change,
)
from digest.workspace.config import Config
from digest.workspace.files import is_there, keep_private, read_text, remove_temporary, write_text


@dataclass(frozen=True)
class Ports:
    """The outside things a run uses."""

    store: Store
    make_fetcher: Callable[[], Fetcher]
    embedder: Embedder
    """The model of the workspace's settings: what is similar."""
    workers: Executor
    analyzer: str
    """Name and version of the analyzer with all it depends on: a cache key."""
    library: Callable[[], Library]
    """Loads themes and patterns with their vectors; asked for only when an article is new."""
    embedding_workers: Callable[[float], Executor] | None = None
    """Gives workers that embed too, with so many seconds more for a call: those of a cluster do. None on this
    machine, where they leave that to the run itself."""
    feed_workers: Executor | None = None
    """Where feeds are read, which takes less time than a page may; None for `workers`."""
    analysis_embedder: Embedder | None = None
    """The model that analyses were learned with; None where `embedder` is that."""
    model: ModelAnalyzer | None = None
    """The language model that analyzes articles; None where the rules do."""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Where secrets that feeds.yaml names are looked up."""
    mailboxes: Mailboxes | None = None
    """Opens mailboxes; None where none is read."""
    make_videos: Callable[[], Videos | None] = lambda: None
    """Gives what is said in videos; None where that is not read."""


@dataclass(frozen=True)
class Options:
    """What the caller of a run chose."""

    issue: str = ""
    """Empty for the newest unpublished one."""
    since: datetime | None = None
    """Feed entries dated before this moment are left out; None for all."""
    limit: int | None = None
    """At most so many links are worked on."""
    refreshes_analyses: bool = False
    """Whether the pending drafts of open issues are analyzed anew."""


def run(
    config: Config, ports: Ports, output: Path, options: Options, *, now: datetime, progress: Progress
) -> RunReport:
    """Run the whole batch.

    Args:
        config: The workspace's settings.
        ports: The outside things.
        output: The workspace's output folder.
        options: What the caller chose.
        now: Aware, UTC.
        progress: Told of what is done.

    Raises:
        DigestError: no feed could be reached (and nothing was changed), or half of the issue's draft files or
            more are gone.
    """
    clock = _Clock()
    store = ports.store
    readings = _ask_feeds(config, ports, since=options.since)
    known = KnownDrafts(store)
    issue = issue_for_run(known.issues, options.issue, time_zone=config.newsletter.time_zone, now=now)
    interrupted = _interrupted(store, output)
    number = store.drafts.start_run(issue, now=now)
    health = [keep_reading(reading, store, now=now) for reading in readings]
    clock.note("collect", new := sum(feed.new_links for feed in health), new)
    intake = take_in_pending(config, ports, options, known, now=now, progress=progress)
    clock.skip()
    language, drafts_all = config.newsletter.language, _drafts_all(config)
    fresh = place_new(store, language=language, drafts_all=drafts_all, without=intake.unanalyzed)
    clock.note("dedupe", len(fresh.judged), len(fresh.originals))
    changed = noticed(store, output, ports.workers, since=now)
    stories = group_new(store, ports.embedder.model_id, fresh.originals)
    carried = already_carried(store, fresh.originals, rows=known.rows.values(), published=known.published)
    clock.note("group", len(fresh.originals), len(fresh.originals) - len(carried))

    made = _draft(config, ports, output, issue, known, now=now)
    skipped = without_change(store, fresh.originals) if _skips(config) else ()
    clock.note("draft", len(made.drafts) + len(skipped), len(made.drafts))
    dropped = (*intake.dropped, *fresh.dropped, *carried, *skipped)
    earlier = lost_before(store, interrupted, dropped, config, known) if interrupted else ()
    report = shown_report(
        RunReport(
            issue=issue,
            started=now,
            feeds=tuple(health),
            stages=_stages(clock.lines, intake),
            dropped=(*dropped, *earlier),
            stories=stories,
            drafts=tuple((draft.id, draft.title) for draft in made.drafts),
            draft_files=tuple(made.files),
            draft_reasons=tuple(draft.why for draft in made.drafts),
            failed_checks=made.failed_checks,
            notes=tuple(
                dict.fromkeys(
                    (
                        *_interruption(interrupted),
                        *changed,
                        *notes_on(health),
                        *model_notes(ports, intake),
                        *made.notes,
                    )
                )
            ),
        )
    )
    keep_report(report, output)
    store.drafts.finish_run(number, to_json(report), now=now + clock.since_start())
    return report


def model_notes(ports: Ports, intake: Intake) -> list[str]:
    """Say what a language model was asked, what its answers were worth, and what the rules did instead."""
    if ports.model is None:
        return []
    by_rules = (
        f"{counted(number, 'article', 'articles')} analyzed by the rules: {reason}"
        for reason, number in sorted(intake.by_rules.items())
    )
    problem = [f"not handed over: {intake.problem}"] if intake.problem else []
    return [*notes_of(ports.model.counts(), ports.model.name), *problem, *by_rules]


def _ask_feeds(config: Config, ports: Ports, *, since: datetime | None) -> list[FeedReading]:
    """Read every feed, each where it stood; refuses a run in which none answers."""
    readings = asyncio.run(
        read_feeds(
            config,
            {feed.url: ports.store.links.state(feed.url) for feed in config.feeds},
            ports.make_fetcher,
            since=since,
            workers=ports.feed_workers or ports.workers,
            mailboxes=ports.mailboxes,
            known_mails=ports.store.pages.known_mails(),
            environ=ports.environ,
        )
    )
    raise_if_unreachable(readings)
    return readings


def _interrupted(store: Store, output: Path) -> datetime | None:
    """When the first run began that never ended, after clearing away what a killed one left half-written."""
    if (last := store.drafts.last_run()) and last[1] is None:
        remove_temporary(output)
    return store.drafts.interrupted_since()


def _interruption(since: datetime | None) -> tuple[str, ...]:
    """The note of a report that lists what an interrupted run had lost."""
    if not since:
        return ()
    return (f"the run of {since:%Y-%m-%d %H:%M} UTC was interrupted; what it had lost is listed here",)


@dataclass(frozen=True)
class _Drafted:
    """What became of the issue's drafts."""

    drafts: Sequence[DraftRow]
    files: Sequence[str]
    """Their names, draft by draft."""
    failed_checks: tuple[str, ...]
    notes: tuple[str, ...]
    """What was decided meanwhile, and files that cannot be used."""


def _draft(
    config: Config, ports: Ports, output: Path, issue: str, known: KnownDrafts, *, now: datetime
) -> _Drafted:
    """Note what editors decided since the last run, make and renew drafts, and check them all."""
    store = ports.store
    carried_over = carry_over(store, output, to=issue, now=now, known=known)
    files = read_statuses(store, output, issue, now=now, known=known)
    withdrawn = _take_back(config, store, output, known, now=now)
    written = write_drafts(
        store,
        output,
        issue,
        model_id=ports.embedder.model_id,
        min_similarity=config.settings.min_similarity,
        now=now,
        skips_without_change=_skips(config),
        suggestions=config.settings.suggestions,
        known=known,
        files=files,
    )
    drafts = sorted(written, key=lambda row: -row.worth)
    # Read again: what the checks judge is what stands in the files.
    after = find_drafts(store, output, issue, known=known)
    # A file of no draft may have become one's: a run was killed before it noted it.
    unusable = [
        each.message for each in (*files.problems, *after.problems) if each.id or each in after.problems
    ]
    failed = tuple(
        line
        for each, checked in check_drafts(store, after.found).items()
        for line in lines_of(after.found[each], newer(checked))
    )
    names = [
        after.found[draft.id].path.name if draft.id in after.found else f"{draft.id}.md" for draft in drafts
    ]
    faults = [line for lines in unreadable(after.found).values() for line in lines]
    notes = (*carried_over, *files.notes, *withdrawn, *unusable, *faults, *unchecked(after.found))
    return _Drafted(drafts, names, failed, notes)


def lost_before(
    store: Store, started: datetime, dropped: Sequence[Dropped], config: Config, known: KnownDrafts
) -> tuple[Dropped, ...]:
    """Find what runs lost that were interrupted before they could report it.

    It is read from what they left behind, so that it does not matter where they stopped.

    Args:
        store: The archive, after this run's own stages.
        started: When the first of those runs began.
        dropped: This run's own losses.
        config: The workspace's settings.
        known: The archive's issues and drafts.
    """
    told = {each.url for each in dropped}
    placed = lost_in_placing(
        store,
        started,
        language=config.newsletter.language,
        drafts_all=_drafts_all(config),
        rows=known.rows.values(),
        published=known.published,
    )
    skipped = without_change(store, store.articles.taken_since(started)) if _skips(config) else ()
    lost = {each.url: each for each in (*store.links.losses_since(started), *placed, *skipped)}
    return tuple(each for url, each in lost.items() if url not in told)


def _take_back(config: Config, store: Store, output: Path, known: KnownDrafts, *, now: datetime) -> list[str]:
    """Withdraw what was rejected by hand after it was published, in the newest issue; says what was done."""
    newest = max(known.published, default="")
    if not newest:
        return []
    told: list[str] = []
    read_statuses(store, output, newest, now=now, known=known)
    withdraw_rejected(
        store,
        output,
        config.newsletter,
        now=now,
        tell=told.append,
        known=known,
    )
    return told


def reader_of(config: Config, ports: Ports, *, now: datetime, progress: Progress) -> ArticleReader:
    """Make what turns links into articles with vectors and analyses."""
    return ArticleReader(
        ports.store,
        ports.embedder,
        ports.library,
        ports.workers,
        analysis_embedder=ports.analysis_embedder,
        analyzer=ports.analyzer,
        language=config.newsletter.language,
        includes_other_languages=_drafts_all(config),
        now=now,
        progress=progress,
        model=ports.model,
        embedding_workers=ports.embedding_workers,
    )


def take_in_pending(
    config: Config,
    ports: Ports,
    options: Options,
    known: KnownDrafts,
    *,
    now: datetime,
    progress: Progress,
) -> Intake:
    """Work on every link that waits, and on what an earlier run left half done."""
    store = ports.store
    reader = reader_of(config, ports, now=now, progress=progress)
    outdated = outdated_drafts(store, known, "" if options.refreshes_analyses else ports.analyzer)
    unfinished = {*unplaced(store), *outdated}
    pending = store.links.pending(max_tries=MAX_TRIES, retry_before=now)[: options.limit]
    complete_replaced(store, reader=reader)
    if unfinished:
        anew = outdated if options.refreshes_analyses else ()
        reader.complete(list(store.articles.get(unfinished).values()), anew=anew)
    if pending:
        reader.take_in(
            pending,
            fetcher=ports.make_fetcher(),
            politeness=politeness_of(config),
            access=credentials_by_feed(config, ports.environ)[0],
            takes_copies=config.settings.wayback,
            videos=ports.make_videos(),
        )
    if ports.model:
        reader.intake.problem = ports.model.finish()
    return reader.intake


def outdated_drafts(store: Store, known: KnownDrafts, analyzer: str) -> list[str]:
    """Give the pending drafts of open issues that another analyzer made: the prompt files were edited since.

    Without the analyzer's name all of them: they are to be analyzed anew.
    """
    pending = [row.id for row in known.rows.values() if row.issue in known.open and row.status == "pending"]
    analyses = store.articles.analyses_for(pending)
    return [each for each in pending if each in analyses and analyses[each].analyzer != analyzer]


class _Clock:
    """Takes the time between notes."""

    def __init__(self) -> None:
        self._first = self._last = perf_counter()
        self.lines: list[StageTime] = []

    def note(self, stage: str, taken: int, kept: int) -> None:
        """Add a line for what happened since the last note."""
        now = perf_counter()
        self.lines.append(StageTime(stage, taken, kept, taken - kept, round(now - self._last, 2)))
        self._last = now

    def skip(self) -> None:
        """Start anew without a line."""
        self._last = perf_counter()

    def since_start(self) -> timedelta:
        """Give the time since it was made."""
        return timedelta(seconds=perf_counter() - self._first)


def _stages(lines: Sequence[StageTime], intake: Intake) -> tuple[StageTime, ...]:
    collect, *rest = lines
    return (collect, *intake.stages(), *rest)


def keep_report(report: RunReport, output: Path) -> None:
    """Write what the run did, above what earlier runs on the issue did; without news, leave those alone."""
    path = report_file(output, report.issue)
    keep_private(path.parent)
    is_news = report.dropped or report.drafts or any(feed.new_links or feed.notes for feed in report.feeds)
    if not is_there(path):
        write_text(path, render_report(report), within=output, is_private=True)
        return
    # Earlier versions wrote addresses with all that is in them.
    before, to_mend = shown_text(read_text(path)), render_to_mend(report)
    if is_news or to_mend not in before.partition("\n\n---\n\n")[0]:
        text = f"{render_report(report).rstrip()}\n\n---\n\n{before}"
        write_text(path, text, within=output, is_private=True)


def _skips(config: Config) -> bool:
    return config.settings.drafts_without_change == "skip"


def _drafts_all(config: Config) -> bool:
    return config.settings.drafts_in_other_languages
