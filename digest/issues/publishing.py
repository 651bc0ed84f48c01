"""Publishing an issue: stopping for what may not be, telling what is corrected, and taking it back."""

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.errors import DigestError, StoreError
from digest.issues.blind_spots import LeftOut, write_blind_spots
from digest.issues.corrections import corrected, published_again
from digest.issues.decisions import read_statuses
from digest.issues.draft_checks import accept, check_drafts, lines_of, newer
from digest.issues.draft_files import FoundDraft
from digest.issues.forms import MOST_BYTES, Mail
from digest.issues.history.keeping import PUBLISH, one_step, same_step
from digest.issues.introduction import read_introduction
from digest.issues.issue_files import IssueFiles, Tell
from digest.issues.issue_names import check_known
from digest.issues.known_drafts import KnownDrafts
from digest.issues.opening import printed_opening
from digest.issues.pages import issue_leaks
from digest.issues.printed import approved_drafts, linking_to, printed_entries
from digest.issues.publishable import unchecked, unpublishable
from digest.issues.published import published_entries
from digest.issues.reviews import reviews_naming
from digest.issues.shown_issues import shown_archive
from digest.issues.snapshots import take_snapshots
from digest.issues.trends import followed
from digest.issues.trends.trending import map_of
from digest.issues.withdrawn_elsewhere import take_out_here, withdrawn_elsewhere, write_without
from digest.language.counts import counted
from digest.records import (
    DraftRow,
    Issue,
    Newsletter,
    PublishedEntry,
)
from digest.store import Store


def publish(
    store: Store,
    output: Path,
    issue: str,
    newsletter: Newsletter,
    *,
    now: datetime,
    anyway: bool = False,
    anyway_by: str = "--anyway",
    keeps_suggestions: bool = True,
    library: Collection[str] = (),
    left_out: LeftOut | None = None,
    tell: Tell = lambda _: None,
) -> Issue:
    """Publish an issue: entry pages of approved drafts, the issue in its forms, and the index.

    An entry that readers have seen before in other words is marked as corrected.

    Args:
        store: The archive.
        output: The workspace's output folder.
        issue: Its name.
        newsletter: The one it is an issue of.
        now: Aware, UTC.
        anyway: What fails a check is published all the same, and remembered as accepted.
        anyway_by: What an editor is told to use for that.
        keeps_suggestions: Whether italics that nobody touched are printed; else their cells are empty.
        library: Every phrase that may be suggested, beside those that analyses offer.
        left_out: How it is told what the issue leaves out; None for not at all.
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
    writer = IssueFiles(store, output, newsletter, now=now, tell=tell)
    approved = approved_drafts(store, issue, files, bad=bad)
    broken = [*bad, *unpublishable(store, approved.drafts)]
    _check(store, approved.drafts, broken, issue, anyway=anyway, anyway_by=anyway_by, tell=tell)
    final = printed_entries(store, approved, library, keeps_suggestions=keeps_suggestions)
    opening = printed_opening(
        introduction, final, language=newsletter.language, keeps_suggestions=keeps_suggestions, tell=tell
    )
    day = _day(now, newsletter.time_zone)
    published_at = known[issue]
    entries = _notes(store, final, approved.kept, published_at, day) if published_at else final
    _stop_for_leaks(made := writer.issue(issue, entries, opening), approved.drafts)
    with one_step(store, output, PUBLISH, now=now, issue=issue):
        gone = _withdraw(store, writer, issue, {row.id for row in approved.rows}, day)
        if gone:
            made = writer.issue(issue, entries, opening)
        _keep_places(store, approved.rows, now=now)
        # Of what was edited since it was approved, and of what earlier versions approved.
        take_snapshots(store, {each.id: each.entry for each in final if each.id in approved.drafts}, now=now)
        with _no_collection():
            _write(store, output, writer, made, entries, left_out, now=now, tell=tell)
    if gone:
        _tell_reviews(output, gone, published_entries(store, output), tell)
    return made


def _check(
    store: Store,
    drafts: Mapping[str, FoundDraft],
    broken: Sequence[str],
    issue: str,
    *,
    anyway: bool,
    anyway_by: str,
    tell: Tell,
) -> None:
    """Stop for what cannot be published or fails a check; what is published anyway is remembered."""
    failing = _failing(store, drafts)
    if anyway and not broken:
        for line in failing:
            tell(f"published anyway: {line}")
    else:
        _stop_for(broken, failing, issue, anyway_by)
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
    left_out: LeftOut | None,
    *,
    now: datetime,
    tell: Tell,
) -> None:
    """Write an issue and all that shows it beside the others, and keep what was published."""
    issue = made.name
    shown = shown_archive(store, output, issue=issue, entries=entries)
    found = followed(shown.counted())
    is_newest = max(shown.places.values(), default=issue) <= issue
    newest_map = map_of(found)
    drawn = newest_map if is_newest else map_of(followed(shown.counted(up_to=issue)))
    if left_out:
        # Before the issue, which leads there.
        write_blind_spots(store, output, writer, issue, left_out, shown, now=now)
    mail = writer.write_issue(made, places=shown.places, map_svg=drawn)
    tell(_said_of(mail, has_site=bool(made.site)))
    store.drafts.save_entries(entries)
    store.drafts.save_published(issue, now=now)
    writer.write_index(shown, (found, newest_map))


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


def withdraw_rejected(
    store: Store,
    output: Path,
    newsletter: Newsletter,
    *,
    now: datetime,
    tell: Tell = lambda _: None,
    known: KnownDrafts | None = None,
) -> list[DraftRow]:
    """Take entries back whose drafts were rejected after they were published.

    Each leaves its issue, and its page says when it was withdrawn. Nothing else of the issues changes,
    whatever was edited since: that is for publishing again. Where that was done on another machine, this
    folder's pages follow.

    Args:
        store: The archive.
        output: The workspace's output folder.
        newsletter: The one it is an issue of.
        now: Aware, UTC.
        tell: Told of each, and of published files that were changed by hand.
        known: The archive's issues and drafts, where they were asked for already.

    Returns:
        The drafts of the entries withdrawn.
    """
    if store.history.is_paused:
        # Whoever holds the archive may be at it, and takes them back.
        return []
    published = known.published if known else store.drafts.published_issues()
    if not published:
        return []
    rows = known.rows.values() if known else store.drafts.drafts(status="rejected")
    turned_down = [row for row in rows if row.status == "rejected"]
    kept = {each.id: each for each in store.drafts.entries_of(row.id for row in turned_down)}
    rejected = [row for row in turned_down if row.id in kept and kept[row.id].issue in published]
    elsewhere = withdrawn_elsewhere(
        store,
        output,
        [row for row in turned_down if row.id not in kept and row.issue in published],
        lambda at: _withdrawn(_day(at, newsletter.time_zone)),
    )
    writer = IssueFiles(store, output, newsletter, now=now, tell=tell)
    if rejected:
        day = _day(now, newsletter.time_zone)
        # It follows from the rejection, and is undone with it.
        with (
            same_step(store, output, [row.id for row in rejected], "rejected"),
            one_step(store, output, "withdraw", now=now, is_decision=False),
        ):
            # Why it was rejected is the editors' own matter.
            _take_back(store, output, writer, rejected, kept, _withdrawn(day), tell)
    if elsewhere:
        left = take_out_here(store, output, writer, elsewhere)
        for each in elsewhere:
            tell(
                f"withdrawn from issue {each.issue}, elsewhere and now here: {each.row.id}  {each.row.title}"
            )
        _tell_reviews(output, {each.row.id for each in elsewhere}, left, tell)
    return rejected


def _take_back(
    store: Store,
    output: Path,
    writer: IssueFiles,
    rejected: Sequence[DraftRow],
    kept: Mapping[str, PublishedEntry],
    note: str,
    tell: Tell,
) -> None:
    names = {kept[row.id].issue for row in rejected}
    for row in rejected:
        writer.write_withdrawn(row.id, kept[row.id].entry, note)
        tell(f"withdrawn from issue {kept[row.id].issue}: {row.id}  {kept[row.id].entry.title}")
    left, changed = _without_links(published_entries(store, output), {row.id for row in rejected})
    write_without(writer, left, {*names, *(each.issue for each in changed)})
    store.drafts.save_entries(changed)
    store.drafts.withdraw_entries([row.id for row in rejected])
    _tell_reviews(output, {row.id for row in rejected}, left, tell)


def _tell_reviews(output: Path, gone: Collection[str], left: Sequence[PublishedEntry], tell: Tell) -> None:
    """Name the reviews whose files still tell what was withdrawn; their pages on the site leave it out."""
    for path, command in reviews_naming(output, gone, left):
        how = f"make it anew: {command}" if command else "nothing it is about is published now; delete it"
        tell(f"{path}: still tells what was withdrawn, which its page on the site leaves out; {how}")


def _without_links(
    entries: Sequence[PublishedEntry], gone: set[str]
) -> tuple[list[PublishedEntry], list[PublishedEntry]]:
    """Take links to entries that are gone out of others' Closest; gives all of them, and those changed."""
    left = [each for each in entries if each.id not in gone]
    changed = {
        each.id: replace(
            each, entry=linking_to(each.entry, {link.target for link in each.entry.closest} - gone)
        )
        for each in left
        if any(link.target in gone for link in each.entry.closest)
    }
    return [changed.get(each.id, each) for each in left], list(changed.values())


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


def _withdraw(store: Store, writer: IssueFiles, issue: str, approved: set[str], day: str) -> set[str]:
    """Say on the pages of entries that the issue has no more that they were withdrawn; gives their ids."""
    gone = [each for each in store.drafts.entries(issue=issue) if each.id not in approved]
    for each in gone:
        writer.write_withdrawn(each.id, each.entry, _withdrawn(day))
    store.drafts.withdraw_entries([each.id for each in gone])
    return {each.id for each in gone}


def _withdrawn(day: str) -> str:
    """Say to readers when an entry was withdrawn."""
    return f"Withdrawn on {day}."


def _failing(store: Store, found: Mapping[str, FoundDraft]) -> list[str]:
    """Say what fails a check and was not accepted, by file and sentence."""
    checks = check_drafts(store, found)
    return [line for each in checks for line in lines_of(found[each], newer(checks[each]))]


def _stop_for(broken: Sequence[str], failing: Sequence[str], issue: str, anyway_by: str) -> None:
    """Stop for all that keeps an issue from being published, everything at once."""
    lines = [*broken, *(f"failed check: {line}" for line in failing)]
    if not lines:
        return
    hint = f"issue {issue}: nothing was written; mend these, or reject them"
    if failing:
        hint += f"; what only fails a check is published all the same with: {anyway_by}"
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
    left = counted(mail.left, "story is", "stories are")
    said += (
        f"; whole it would have more than {MOST_BYTES // 1_000} kB, near where mail programs cut one off: "
        f"it ends at “{mail.cut_at}” and {left} not in it, or not whole"
    )
    if has_site:
        return f"{said}; it says where to read on"
    named = "it" if mail.left == 1 else "them"
    return (
        f"{said}; it names {named} and the file of the whole issue; for a link to read on, say in feeds.yaml "
        "where the newsletter appears: newsletter.site"
    )


def _day(now: datetime, time_zone: str) -> str:
    day = now.astimezone(ZoneInfo(time_zone))
    return f"{day.day} {day:%B} {day.year}"
