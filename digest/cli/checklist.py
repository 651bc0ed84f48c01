"""The checklist before an issue goes out, on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli import common, machinery, places, printing
from digest.cli.drafts import suggestible
from digest.cli.printing import show
from digest.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.issues.draft_files import DraftFiles
    from digest.records import Finding, Issue
    from digest.store import Store
    from digest.workspace.config import Config

MOST_OF_PAGE = 300_000
"""Bytes read of a page to see that it is there; a larger one is."""


def checklist(store: "Store", folder: Path, name: str, *, asks: bool = True) -> "list[Finding]":
    """Look through an issue as it would be published now; see `looked_through`."""
    return looked_through(store, folder, name, asks=asks)[0]


def looked_through(
    store: "Store", folder: Path, name: str, *, asks: bool
) -> "tuple[list[Finding], Issue | None]":
    """Look through an issue as it would be published now.

    Args:
        store: The archive.
        folder: The workspace.
        name: Of the issue.
        asks: Whether addresses are asked that nothing is known of; else what runs saw of them is told.

    Returns:
        What was found, the serious ones first; and the issue, None where it cannot be published as it stands:
        then what else was found is of what can be read of it.

    Raises:
        DigestError: there is no such issue, or nothing in it is approved.
    """
    from digest.issues.decisions import read_statuses
    from digest.issues.preflight import broken_files, together
    from digest.issues.printed import preview, readable_part

    config, output = common.load(folder), places.output_of(folder)
    now = common.utc_now()
    files = read_statuses(store, output, name, now=now)
    serious = config.settings.serious
    broken = broken_files(store, output, name, files, serious=serious)
    issue = (readable_part if broken else preview)(
        store,
        output,
        name,
        config.newsletter,
        now=now,
        keeps_suggestions=config.settings.publishes_suggestions,
        library=suggestible(folder),
    )
    # What a run could not reach may be there again.
    dead = dead_of(folder, config, _addresses(folder, issue, files)) if asks else None
    found = _findings(store, folder, config, issue, files, dead=dead)
    return (together(broken, found, serious=serious), None) if broken else (found, issue)


def show_findings(found: "Sequence[Finding]", issue: str, *, as_json: bool) -> None:
    """Print a checklist."""
    from digest.records.plain_values import to_json

    if as_json:
        printing.show_json({"issue": issue, "findings": [to_json(each) for each in found]})
        return
    for each in found:
        show(line_of(each))
    serious = sum(each.is_serious for each in found)
    show(f"issue {issue}: {len(found)} found, {serious} serious")


def line_of(finding: "Finding") -> str:
    """Write a finding on a line."""
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    weight = "serious" if finding.is_serious else "note"
    return f"{weight}  {place}: {finding.kind}: {finding.what}"


def before_sending(
    store: "Store", folder: Path, config: "Config", name: str, *, asks: bool
) -> "list[Finding]":
    """Look through an issue as it was published."""
    issue, files = _as_published(store, folder, config, name)
    dead = dead_of(folder, config, _addresses(folder, issue, files)) if asks else None
    return _findings(store, folder, config, issue, files, dead=dead)


def before_sending_known(
    store: "Store", folder: Path, config: "Config", name: str, dead: "Mapping[str, str] | None" = None
) -> "tuple[list[Finding], list[str]]":
    """Look through an issue as it was published, without asking any address.

    Args:
        store: The archive.
        folder: The workspace.
        config: Its settings.
        name: Of the issue.
        dead: What was found of its addresses; None for what runs saw.

    Returns:
        What was found, and its addresses, which `dead_of` asks.
    """
    issue, files = _as_published(store, folder, config, name)
    addresses = _addresses(folder, issue, files)
    return _findings(store, folder, config, issue, files, dead=dead), addresses


def dead_of(folder: Path, config: "Config", addresses: "Sequence[str]") -> "Mapping[str, str]":
    """Ask addresses, or what was found of them lately; gives of those that lead nowhere why."""
    import asyncio

    from digest.issues.preflight_links import dead_links

    output = places.output_of(folder)
    asked = dead_links(output, addresses, lambda new: unreachable(config, new), now=common.utc_now())
    return asyncio.run(asked)


def _as_published(store: "Store", folder: Path, config: "Config", name: str) -> "tuple[Issue, DraftFiles]":
    from digest.issues.decisions import read_statuses
    from digest.issues.issue_files import IssueFiles
    from digest.issues.shown_issues import shown_archive

    output, now = places.output_of(folder), common.utc_now()
    files = read_statuses(store, output, name, now=now)
    writer = IssueFiles(store, output, config.newsletter, now=now)
    return writer.issue(name, shown_archive(store, output).entries_of(name)), files


def _addresses(folder: Path, issue: "Issue", files: "DraftFiles") -> "list[str]":
    from digest.issues.preflight import addresses_of, sources_of

    return addresses_of(sources_of(places.output_of(folder), issue, files))


def _findings(
    store: "Store",
    folder: Path,
    config: "Config",
    issue: "Issue",
    files: "DraftFiles",
    *,
    dead: "Mapping[str, str] | None",
) -> "list[Finding]":
    """Look through an issue; without `dead`, with what runs saw of its addresses."""
    from digest.issues.preflight import losses_known, preflight

    if dead is None:
        dead = losses_known(store, _addresses(folder, issue, files))
    output, settings = places.output_of(folder), config.settings
    return preflight(
        store, output, issue, files, serious=settings.serious, opt_out=settings.opt_out, dead=dead
    )


async def unreachable(config: "Config", addresses: "Sequence[str]") -> "Mapping[str, str]":
    """Say of addresses why they lead nowhere; asked as politely as a run does.

    What a site does not want to be asked is taken to be there.
    """
    from contextlib import aclosing
    from dataclasses import replace

    from digest.feeds.asking import politeness_of
    from digest.feeds.fetch import Request, fetch_each

    politeness = replace(politeness_of(config), max_bytes=MOST_OF_PAGE, tries=1)
    fetcher = machinery.fetcher_of(config)
    dead: dict[str, str] = {}
    try:
        outcomes = fetch_each([Request(each) for each in addresses], fetcher=fetcher, politeness=politeness)
        async with aclosing(outcomes) as answers:
            async for request, outcome in answers:
                if isinstance(outcome, FetchError) and _is_dead(outcome):
                    dead[request.url] = outcome.reason
    finally:
        await fetcher.close()
    return dead


def _is_dead(error: FetchError) -> bool:
    if error.status is not None:
        # Others say that it is there, or that it is not for programs.
        return error.status in (404, 410) or error.status >= 500
    # One that forbids says that the site is there; one that cannot be read says nothing.
    is_forbidden = "robots.txt" in error.reason and not error.is_retryable
    return "larger than" not in error.reason and not is_forbidden
