"""`digest run`: the weekly batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, language_models, machinery, places, printing
from digest.cli.model_analysis import model_analyzer_of
from digest.cli.model_bound import bound_of_run
from digest.cli.printing import say, show
from digest.language.counts import counted
from digest.language.secrecy import shown_url

if TYPE_CHECKING:
    from digest.pipeline import Options, Ports
    from digest.records import RunReport
    from digest.store import Store
    from digest.workspace.config import Config


def run(
    context: typer.Context,
    issue: Annotated[
        str,
        typer.Option(
            callback=common.issue_name,
            help="The issue to work on, 20261122; default: the newest unpublished one.",
        ),
    ] = "",
    since: Annotated[
        str | None,
        typer.Option(help="How far back by the feeds' dates: 7d, 24h, a date, or all. [default: 7d]"),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Work on at most so many links.")] = None,
    analyzer: Annotated[
        str | None, typer.Option(help="Who analyzes: rules, or model (a language model). [default: rules]")
    ] = None,
    refresh: language_models.Refresh = None,
    batch: language_models.Batch = False,
    ask_again: language_models.AskAgain = False,
    record: language_models.Record = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask the feeds, say what would be fetched, change nothing.")
    ] = False,
    as_json: printing.AsJson = False,
) -> None:
    """Run the weekly batch: feeds to drafts, and a report of what came in and what was dropped."""
    from digest.pipeline import Options
    from digest.workspace.config_values import since_datetime

    folder: Path = context.obj
    config = common.load(folder, since=since, analyzer=analyzer)
    now = common.utc_now()
    options = Options(
        issue=issue,
        since=since_datetime(config.settings.since, now=now),
        limit=limit,
        refreshes_analyses=bool(refresh),
    )
    how = language_models.Asking(bool(refresh), ask_again, record, batch)
    if config.settings.analyzer != "model" and (batch or ask_again or record):
        say(
            "--batch, --ask-again and --record do nothing here: the rules analyze; see --analyzer and "
            "settings.analyzer"
        )
    if dry_run:
        _dry_run(folder, config, options, how, as_json=as_json)
        return
    report = _run(folder, config, options, how)
    if as_json:
        from digest.records.plain_values import to_json

        printing.show_json(to_json(report))
        return
    show(summary_of(report, places.output_of(folder)))


def _run(folder: Path, config: "Config", options: "Options", how: language_models.Asking) -> "RunReport":
    from digest import pipeline
    from digest.feeds import asking
    from digest.status import RUN

    output = places.output_of(folder)
    is_new = not places.has_archive(folder)
    with places.archive(folder, doing=RUN) as store:
        _check_issue(config, options, store)
        now = common.utc_now()
        try:
            with (
                common.if_stopped(lambda: _kept(store, now)),
                ports_of(folder, config, store, how) as ports,
                printing.progress_bars() as progress,
            ):
                report = pipeline.run(config, ports, output, options, now=now, progress=progress)
        except asking.NothingReachedError:
            if is_new:
                _remove_archive(store, output)
            raise
        _write_metrics(config, store, report)
    return report


def _write_metrics(config: "Config", store: "Store", report: "RunReport") -> None:
    """Write the run's metrics where the settings want them; what goes wrong there is said and no more."""
    if not config.settings.metrics:
        return
    from digest.errors import StoreError
    from digest.metrics import openmetrics
    from digest.status import status_of
    from digest.workspace.files import write_text

    now = common.utc_now()
    found = status_of(store, {feed.url for feed in config.feeds}, now=now)
    text = openmetrics(report, finished=now, articles=found.articles, stuck=len(found.stuck))
    path = config.workspace / config.settings.metrics
    try:
        write_text(path, text)
    except StoreError as error:
        say(f"settings.metrics: {error}", level="warning")


def _check_issue(config: "Config", options: "Options", store: "Store") -> None:
    """Look at the issue that was named before anything is asked for.

    Raises:
        DigestError: it is published.
    """
    from digest.issues.decisions import issue_for_run
    from digest.issues.issue_names import is_far_ahead

    if not options.issue:
        return
    now = common.utc_now()
    issue_for_run(dict(store.drafts.issues()), options.issue, time_zone=config.newsletter.time_zone, now=now)
    if is_far_ahead(options.issue, now=now):
        say(f"issue {options.issue} is far ahead: name it to draft list and publish too")


def _kept(store: "Store", since: datetime) -> str:
    """Say what a run that was stopped has kept."""
    articles = len(store.articles.taken_since(since))
    pages = store.pages.count_since(since)
    kept = f"{counted(pages, 'page', 'pages')} and {counted(articles, 'article', 'articles')} of this run"
    return f"{kept} are kept, and every draft; digest run goes on from there"


def _remove_archive(store: "Store", output: Path) -> None:
    """Leave the workspace as it was before a run that could not reach anything."""
    store.close()
    if not store.is_file:
        # A database was somebody's before, and holds no article now.
        return
    for suffix in ("", "-wal", "-shm"):
        (output / f"archive.db{suffix}").unlink(missing_ok=True)


@contextmanager
def ports_of(
    folder: Path, config: "Config", store: "Store", how: language_models.Asking
) -> Iterator["Ports"]:
    """Make what a run needs from outside, as the workspace is set to."""
    from digest.feeds.asking import MAX_READ_S
    from digest.pipeline import Ports

    embedder = machinery.embedder_of(config)
    analysis_embedder = machinery.analysis_embedder_of(config, embedder)
    rules = machinery.analyzer_of(folder, analysis_embedder)
    import os

    with (
        machinery.workers_of(config) as workers,
        model_analyzer_of(folder, config, store, workers, rules, how) as model,
    ):
        yield Ports(
            store=store,
            make_fetcher=lambda: machinery.fetcher_of(config),
            mailboxes=machinery.mailboxes_of(config, may_mark=True),
            make_videos=machinery.videos_of(config),
            environ=os.environ,
            embedder=embedder,
            workers=workers,
            analyzer=model.analyst.analyzer if model else rules,
            library=machinery.library_of(folder, analysis_embedder, store),
            embedding_workers=workers.allowing if config.settings.executor == "ray" else None,
            feed_workers=workers.within(MAX_READ_S),
            analysis_embedder=analysis_embedder,
            model=model,
        )


def _dry_run(
    folder: Path,
    config: "Config",
    options: "Options",
    how: language_models.Asking,
    *,
    as_json: bool,
) -> None:
    import asyncio

    from digest.feeds import asking, keeping
    from digest.issues.known_drafts import KnownDrafts
    from digest.pipeline import outdated_drafts

    with _archive_or_none(folder) as store, ports_of(folder, config, store, how) as ports:
        _check_issue(config, options, store)
        now = common.utc_now()
        states = {feed.url: ports.store.links.state(feed.url) for feed in config.feeds}
        readings = asyncio.run(
            asking.read_feeds(
                config,
                states,
                ports.make_fetcher,
                since=options.since,
                workers=ports.feed_workers or ports.workers,
                mailboxes=machinery.mailboxes_of(config),
                known_mails=ports.store.pages.known_mails(),
                environ=ports.environ,
            )
        )
        asking.raise_if_unreachable(readings)
        urls = keeping.would_fetch(readings, ports.store, now=now)[: options.limit]
        # Drafts that another model or prompt made are analyzed anew by the run, too.
        name = "" if options.refreshes_analyses else ports.analyzer
        anew = outdated_drafts(ports.store, KnownDrafts(ports.store), name)
        articles = len(urls) + len(anew)
        bound = bound_of_run(folder, config, store, articles, is_batch=how.is_batch) if ports.model else ""
    broken = [reading for reading in readings if reading.error]
    if as_json:
        names = [shown_url(reading.feed.url) for reading in broken]
        printing.show_json({"urls": list(map(shown_url, urls)), "broken": names})
        if bound:
            say(bound)
        return
    for url in urls:
        show(shown_url(url))
    for reading in broken:
        say(f"broken feed: {reading.error}")
    if bound:
        say(bound)
    say(f"would fetch {len(urls)} pages from {len(readings) - len(broken)} feeds; nothing was changed")


@contextmanager
def _archive_or_none(folder: Path) -> Iterator["Store"]:
    """Open the archive for reading; one in memory where the workspace has none yet."""
    with places.opened_store(folder, in_memory=not places.has_archive(folder)) as store:
        yield store


def summary_of(report: "RunReport", output: Path) -> str:
    """Say what a run did, on one screen."""
    broken = [feed for feed in report.feeds if feed.status == "broken"]
    unchanged = sum(feed.status == "unchanged" for feed in report.feeds)
    new = sum(feed.new_links for feed in report.feeds)
    lines = [
        f"issue {report.issue}: {len(report.feeds)} feeds ({unchanged} unchanged, {len(broken)} broken), "
        f"{new} new links"
    ]
    lines += [
        f"  broken feed: {feed.title}: {feed.problem} (since {feed.broken_since:%Y-%m-%d})"
        if feed.broken_since
        else f"  broken feed: {feed.title}: {feed.problem}"
        for feed in broken
    ]
    lines += [
        f"  {feed.title}: read as far as it goes: {feed.problem}"
        for feed in report.feeds
        if feed.problem and feed.status != "broken"
    ]
    lines += [
        f"  moved for good: {feed.title}: now {feed.moved_to}; follow it with: digest feeds check --fix"
        for feed in report.feeds
        if feed.moved_to and feed.status != "broken"
    ]
    lines += [
        f"  {stage.stage:8} in={stage.taken} kept={stage.kept} dropped={stage.dropped}  {stage.seconds:.1f} s"
        for stage in report.stages
        if stage.taken
    ]
    lines += [f"  dropped at {lost.stage}: {lost.url}: {lost.reason}" for lost in report.dropped[:20]]
    if len(report.dropped) > 20:
        lines.append(f"  and {len(report.dropped) - 20} more, in the report")
    lines += [f"  note: {note}" for note in report.notes]
    lines += [f"  failed check: {failed}" for failed in report.failed_checks]
    lines.append(
        f"{counted(len(report.drafts), 'draft', 'drafts')} written to {output / 'drafts' / report.issue}"
    )
    lines.append(f"report: {output / 'reports' / (report.issue + '.md')}")
    lines.append(
        "next: read and edit the drafts, approve them (digest draft approve ID ..., or --all), then: "
        f"digest publish {report.issue}"
        if report.drafts
        else f"next: nothing new came in; what waits for you: digest draft list --issue {report.issue}"
    )
    return "\n".join(lines)
