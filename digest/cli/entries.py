"""`digest entries ...`: what became of the sources that published entries rest on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common, machinery, places, printing
from digest.cli.printing import say, show

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor

    from digest.errors import FetchError
    from digest.feeds.credentials import Credentials
    from digest.feeds.hosts import Hosts
    from digest.issues.source_checks import Ask, Asked, Source, SourceAnswer, Tell
    from digest.ports import Fetcher
    from digest.records import Page, SourceCheck
    from digest.workspace.config import Config

app = typer.Typer(help="Published entries: do their sources still say it.", no_args_is_help=True)


@app.command()
def check(
    context: typer.Context,
    issue: Annotated[
        str,
        typer.Argument(
            metavar="[ISSUE]",
            callback=common.issue_name,
            help="Such as 20261122; default: the newest published one.",
        ),
    ] = "",
    takes_all: Annotated[bool, typer.Option("--all", help="Every published issue.")] = False,
    asks: Annotated[
        bool,
        typer.Option("--fetch/--no-fetch", help="Ask sources of which nothing is known, or too long ago."),
    ] = True,
    as_json: printing.AsJson = False,
) -> None:
    """Say whether the sources of published entries still answer, and the evidence still stands in them.

    What cannot be read any more is quoted, with the snapshot that was kept at approval. Ends 1 where evidence
    is gone.
    """
    import asyncio

    from digest.issues.source_checks import check_sources
    from digest.records.plain_values import to_json

    if issue and takes_all:
        raise typer.BadParameter("give an issue, or --all")
    folder, output, now = context.obj, places.output_of(context.obj), common.utc_now()
    config = common.load(folder)
    access = _access(config)
    sources = _sources(folder, config, issue, access, takes_all=takes_all)
    ask = asking(config, access, machinery.fetcher_of) if asks else None
    checks = asyncio.run(check_sources(output, sources, ask, now=now))
    _keep(output, checks)
    if as_json:
        printing.show_json([to_json(each) for each in checks])
    else:
        _show(checks)
    if any(each.has_lost_evidence for each in checks):
        raise typer.Exit(1)


@app.command()
def snapshot(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="Of an entry, its beginning, or an address.")],
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the page there, as it was received.")
    ] = None,
) -> None:
    """Show what an approved entry rests on: the page that was kept, and the sentences it cites."""
    from digest.cli.drafts import resolve
    from digest.errors import DigestError
    from digest.issues.source_checks import snapshot_file
    from digest.language.secrecy import shown_url
    from digest.workspace.files import write_bytes

    output = places.output_of(context.obj)
    with places.archive(context.obj, must_exist=True) as store:
        entry = resolve(store, name)
        found = store.snapshots.of([entry]).get(entry)
        if found is None:
            raise DigestError(f"{entry}: no snapshot; one is kept when it is approved, published or checked")
        page = store.snapshots.page_of(found)
        file = store.snapshots.path_of(found) or snapshot_file(store, output, found)
    if page is None:
        raise DigestError(f"{file}: gone or damaged; a backup may have it")
    if to is not None:
        write_bytes(to, page.body, is_private=True)
    what = "the text that the feed carried of " if found.is_feed_text else ""
    show(f"{what}{shown_url(page.url)}, fetched {page.fetched_at:%Y-%m-%d}: {to or file}")
    for each in found.cited:
        show(f"* {each}")


def _access(config: "Config") -> "Mapping[str, Credentials]":
    import os

    from digest.feeds.asking import credentials_by_feed

    return credentials_by_feed(config, os.environ)[0]


def _sources(
    folder: Path, config: "Config", issue: str, access: "Mapping[str, Credentials]", *, takes_all: bool
) -> "list[Source]":
    """Find what entries of an issue, or of all, lead to; what has no snapshots yet gets them."""
    from digest.cli.drafts import named, published
    from digest.errors import DigestError
    from digest.issues.published import published_entries
    from digest.issues.snapshots import take_snapshots
    from digest.issues.source_checks import sources_of

    output = places.output_of(folder)
    with places.archive(folder, doing="digest entries check", must_exist=True) as store:
        name = "" if takes_all else named(store, issue) if issue else published(store)
        entries = [each for each in published_entries(store, output) if takes_all or each.issue == name]
        if not entries:
            raise DigestError(
                f"{f'issue {name}: ' if name else ''}nothing was published yet; see: digest publish"
            )
        known = store.snapshots.of(each.id for each in entries)
        new = {each.id: each.entry for each in entries if each.id not in known and not each.is_imported}
        take_snapshots(store, new, now=common.utc_now())
        return sources_of(store, output, entries, opt_out=config.settings.opt_out, open_feeds=access.keys())


def asking(
    config: "Config", access: "Mapping[str, Credentials]", make_fetcher: "Callable[[Config], Fetcher]"
) -> "Ask":
    """Give what asks sources: as politely as a run does, paid ones with their own credentials.

    Args:
        config: The workspace's.
        access: What paid feeds are asked with, by their addresses.
        make_fetcher: Makes what asks once.
    """

    async def ask(asked: "Asked", tell: "Tell") -> None:
        import asyncio
        from contextlib import aclosing

        from digest.adapters.workers import worker_processes
        from digest.articles.transcripts import why_no_transcript
        from digest.feeds.asking import politeness_of
        from digest.feeds.fetch import Hosts, Request, fetch_each

        by_url = {source.url: (source, cited) for source, cited in asked}
        requests = [
            Request(
                url,
                feed_url=source.feed_url,
                credentials=access.get(source.feed_url),
                transcript=source.transcript,
            )
            for url, (source, _) in by_url.items()
        ]
        fetcher = make_fetcher(config)
        hosts = Hosts(fetcher, politeness_of(config))
        done = 0
        try:
            with worker_processes() as workers, printing.progress_bars() as progress:
                answers = fetch_each(
                    requests, fetcher=fetcher, hosts=hosts, why_no_transcript=why_no_transcript
                )
                async with aclosing(answers) as outcomes:
                    async for request, outcome in outcomes:
                        cited = by_url[request.url][1]
                        tell(request.url, await _answer(outcome, cited, workers, hosts, config))
                        done += 1
                        progress("sources", done, len(requests))
        except asyncio.CancelledError:
            say(
                f"stopped: what {done} of {len(requests)} sources answered is remembered; the same command "
                "asks the others"
            )
            raise
        finally:
            await fetcher.close()

    return ask


async def _answer(
    outcome: "Page | FetchError",
    cited: tuple[str, ...],
    workers: "Executor",
    hosts: "Hosts",
    config: "Config",
) -> "SourceAnswer":
    """Say what an outcome means for the sentences that are looked for."""
    from contextlib import suppress

    from digest.errors import FetchError
    from digest.feeds.fetch import Request
    from digest.feeds.wayback import GONE, address_of_copy
    from digest.issues.source_checks import SourceAnswer, read_by

    if not isinstance(outcome, FetchError):
        return await read_by(workers, cited, outcome)
    if outcome.status not in GONE:
        is_refused = "robots.txt" in outcome.reason and not outcome.is_retryable
        return SourceAnswer("not asked" if is_refused else "unclear", outcome.reason)
    copy = None
    if config.settings.wayback:
        # Whether there is one or not: the page is gone.
        with suppress(FetchError):
            copy = await address_of_copy(
                outcome.url, lambda url: hosts.fetch(Request(url), check_robots=False)
            )
    return SourceAnswer("gone", outcome.reason, cited, *(copy or ()))


def _keep(output: Path, checks: "Sequence[SourceCheck]") -> None:
    """Write the report of each issue."""
    from digest.issues.output_paths import sources_file
    from digest.issues.pages.sources import render_sources
    from digest.workspace.files import keep_private, write_text

    for name in dict.fromkeys(each.issue for each in checks):
        path = sources_file(output, name)
        of_issue = [each for each in checks if each.issue == name]
        text = render_sources(name, of_issue, now=common.utc_now())
        write_text(path, text, within=output, is_private=True)
        keep_private(path.parent.parent)
        say(f"report: {path}")


def _show(checks: "Sequence[SourceCheck]") -> None:
    from digest.issues.pages.sources import HEADINGS, said_of_source, summary_of_sources

    order = list(HEADINGS)
    ordered = sorted(checks, key=lambda each: order.index(each.state))
    rows = [(each.state, each.title, said_of_source(each), each.url) for each in ordered]
    printing.show_table(("source", "entry", "says", "url"), rows)
    for each in ordered:
        if each.state == "changed":
            show("\n".join(f"gone from {each.url}: “{sentence}”" for sentence in each.gone))
        if each.has_lost_evidence and each.snapshot:
            show(f"as it was: {each.snapshot}  {each.title}")
        if each.copy:
            show(f"copy of {each.copied_at}: {each.copy}  {each.title}")
    show(summary_of_sources(checks))
