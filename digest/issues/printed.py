"""An issue's entries as publishing prints them, made of its approved drafts; also before it is published."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from digest.errors import DigestError, StoreError
from digest.issues.decisions import read_statuses
from digest.issues.draft_files import DraftFiles, FoundDraft
from digest.issues.drafts import accepted_entry
from digest.issues.introduction import Introduction, read_introduction
from digest.issues.issue_files import IssueFiles
from digest.issues.issue_names import check_known
from digest.issues.opening import printed_opening
from digest.issues.pages import without_links_to
from digest.issues.publishable import unpublishable, unreadable
from digest.issues.published import place_of
from digest.issues.shown_issues import issue_entry
from digest.issues.suggestions import ideas_of, left_out, with_old_suggestions, with_own_italics
from digest.records import DraftRow, Entry, Issue, IssueEntry, Newsletter, Part, PublishedEntry, Reference
from digest.store import Store
from digest.workspace.files import FileError


@dataclass(frozen=True)
class Approved:
    """What an issue is made of."""

    issue: str
    rows: tuple[DraftRow, ...]
    """Approved, with a file, or with what was published before."""
    drafts: Mapping[str, FoundDraft]
    """Their files, by id; of an imported one what was published counts."""
    kept: Mapping[str, PublishedEntry]
    """What is published of the issue, by id."""


def approved_drafts(store: Store, issue: str, files: DraftFiles, *, bad: Sequence[str] = ()) -> Approved:
    """Give the drafts that are published.

    Args:
        store: The archive.
        issue: Its name.
        files: Its draft files.
        bad: What keeps files from being read, which is told in place of there being none.

    Raises:
        DigestError: there are none.
    """
    kept = {each.id: each for each in store.drafts.entries(issue=issue)}
    rows = tuple(
        replace(row, worth=files.found[row.id].row.worth) if row.id in files.found else row
        for row in store.drafts.drafts(issue=issue)
        if row.status == "approved" and (row.id in files.found or row.id in kept)
    )
    if not rows and not bad:
        raise DigestError(
            f"issue {issue}: no approved drafts; approve some with: digest draft approve ID ... (or --all)"
        )
    own = [row.id for row in rows if row.id in files.found and not _is_imported(row.id, kept)]
    return Approved(issue, rows, {each: files.found[each] for each in own}, kept)


def _is_imported(entry_id: str, kept: Mapping[str, PublishedEntry]) -> bool:
    return entry_id in kept and kept[entry_id].is_imported


def printed_entries(
    store: Store, approved: Approved, library: Collection[str], *, keeps_suggestions: bool
) -> list[PublishedEntry]:
    """Give the entries of an issue as they are printed, in its order; of a draft without a file, what was
    published stays.

    Args:
        store: The archive.
        approved: What the issue is made of.
        library: Every phrase that may be suggested, beside those that analyses offer.
        keeps_suggestions: Whether italics that nobody touched are printed; else their cells are empty.
    """
    final = _finals(store, approved)
    ideas = ideas_of(store.articles.analyses_for(approved.drafts).values(), library)
    # Of an entry without a draft, what was published is all that is known.
    told = [
        replace(
            each, entry=with_own_italics(with_old_suggestions(each.entry, approved.kept.get(each.id)), ideas)
        )
        if each.id in approved.drafts
        else each
        for each in final
    ]
    if keeps_suggestions:
        return told
    return [replace(each, entry=left_out(each.entry, ideas)) for each in told]


def approved_entries(
    store: Store, output: Path, issue: str, *, library: Collection[str] = (), now: datetime
) -> list[IssueEntry]:
    """Give an issue's approved entries as publishing would print them, in its order; without suggestions.

    Args:
        store: The archive.
        output: The workspace's output folder.
        issue: Its name.
        library: As for `publish`.
        now: Aware, UTC.

    Raises:
        DigestError: there is no such issue, or nothing in it is approved.
    """
    approved = _approved_now(store, output, issue, now=now)
    return [issue_entry(each) for each in printed_entries(store, approved, library, keeps_suggestions=False)]


def preview(
    store: Store,
    output: Path,
    issue: str,
    newsletter: Newsletter,
    *,
    now: datetime,
    keeps_suggestions: bool = True,
    library: Collection[str] = (),
) -> Issue:
    """Give an issue as it would be published now; nothing is written. Arguments are those of `publish`.

    Raises:
        DigestError: there is no such issue, nothing in it is approved, or a draft or the introduction cannot
            be published as it stands.
    """
    introduction = read_introduction(output, issue)
    approved = _approved_now(store, output, issue, now=now)
    if broken := [*unpublishable(store, approved.drafts), *(introduction.problems if introduction else ())]:
        raise StoreError("\n".join(broken))
    return _issue_of(
        store,
        output,
        approved,
        introduction,
        newsletter,
        now=now,
        keeps_suggestions=keeps_suggestions,
        library=library,
    )


def readable_part(
    store: Store,
    output: Path,
    issue: str,
    newsletter: Newsletter,
    *,
    now: datetime,
    keeps_suggestions: bool = True,
    library: Collection[str] = (),
) -> Issue:
    """Give what can be read of an issue of which something could not be published; else as `preview`.

    Left out are drafts, or the introduction, that cannot be read, and drafts of which code or HTML without an
    end swallowed a part; what merely could not be printed everywhere stays.
    """
    try:
        introduction = read_introduction(output, issue)
    except FileError:
        introduction = None
    files = read_statuses(store, output, issue, now=now)
    approved = approved_drafts(store, issue, files, bad=[issue])
    swallowed = unreadable(approved.drafts)
    approved = replace(
        approved,
        rows=tuple(row for row in approved.rows if row.id not in swallowed),
        drafts={each: draft for each, draft in approved.drafts.items() if each not in swallowed},
    )
    return _issue_of(
        store,
        output,
        approved,
        introduction,
        newsletter,
        now=now,
        keeps_suggestions=keeps_suggestions,
        library=library,
    )


def _issue_of(
    store: Store,
    output: Path,
    approved: Approved,
    introduction: Introduction | None,
    newsletter: Newsletter,
    *,
    now: datetime,
    keeps_suggestions: bool,
    library: Collection[str],
) -> Issue:
    final = printed_entries(store, approved, library, keeps_suggestions=keeps_suggestions)
    opening = printed_opening(
        introduction,
        final,
        language=newsletter.language,
        keeps_suggestions=keeps_suggestions,
        tell=lambda _: None,
    )
    writer = IssueFiles(store, output, newsletter, now=now)
    return writer.issue(approved.issue, final, opening)


def _approved_now(store: Store, output: Path, issue: str, *, now: datetime) -> Approved:
    check_known(issue, dict(store.drafts.issues()))
    return approved_drafts(store, issue, read_statuses(store, output, issue, now=now))


def _finals(store: Store, approved: Approved) -> list[PublishedEntry]:
    published = store.drafts.published_issues() | {approved.issue}
    shown = store.drafts.approved_in(published)
    drafts = approved.drafts
    titles = {each: draft.file.entry.title for each, draft in drafts.items()}
    worth = {row.id: row.worth for row in approved.rows}
    found = [
        PublishedEntry(row.id, approved.issue, _final(accepted_entry(drafts[row.id].file), shown, titles))
        if row.id in drafts
        else approved.kept[row.id]
        for row in approved.rows
    ]
    return sorted(found, key=lambda each: place_of(each, worth))


def _final(entry: Entry, shown: set[str], titles: Mapping[str, str]) -> Entry:
    """Leave out closest entries that were turned down, and use the titles editors gave."""
    closest = tuple(Reference(titles.get(each.target, each.title), each.target) for each in entry.closest)
    kept = {each.target for each in closest if each.target in shown or "://" in each.target}
    return linking_to(replace(entry, closest=closest), kept)


def linking_to(entry: Entry, kept: set[str]) -> Entry:
    """Leave of an entry's Closest only what leads there, also where an editor wrote in it."""
    hidden = {each.target for each in entry.closest} - kept
    parts = tuple(
        Part(part.name, part.heading, without_links_to(part.text, hidden)) if part.name == "Closest" else part
        for part in entry.parts
    )
    closest = tuple(each for each in entry.closest if each.target in kept)
    return replace(entry, closest=closest, parts=parts)
