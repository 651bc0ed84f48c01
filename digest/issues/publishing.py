"""Publishing an issue: what may be published, what readers are told of it, and taking it back."""

import gc
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.errors import DigestError, StoreError
from digest.issues.corrections import corrected, published_again
from digest.issues.decisions import read_statuses
from digest.issues.draft_checks import accept, check_drafts, lines_of, newer, places_of
from digest.issues.draft_files import DraftFiles, FoundDraft, glance_key
from digest.issues.drafts import (
    accepted_entry,
    swallowing_lines,
    unchecked_sections,
    unpublishable_lines,
)
from digest.issues.forms import MOST_BYTES, Mail
from digest.issues.history.keeping import one_step, same_step
from digest.issues.introduction import read_introduction
from digest.issues.issue_files import IssueFiles, Tell
from digest.issues.issue_names import check_known
from digest.issues.known_drafts import KnownDrafts
from digest.issues.opening import printed_opening
from digest.issues.pages import issue_leaks, without_links_to
from digest.issues.published import place_of, published_entries
from digest.issues.reviews import reviews_naming
from digest.issues.shown_issues import issue_entry, shown_archive, shown_of
from digest.issues.suggestions import ideas_of, left_out, with_old_suggestions, with_own_italics
from digest.issues.trends import followed
from digest.issues.trends.trending import map_of
from digest.records import (
    DraftChecks,
    DraftGlance,
    DraftRow,
    Entry,
    Issue,
    IssueEntry,
    Part,
    PublishedEntry,
    Reference,
)
from digest.store import Store


def publish(
    store: Store,
    output: Path,
    issue: str,
    *,
    title: str,
    site: str,
    language: str,
    now: datetime,
    time_zone: str = "UTC",
    anyway: bool = False,
    keeps_suggestions: bool = True,
    library: Collection[str] = (),
    tell: Tell = lambda _: None,
) -> Issue:
    """Publish an issue: entry pages of approved drafts, the issue in its forms, and the index.

    An entry that readers have seen before in other words is marked as corrected.

    Args:
        store: The archive.
        output: The workspace's output folder.
        issue: Its name.
        title: The newsletter's.
        site: Its address on the web; may be empty.
        language: ISO 639-1.
        now: Aware, UTC.
        time_zone: IANA name; dates that readers are told are of there.
        anyway: What fails a check is published all the same, and remembered as accepted.
        keeps_suggestions: Whether italics that nobody touched are printed; else their cells are empty.
        library: Every phrase that may be suggested, beside those that analyses offer.
        tell: Told what an editor should know, such as a published file that was changed by hand.

    Raises:
        DigestError: there is no such issue, nothing in it is approved, a draft file cannot be read or
            published as it stands, or a check fails that was not accepted; nothing was written then.
    """
    known = dict(store.drafts.issues())
    check_known(issue, known)
    files = read_statuses(store, output, issue, now=now)
    bad = [each.message for each in files.problems if each.may_be_approved]
    introduction = read_introduction(output, issue)
    bad += introduction.problems if introduction else ()
    writer = IssueFiles(store, output, title=title, site=site, language=language, now=now, tell=tell)
    kept_before = {each.id: each for each in store.drafts.entries(issue=issue)}
    approved = _approved(store, issue, files, kept_before, bad)
    drafts = _with_files(approved, files, kept_before)
    _check(store, drafts, bad, issue, anyway=anyway, tell=tell)
    final = _finals(store, {row: drafts.get(row.id) for row in approved}, kept_before, issue)
    final = _as_printed(store, final, drafts, library, kept_before, keeps_suggestions=keeps_suggestions)
    opening = printed_opening(
        introduction, final, language=language, keeps_suggestions=keeps_suggestions, tell=tell
    )
    day = _day(now, time_zone)
    published_at = known[issue]
    entries = _notes(store, final, kept_before, published_at, day) if published_at else final
    _stop_for_leaks(made := writer.issue(issue, entries, opening), drafts)
    with one_step(store, output, "publish", now=now, issue=issue):
        _withdraw(store, writer, issue, {row.id for row in approved}, day)
        _keep_places(store, approved, now=now)
        with _no_collection():
            _write(store, output, writer, made, entries, now=now, tell=tell)
    return made


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
    drafts, final, kept = _approved_now(store, output, issue, now=now)
    return [
        issue_entry(each)
        for each in _as_printed(store, final, drafts, library, kept, keeps_suggestions=False)
    ]


def preview(
    store: Store,
    output: Path,
    issue: str,
    *,
    title: str,
    site: str,
    language: str,
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
    drafts, final, kept = _approved_now(store, output, issue, now=now)
    if broken := [*unpublishable(store, drafts), *(introduction.problems if introduction else ())]:
        raise StoreError("\n".join(broken))
    final = _as_printed(store, final, drafts, library, kept, keeps_suggestions=keeps_suggestions)
    opening = printed_opening(
        introduction, final, language=language, keeps_suggestions=keeps_suggestions, tell=lambda _: None
    )
    writer = IssueFiles(store, output, title=title, site=site, language=language, now=now)
    return writer.issue(issue, final, opening)


def _approved_now(
    store: Store, output: Path, issue: str, *, now: datetime
) -> tuple[dict[str, FoundDraft], list[PublishedEntry], dict[str, PublishedEntry]]:
    """Give an issue's approved drafts, their entries in its order, and what is published of it."""
    check_known(issue, dict(store.drafts.issues()))
    files = read_statuses(store, output, issue, now=now)
    kept = {each.id: each for each in store.drafts.entries(issue=issue)}
    approved = _approved(store, issue, files, kept, ())
    drafts = _with_files(approved, files, kept)
    return drafts, _finals(store, {row: drafts.get(row.id) for row in approved}, kept, issue), kept


def _check(
    store: Store,
    drafts: Mapping[str, FoundDraft],
    bad: Sequence[str],
    issue: str,
    *,
    anyway: bool,
    tell: Tell,
) -> None:
    """Stop for what cannot be published or fails a check; what is published anyway is remembered."""
    _stop_for([*bad, *unpublishable(store, drafts)], _failing(store, drafts), issue, anyway=anyway, tell=tell)
    for line in unchecked(drafts):
        tell(line)
    if anyway:
        accept(store, check_drafts(store, drafts))


def _write(
    store: Store,
    output: Path,
    writer: IssueFiles,
    made: Issue,
    entries: Sequence[PublishedEntry],
    *,
    now: datetime,
    tell: Tell,
) -> None:
    """Write an issue and all that shows it beside the others, and keep what was published."""
    issue = made.name
    shown = shown_archive(store, output, issue=issue, entries=entries)
    found = followed(shown.counted())
    is_newest = max(shown.places.values(), default=issue) <= issue
    drawn = map_of(found if is_newest else followed(shown.counted(up_to=issue)))
    mail = writer.write_issue(made, places=shown.places, map_svg=drawn)
    tell(_said_of(mail, has_site=bool(made.site)))
    store.drafts.save_entries(entries)
    store.drafts.save_published(issue, now=now)
    writer.write_index(shown, found)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from looking for cycles: what is shown of a large archive is half a million objects without
    any, and looking through them over and over took a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _keep_places(store: Store, approved: Sequence[DraftRow], *, now: datetime) -> None:
    """Keep the order that readers are shown."""
    known = {row.id: row.worth for row in store.drafts.drafts(ids=[row.id for row in approved])}
    for row in approved:
        if row.worth != known[row.id]:
            store.drafts.save_draft(row, now=now)


def _as_printed(
    store: Store,
    entries: Sequence[PublishedEntry],
    drafts: Collection[str],
    library: Collection[str],
    before: Mapping[str, PublishedEntry],
    *,
    keeps_suggestions: bool,
) -> list[PublishedEntry]:
    """Tell editors' italics from suggestions, and leave these out where they are not kept."""
    ideas = ideas_of(store.articles.analyses_for(drafts).values(), library)
    # Of an entry without a draft, what was published is all that is known.
    told = [
        replace(each, entry=with_own_italics(with_old_suggestions(each.entry, before.get(each.id)), ideas))
        if each.id in drafts
        else each
        for each in entries
    ]
    if keeps_suggestions:
        return told
    return [replace(each, entry=left_out(each.entry, ideas)) for each in told]


def withdraw_rejected(
    store: Store,
    output: Path,
    *,
    title: str,
    site: str,
    language: str,
    now: datetime,
    time_zone: str = "UTC",
    tell: Tell = lambda _: None,
    known: KnownDrafts | None = None,
) -> list[DraftRow]:
    """Take entries back whose drafts were rejected after they were published.

    Each leaves its issue, and its page says when it was withdrawn. Nothing else of the issues changes,
    whatever was edited since: that is for publishing again.

    Args:
        store: The archive.
        output: The workspace's output folder.
        title: The newsletter's.
        site: Its address on the web; may be empty.
        language: ISO 639-1.
        now: Aware, UTC.
        time_zone: IANA name; the date that readers are told is of there.
        tell: Told of each, and of published files that were changed by hand.
        known: The archive's issues and drafts, where they were asked for already.

    Returns:
        The drafts of the entries withdrawn.
    """
    known = known or KnownDrafts(store)
    turned_down = [row for row in known.rows.values() if row.status == "rejected"]
    kept = {each.id: each for each in store.drafts.entries_of(row.id for row in turned_down)}
    rejected = [row for row in turned_down if row.id in kept and kept[row.id].issue in known.published]
    if not rejected:
        return []
    writer = IssueFiles(store, output, title=title, site=site, language=language, now=now, tell=tell)
    day = _day(now, time_zone)
    # It follows from the rejection, and is undone with it.
    with (
        same_step(store, output, [row.id for row in rejected], "rejected"),
        one_step(store, output, "withdraw", now=now, is_decision=False),
    ):
        _take_back(store, output, writer, rejected, kept, day, tell)
    return rejected


def _take_back(
    store: Store,
    output: Path,
    writer: IssueFiles,
    rejected: Sequence[DraftRow],
    kept: Mapping[str, PublishedEntry],
    day: str,
    tell: Tell,
) -> None:
    names = {kept[row.id].issue for row in rejected}
    for row in rejected:
        writer.write_withdrawn(row.id, kept[row.id].entry, f"Withdrawn on {day}.")
        tell(f"withdrawn from issue {kept[row.id].issue}: {row.id}  {row.title}")
    left, changed = _without_links(published_entries(store, output), {row.id for row in rejected})
    shown = shown_of(left)
    for name in sorted({*names, *(each.issue for each in changed)}):
        entries = [each for each in left if each.issue == name]
        drawn = map_of(followed(shown.counted(up_to=name)))
        writer.write_issue(writer.issue(name, entries), places=shown.places, map_svg=drawn)
    writer.write_index(shown)
    store.drafts.save_entries(changed)
    store.drafts.withdraw_entries([row.id for row in rejected])
    for path in reviews_naming(output, {row.id for row in rejected}):
        tell(f"{path}: a review that still names what was withdrawn; make it anew: digest review-of")


def _without_links(
    entries: Sequence[PublishedEntry], gone: set[str]
) -> tuple[list[PublishedEntry], list[PublishedEntry]]:
    """Take links to entries that are gone out of others' Closest; gives all of them, and those changed."""
    left = [each for each in entries if each.id not in gone]
    changed = {
        each.id: replace(
            each, entry=_linking_to(each.entry, {link.target for link in each.entry.closest} - gone)
        )
        for each in left
        if any(link.target in gone for link in each.entry.closest)
    }
    return [changed.get(each.id, each) for each in left], list(changed.values())


def _approved(
    store: Store, issue: str, files: DraftFiles, kept: Mapping[str, PublishedEntry], bad: Sequence[str]
) -> list[DraftRow]:
    """Give the drafts that are published: approved, with a file, or with what was published before.

    Raises:
        DigestError: there are none.
    """
    approved = [
        replace(row, worth=files.found[row.id].row.worth) if row.id in files.found else row
        for row in store.drafts.drafts(issue=issue)
        if row.status == "approved" and (row.id in files.found or row.id in kept)
    ]
    if not approved and not bad:
        raise DigestError(
            f"issue {issue}: no approved drafts; approve some with: digest draft approve ID ... (or --all)"
        )
    return approved


def _with_files(
    approved: Sequence[DraftRow], files: DraftFiles, kept: Mapping[str, PublishedEntry]
) -> dict[str, FoundDraft]:
    """Give the files of approved drafts, by id; of an imported one what was published counts."""
    return {
        row.id: files.found[row.id]
        for row in approved
        if row.id in files.found and not _is_imported(row, kept)
    }


def _is_imported(row: DraftRow, kept: Mapping[str, PublishedEntry]) -> bool:
    return row.id in kept and kept[row.id].is_imported


def _finals(
    store: Store,
    drafts: Mapping[DraftRow, FoundDraft | None],
    kept: Mapping[str, PublishedEntry],
    issue: str,
) -> list[PublishedEntry]:
    """Give the entries as they are published, in the order of the issue; of a draft without a file, what was
    published stays."""
    published = store.drafts.published_issues() | {issue}
    shown = store.drafts.approved_in(published)
    titles = {row.id: draft.file.entry.title for row, draft in drafts.items() if draft}
    worth = {row.id: row.worth for row in drafts}
    found = [
        PublishedEntry(row.id, issue, _final(accepted_entry(draft.file), shown, titles))
        if draft
        else kept[row.id]
        for row, draft in drafts.items()
    ]
    return sorted(found, key=lambda each: place_of(each, worth))


def _final(entry: Entry, shown: set[str], titles: Mapping[str, str]) -> Entry:
    """Leave out closest entries that were turned down, and use the titles editors gave."""
    closest = tuple(Reference(titles.get(each.target, each.title), each.target) for each in entry.closest)
    kept = {each.target for each in closest if each.target in shown or "://" in each.target}
    return _linking_to(replace(entry, closest=closest), kept)


def _linking_to(entry: Entry, kept: set[str]) -> Entry:
    """Leave of an entry's Closest only what leads there, also where an editor wrote in it."""
    hidden = {each.target for each in entry.closest} - kept
    parts = tuple(
        Part(part.name, part.heading, without_links_to(part.text, hidden)) if part.name == "Closest" else part
        for part in entry.parts
    )
    closest = tuple(each for each in entry.closest if each.target in kept)
    return replace(entry, closest=closest, parts=parts)


def _notes(
    store: Store,
    entries: Sequence[PublishedEntry],
    kept: Mapping[str, PublishedEntry],
    published_at: datetime,
    day: str,
) -> list[PublishedEntry]:
    """Say what readers are told of entries that are not what they have seen."""
    found = []
    for each in entries:
        before = kept.get(each.id)
        if before is not None:
            note = corrected(each.entry, before, day)
        else:
            note = published_again(day) if _was_taken_back(store, each.id, published_at) else ""
        found.append(replace(each, note=note))
    return found


def _was_taken_back(store: Store, entry_id: str, published_at: datetime) -> bool:
    """Tell whether an entry was withdrawn: its page was written, and it was no longer approved after that.

    A page alone may have been written by a publishing that was killed.
    """
    if not store.files.hashes_of(f"entries/{entry_id}.md"):
        return False
    return any(at >= published_at and status != "approved" for at, status, _ in store.drafts.log_of(entry_id))


def _withdraw(store: Store, writer: IssueFiles, issue: str, approved: set[str], day: str) -> None:
    """Say on the pages of entries that are no longer in the issue that they were withdrawn."""
    gone = [each for each in store.drafts.entries(issue=issue) if each.id not in approved]
    for each in gone:
        writer.write_withdrawn(each.id, each.entry, f"Withdrawn on {day}.")
    store.drafts.withdraw_entries([each.id for each in gone])


def unpublishable(store: Store, found: Mapping[str, FoundDraft]) -> Iterator[str]:
    """Name, by file and line, what of drafts could not be published as it stands."""
    evidence = store.drafts.evidence_of(found)
    for each, draft in found.items():
        glance, made = draft.glance, evidence.get(each)
        is_known = glance is not None and glance.evidence == evidence_key(made)
        lines = glance.unpublishable if glance and is_known else unpublishable_lines(draft.text, made)
        for line, what in lines:
            yield f"{draft.path}: line {line}: {what}"


def keep_glances(store: Store, found: Mapping[str, FoundDraft], checks: Mapping[str, DraftChecks]) -> None:
    """Keep what the files of drafts say, so that the next list need not read through those that are the same.

    Args:
        store: The archive.
        found: The drafts as their files stand.
        checks: What the checks found in them just now.
    """
    newest = store.articles.newest_analyses(found)
    evidence = store.drafts.evidence_of(found)
    fresh = {}
    for each, draft in found.items():
        made, checked = evidence_key(evidence.get(each)), checks.get(each, DraftChecks())
        places = {line.statement for line in newer(checked)}
        old = draft.glance
        if (
            old
            and (old.evidence, old.checked, old.analysis) == (made, checked.checked, newest.get(each, 0))
            and places <= {statement for statement, _ in old.places}
        ):
            continue
        fresh[each] = DraftGlance(
            glance_key(draft.text),
            draft.status,
            draft.file.entry.title,
            len(draft.file.entry.signals),
            len(draft.file.entry.sources),
            checked.checked,
            newest.get(each, 0),
            made,
            tuple(unpublishable_lines(draft.text, evidence.get(each))),
            tuple(unchecked_sections(draft.text)),
            tuple(places_of(draft, newer(checked)).items()),
        )
    store.drafts.save_glances(fresh)


def evidence_key(made: str | None) -> str:
    """Give the hash of the Evidence that a draft was given; empty where that is not known."""
    return "" if made is None else hashlib.sha256(made.encode("utf-8", "replace")).hexdigest()


def unreadable(found: Mapping[str, FoundDraft]) -> dict[str, list[str]]:
    """Name code and HTML without an end, by draft; until it is mended, such a draft is not checked."""
    faults = {each: swallowing_lines(draft.text) for each, draft in found.items()}
    return {
        each: [f"{found[each].path}: line {line}: {what}" for line, what in lines]
        for each, lines in faults.items()
        if lines
    }


def unchecked(found: Mapping[str, FoundDraft]) -> Iterator[str]:
    """Name, by file and line, own sections that may have been meant for others, whose words are checked."""
    for draft in found.values():
        for line, what in draft.glance.unchecked if draft.glance else unchecked_sections(draft.text):
            yield f"{draft.path.name}: line {line}: {what}"


def _failing(store: Store, found: Mapping[str, FoundDraft]) -> list[str]:
    """Say what fails a check and was not accepted, by file and sentence."""
    checks = check_drafts(store, found)
    return [line for each in checks for line in lines_of(found[each], newer(checks[each]))]


def _stop_for(broken: Sequence[str], failing: Sequence[str], issue: str, *, anyway: bool, tell: Tell) -> None:
    """Stop for all that keeps an issue from being published, everything at once."""
    if anyway and not broken:
        for line in failing:
            tell(f"published anyway: {line}")
        return
    lines = [*broken, *(f"failed check: {line}" for line in failing)]
    if not lines:
        return
    hint = f"issue {issue}: nothing was written; mend these, or reject them"
    if failing:
        hint += "; what only fails a check is published all the same with: --anyway"
    raise (StoreError if broken else DigestError)("\n".join((*lines, hint)))


def _stop_for_leaks(made: Issue, drafts: Mapping[str, FoundDraft]) -> None:
    """Stop for link definitions of one story that change what another says."""
    if leaks := issue_leaks(made):
        names = {each: drafts[each].path if each in drafts else each for each, _ in leaks}
        raise StoreError("\n".join(f"{names[each]}: {what}; nothing was written" for each, what in leaks))


def _said_of(mail: Mail, *, has_site: bool) -> str:
    """Say how large the mail is, where it was cut, and what keeps its readers from reading on."""
    said = f"the mail has {mail.size_kb} kB"
    if not mail.cut_at:
        return said
    said += (
        f"; mail programs cut one of more than about {MOST_BYTES // 1_000} kB, so it ends at “{mail.cut_at}”"
    )
    if has_site:
        return f"{said} and says where to read on"
    return f"{said}; for a link to read on, say in feeds.yaml where the newsletter appears: newsletter.site"


def _day(now: datetime, time_zone: str) -> str:
    day = now.astimezone(ZoneInfo(time_zone))
    return f"{day.day} {day:%B} {day.year}"
