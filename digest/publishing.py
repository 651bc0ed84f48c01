"""Publishing an issue: entry pages, the issue in Markdown, HTML and JSON, and the index of all issues."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from digest.draft_checks import accept, check_drafts, lines_of, newer
from digest.draft_files import FoundDraft
from digest.drafts import DraftFile, accepted_entry, read_draft
from digest.editions import draft_path, read_statuses
from digest.errors import DigestError, StoreError
from digest.files import read_text, write_text
from digest.ports import Store
from digest.published import published_entries
from digest.records import DraftRow, Entry, Issue, IssueEntry, Origin, PublishedEntry, Reference
from digest.stages.render import (
    issue_json,
    render_entry,
    render_index,
    render_issue,
    render_issue_html,
)
from digest.trending import issue_map


def publish(
    store: Store,
    output: Path,
    issue: str,
    *,
    title: str,
    site: str,
    language: str,
    now: datetime,
    anyway: bool = False,
) -> Issue:
    """Publish an issue: entry pages of approved drafts, the issue in its forms, and the index.

    With `anyway`, what fails a check is published all the same, and remembered as accepted.

    Raises:
        DigestError: there is no such issue, nothing in it is approved, a draft file cannot be read, or a
            check fails that was not accepted.
    """
    known = dict(store.drafts.issues())
    if issue not in known:
        names = ", ".join(known) or "none yet; make one with: digest run"
        raise DigestError(f"no issue {issue}; known: {names}")
    files = read_statuses(store, output, issue, now=now)
    if bad := [each.message for each in files.problems if each.may_be_approved]:
        raise StoreError("\n".join((*bad, f"issue {issue}: nothing was written; mend these, or reject them")))
    approved = [row for row in store.drafts.drafts(issue=issue) if row.status == "approved"]
    kept_before = {each.id: each for each in store.drafts.entries(issue=issue)}
    # Of a published draft whose file was deleted, what was published stays.
    as_kept = {
        each: kept for each, kept in kept_before.items() if kept.is_imported or each not in files.found
    }
    imported = {each for each, kept in as_kept.items() if kept.is_imported}
    # An approved draft whose unreadable file says otherwise by now.
    approved = [row for row in approved if row.id in as_kept or row.id in files.found]
    if not approved:
        raise DigestError(
            f"issue {issue}: no approved drafts; approve some with: digest draft approve ID ... (or --all)"
        )
    _stop_on_failed(store, {row.id: files.found[row.id] for row in approved if row.id not in as_kept}, anyway)
    drafts = {row.id: files.found[row.id].file for row in approved if row.id not in as_kept}
    published = {name for name, published_at in known.items() if published_at} | {issue}
    shown = {row.id for row in store.drafts.drafts() if row.issue in published and row.status == "approved"}
    titles = {each: file.entry.title for each, file in drafts.items()}
    entries = tuple(
        issue_entry(row.id, as_kept[row.id].entry)
        if row.id in as_kept
        else issue_entry(row.id, _final(accepted_entry(drafts[row.id]), shown, titles))
        for row in approved
    )
    made = Issue(issue, title, site, language, entries)
    kept = [PublishedEntry(each.id, issue, each.entry, each.id in imported) for each in entries]
    before = [each for each in published_entries(store, output) if each.issue < issue]
    _write_issue(made, output, map_svg=issue_map([*before, *kept]))
    store.drafts.save_entries(kept)
    store.drafts.save_published(issue, now=now)
    write_index(store, output, title=title, site=site, language=language)
    return made


def _stop_on_failed(store: Store, found: Mapping[str, FoundDraft], anyway: bool) -> None:
    """Stop for what fails a check and was not accepted; accept it where that is asked for."""
    failing = {each: checks for each, checks in check_drafts(store, found).items() if newer(checks)}
    if anyway:
        accept(store, failing)
    elif failing:
        lines = [line for each, checks in failing.items() for line in lines_of(found[each], newer(checks))]
        hint = "nothing was written; correct these, or publish them all the same with: --anyway"
        raise DigestError("\n".join((*lines, hint)))


def _read_file(output: Path, row: DraftRow) -> DraftFile:
    path = draft_path(output, row.issue, row.id)
    return read_draft(read_text(path), path)


def _final(entry: Entry, shown: set[str], titles: dict[str, str]) -> Entry:
    """Leave out closest entries that were turned down, and use the titles editors gave."""
    closest = tuple(
        Reference(titles.get(each.target, each.title), each.target)
        for each in entry.closest
        if each.target in shown or "://" in each.target
    )
    return replace(entry, closest=closest)


def issue_entry(entry_id: str, entry: Entry) -> IssueEntry:
    """Give an entry as an issue shows it: under its first theme."""
    return IssueEntry(entry_id, entry, entry.themes[0] if entry.themes else "")


def _write_issue(issue: Issue, output: Path, *, map_svg: str = "") -> None:
    for each in issue.entries:
        write_text(output / "entries" / f"{each.id}.md", render_entry(each.entry))
    folder = output / "issues"
    write_text(
        folder / f"{issue.name}.json", json.dumps(issue_json(issue), ensure_ascii=False, indent=1) + "\n"
    )
    if map_svg:
        write_text(folder / f"{issue.name}.trends.svg", map_svg)
    write_text(folder / f"{issue.name}.html", render_issue_html(issue, map_svg=map_svg))
    write_text(folder / f"{issue.name}.md", render_issue(issue))


def write_imported_issues(
    store: Store, output: Path, issues: Iterable[str], *, title: str, site: str, language: str
) -> None:
    """Write issues that entries were imported into, all their entries' pages, and the index.

    Without maps, which would have to be drawn for every issue of the past.
    """
    written = 0
    for name in issues:
        entries = tuple(
            issue_entry(each.id, each.entry) for each in published_entries(store, output, issue=name)
        )
        _write_issue(Issue(name, title, site, language, entries), output)
        written += 1
    if written:
        write_index(store, output, title=title, site=site, language=language)


def write_index(store: Store, output: Path, *, title: str, site: str, language: str) -> None:
    """Write output/index.md: every published issue with its entries, newest first."""
    issues = []
    for name, published_at in store.drafts.issues():
        if not published_at:
            continue
        rows = [row for row in store.drafts.drafts(issue=name) if row.status == "approved"]
        entries = tuple(IssueEntry(row.id, _listed(output, row), "") for row in rows)
        issues.append(Issue(name, title, site, language, entries))
    write_text(output / "index.md", render_index(issues, title=title))


def _listed(output: Path, row: DraftRow) -> Entry:
    try:
        title = _read_file(output, row).entry.title
    except StoreError:
        title = row.title
    return Entry(title, Origin("", ""), "", "", (), (), (), ())
