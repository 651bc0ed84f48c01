"""Which issue is worked on, and what editors decided on its drafts."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.errors import DigestError, StoreError
from digest.issues.draft_files import (
    DraftFiles,
    FileProblem,
    FoundDraft,
    check_as_read,
    find_drafts,
    text_of_unknown,
)
from digest.issues.draft_texts import free_path, path_of_draft, still_says
from digest.issues.drafts import with_status
from digest.issues.history.keeping import VERBS, keep_version, note_files, note_gone, one_step
from digest.issues.issue_names import name_problem, newest_near
from digest.issues.known_drafts import KnownDrafts
from digest.issues.order import placed_worth, without_place
from digest.issues.output_paths import draft_folder
from digest.issues.own_files import keep_beside
from digest.issues.renewing import never_here
from digest.issues.snapshots import take_snapshots
from digest.language.counts import counted
from digest.records import DraftRow, Status
from digest.store import Store
from digest.store.history import text_hash
from digest.workspace.files import inside, write_text

UNDECIDED: tuple[Status, ...] = ("pending", "deferred")

# -- which issue ---------------------------------------------------------------------------------------------


def issue_for_run(known: Mapping[str, datetime | None], wanted: str, *, time_zone: str, now: datetime) -> str:
    """Choose the issue a run works on: the one asked for, the newest unpublished one, or a new one.

    An unpublished issue that is named by a day far ahead is worked on only where it is asked for. A new issue
    is named by today's date in the newsletter's time zone; a second one of the same day gets a letter.

    Args:
        known: When each issue of the archive was published; None for an open one.
        wanted: As it was asked for; may be empty.
        time_zone: The newsletter's, IANA name.
        now: Aware, UTC.

    Raises:
        DigestError: the issue asked for is published already, or its name is no date.
    """
    if wanted:
        if problem := name_problem(wanted):
            raise DigestError(f"--issue: {problem}")
        if published_at := known.get(wanted):
            raise DigestError(
                f"issue {wanted} was published on {published_at:%Y-%m-%d}; choose another with --issue"
            )
        return wanted
    unpublished = [name for name, published_at in known.items() if published_at is None]
    if newest := newest_near(unpublished, now=now):
        return newest
    today = f"{now.astimezone(ZoneInfo(time_zone)):%Y%m%d}"
    names = [today, *(today + letter for letter in "bcdefghijklmnopqrstuvwxyz")]
    return next(name for name in names if name not in known)


def draft_path(output: Path, issue: str, draft_id: str) -> Path:
    """Say where a draft's file is; `<id>.md` where there is none."""
    return path_of_draft(output, issue, draft_id)


# -- what editors did to the files ---------------------------------------------------------------------------


def read_statuses(
    store: Store, output: Path, issue: str, *, now: datetime, known: KnownDrafts | None = None
) -> DraftFiles:
    """Take over what a person did to the draft files: a changed `status:` line, a deleted file.

    A pending or deferred draft without a file is rejected; an approved one of an open issue is named as a
    problem.

    Returns:
        The files as they stand now, with what was done in `notes`.

    Raises:
        DigestError: The folder is gone, or half of the drafts or more at once: that may be an accident, and
            nothing is rejected.
    """
    known = known or KnownDrafts(store)
    files = find_drafts(store, output, issue, known=known)
    is_published = issue in known.published
    found, stands, told = _as_they_say(files, is_published)
    if store.history.is_paused and store.history.copy:
        # Another machine is at work: these files may be behind it, and decide nothing.
        return replace(files, found=found, missing=(), notes=(*files.notes, *told))
    note_files(store, output, found, now=now)
    for row in stands.values():
        known.save(row, now=now)
    _keep_evidence(store, [found[row.id] for row in stands.values() if row.status == "approved"], now=now)
    if is_published:
        told += _told_of_published(files, known)
    problems = tuple(
        # Whatever status stands in it: readers have the story, and publishing must not pass over that.
        replace(each, may_be_approved=True) if is_published and known.is_approved(each.id) else each
        for each in files.problems
    )
    files = replace(files, found=found, problems=problems, notes=(*files.notes, *told))
    # What was published is kept in the archive.
    gone = [row for row in files.missing if not (is_published and row.status == "approved")]
    elsewhere = never_here(store, [row for row in gone if row.status != "approved"])
    gone = [row for row in gone if row.id not in elsewhere]
    files = replace(files, notes=(*files.notes, *(f"{files.folder}: {each}" for each in elsewhere.values())))
    if not gone:
        return replace(files, missing=())
    count = len(found) + len(files.broken) + len(gone)
    if not files.folder.is_dir() or 2 * len(gone) >= count:
        if is_published:
            return files
        raise DigestError(_question(files.folder, gone, count))
    return _reject_deleted(store, output, known, files, gone, now=now)


def _as_they_say(
    files: DraftFiles, is_published: bool
) -> tuple[dict[str, FoundDraft], dict[str, DraftRow], list[str]]:
    """Give the drafts with what their files say of them, the rows that differ from what is known, and what
    a file says in vain.
    """
    found, stands, told = {}, {}, []
    for draft in files.found.values():
        worth = placed_worth(draft.text, draft.row.worth)
        row = replace(draft.row, status=draft.status, worth=worth)
        if is_published and draft.row.status == "approved" and row.status in UNDECIDED:
            # What readers have cannot wait; who wants it back rejects it.
            told.append(
                f"{draft.path}: status: {row.status}: published already, and stays so; "
                "to take it back, write rejected"
            )
            row = draft.row
        # Of what readers have, a new place counts when it is published again.
        known_row = replace(row, worth=draft.row.worth) if is_published else row
        if known_row != draft.row:
            stands[row.id] = known_row
        found[row.id] = replace(draft, row=row)
    return found, stands, told


def _told_of_published(files: DraftFiles, known: KnownDrafts) -> list[str]:
    """Say of stories that readers have which files are gone or cannot be read."""
    gone = [
        f"{files.folder}: no file of {row.id} ({row.title}); what was published stays; "
        f"to take it back: digest draft reject {row.id}"
        for row in files.missing
        if row.status == "approved"
    ]
    broken = [
        f"{each}: published, and its file cannot be read; what was published stays; "
        f"to take it back: digest draft reject {each}"
        for each in sorted(files.broken)
        if known.is_approved(each)
    ]
    return gone + broken


def read_open_issues(store: Store, output: Path, *, now: datetime) -> None:
    """Take over what a person did to the drafts that may still change: of open issues, and the newest
    published.

    Raises:
        DigestError: As for `read_statuses`.
    """
    known = KnownDrafts(store)
    newest = max(known.published, default="")
    for name in filter(None, (*sorted(known.open), newest)):
        read_statuses(store, output, name, now=now, known=known)


def _question(folder: Path, gone: Sequence[DraftRow], count: int) -> str:
    what = f"{len(gone)} of {count} drafts have no file" if folder.is_dir() else "the folder is gone"
    titles = [f"  {row.id}  {row.status}  {row.title}" for row in gone]
    return "\n".join(
        (
            f"{folder}: {what}; nothing was rejected. was that meant?",
            *titles,
            f"put the files back, or say that they are rejected: "
            f"digest draft reject --missing --issue {folder.name}",
        )
    )


def _reject_deleted(
    store: Store,
    output: Path,
    known: KnownDrafts,
    files: DraftFiles,
    gone: Sequence[DraftRow],
    *,
    now: datetime,
) -> DraftFiles:
    notes, problems = [], []
    for row in gone:
        if row.status == "approved":
            message = (
                f"{files.folder}: the file of the approved draft {row.id} ({row.title}) is gone; "
                f"put it back, or: digest draft reject {row.id}"
            )
            problems.append(FileProblem(message, row.id, may_be_approved=True))
            continue
        rejected = replace(row, status="rejected")
        note_gone(store, output, rejected, now=now)
        known.save(rejected, now=now)
        notes.append(f"rejected by deletion: {row.id}  {row.title}")
    return replace(files, missing=(), problems=(*files.problems, *problems), notes=(*files.notes, *notes))


def without_files(store: Store, output: Path, issue: str) -> list[str]:
    """Give the ids of drafts of an issue that have no file."""
    missing = find_drafts(store, output, issue).missing
    elsewhere = never_here(store, missing)
    return [row.id for row in missing if row.id not in elsewhere]


def set_status(
    store: Store,
    output: Path,
    ids: Iterable[str],
    status: Status,
    *,
    now: datetime,
    reason: str = "",
    files: DraftFiles | None = None,
) -> list[DraftRow]:
    """Set the status of drafts, in their files and in the archive: all of them, or none; that is one step.

    A draft whose file was deleted can be rejected. A published one can be rejected, which takes it back, also
    where its file cannot be read, which is left as it is; and approved again; it can neither wait nor be
    deferred.

    Args:
        store: The archive.
        output: The workspace's output folder.
        ids: The drafts.
        status: The status.
        now: Aware, UTC.
        reason: Why.
        files: The drafts of an issue as their files stand at this moment, where that is known already.

    Raises:
        DigestError: there is no such draft, it is published and would wait, or its file cannot be read; all
            of them are named.
    """
    published = store.drafts.published_issues()
    wanted = list(dict.fromkeys(ids))
    # Not all of the archive's drafts, which may be thousands: an editor waits for a verdict.
    rows = {row.id: row for row in store.drafts.drafts(ids=wanted)}
    if missing := [each for each in wanted if each not in rows]:
        raise DigestError(f"{missing[0]}: no such draft; list them with: digest draft list")
    closed = [row for row in rows.values() if row.issue in published and row.status == "approved"]
    if closed and status in UNDECIDED:
        raise DigestError(
            f"{closed[0].id}: published in issue {closed[0].issue} already; take it back with: "
            f"digest draft reject {closed[0].id}"
        )
    found = {
        name: _found_in(store, output, name, rows, files) for name in {row.issue for row in rows.values()}
    }
    taken_back = {row.id for row in closed} if status == "rejected" else set()
    if problems := list(_in_the_way(rows, found, taken_back, needs_files=status != "rejected")):
        raise StoreError("\n".join(problems))
    changed = [replace(rows[each], status=status) for each in wanted]
    asked = {each: draft for of_issue in found.values() for each, draft in of_issue.found.items()}
    asked = {each: draft for each, draft in asked.items() if each in rows}
    check_as_read(asked.values())
    stands = {each: replace(draft.row, status=draft.status) for each, draft in asked.items()}
    note_files(store, output, {each: replace(asked[each], row=stands[each]) for each in asked}, now=now)
    issue = changed[0].issue if changed else ""
    with one_step(store, output, VERBS[status], now=now, reason=reason, issue=issue):
        for row in changed:
            if draft := asked.get(row.id):
                check_as_read([draft])
                text = with_status(draft.text, status, str(draft.path))
                keep_version(store, output, row, draft.path, text)
                if text != draft.text:
                    write_text(draft.path, text, within=output)
            elif last := store.history.last_versions([row.id]).get(row.id):
                is_broken = row.id in found[row.issue].broken
                as_known = store.history.text_of(row.id, last.version) if is_broken else None
                keep_version(store, output, row, output / last.path, as_known)
            store.drafts.save_draft(row, now=now)
    if status == "approved":
        _keep_evidence(store, [asked[row.id] for row in changed if row.id in asked], now=now)
    return changed


def _keep_evidence(store: Store, approved: Sequence[FoundDraft], *, now: datetime) -> None:
    """Keep for good what drafts that were approved rest on."""
    take_snapshots(store, {each.row.id: each.file.entry for each in approved}, now=now)


def _in_the_way(
    rows: Mapping[str, DraftRow],
    found: Mapping[str, DraftFiles],
    taken_back: Collection[str],
    *,
    needs_files: bool,
) -> Iterator[str]:
    """Say of which drafts the status cannot be written."""
    for each, row in rows.items():
        of_issue = found[row.issue]
        if each in of_issue.broken and each not in taken_back:
            yield from (problem.message for problem in of_issue.problems if problem.id == each)
        elif each not in of_issue.found and needs_files:
            yield f"{of_issue.folder}: the draft {each} has no file; put it back, or reject it"


def _found_in(
    store: Store,
    output: Path,
    issue: str,
    rows: Mapping[str, DraftRow],
    files: DraftFiles | None,
) -> DraftFiles:
    """Find the files of an issue, unless they are known and all that is asked for is among them."""
    asked = {each for each, row in rows.items() if row.issue == issue}
    if files and files.folder == draft_folder(output, issue) and asked <= files.found.keys():
        return files
    return find_drafts(store, output, issue)


def carry_over(store: Store, output: Path, *, to: str, now: datetime, known: KnownDrafts) -> list[str]:
    """Move what published issues left undecided, pending and deferred drafts, into the issue that is open.

    A draft whose file cannot be read, or says something else by now, stays where it is; one whose file is
    written meanwhile does so until the next run.

    Returns:
        What was carried, in sentences: one for each issue.
    """
    published = known.published - {to}
    undecided: dict[str, list[DraftRow]] = {}
    for row in known.rows.values():
        if row.status in UNDECIDED and row.issue in published:
            undecided.setdefault(row.issue, []).append(row)
    notes = []
    for name, rows in undecided.items():
        found = find_drafts(store, output, name, known=known).found
        note_files(store, output, {row.id: found[row.id] for row in rows if row.id in found}, now=now)
        drafts = [found[row.id] for row in rows if row.id in found and found[row.id].status in UNDECIDED]
        with one_step(store, output, "carry", now=now, issue=to, is_decision=False):
            told, stayed = _carry(store, output, drafts, to, now=now, known=known)
        notes += told
        if drafts := [each for each in drafts if each not in stayed]:
            count = counted(len(drafts), "undecided draft", "undecided drafts")
            notes.append(f"{count} of issue {name}, which is published, carried to issue {to}")
    return notes


def _carry(
    store: Store, output: Path, drafts: Sequence[FoundDraft], to: str, *, now: datetime, known: KnownDrafts
) -> tuple[list[str], list[FoundDraft]]:
    """Move drafts; gives what an editor should know, and those that stayed."""
    notes, stayed = [], []
    for old in drafts:
        if not still_says(old.path, old.text):
            notes.append(f"{old.path}: changed just now, and stays until the next run")
            stayed.append(old)
            continue
        row = replace(old.row, issue=to, status="pending")
        text = without_place(with_status(old.text, "pending", str(old.path)), str(old.path))
        # There already, where a run was killed before it noted the new issue.
        there = text_of_unknown(output, to, old.row.id)
        if there:
            new, text, note = _of_both(store, output, old.row.id, text, *there)
            notes += [note] if note else []
        else:
            new = free_path(draft_folder(output, to), old.path.name, old.row.id)
        keep_version(store, output, row, new, text)
        if not there or there[1] != text:
            write_text(new, text, within=output)
        known.open_issue(to)
        known.save(row, now=now)
        inside(output, old.path.parent)
        old.path.unlink(missing_ok=True)
    return notes, stayed


def _of_both(
    store: Store, output: Path, draft_id: str, text: str, path: Path, carried: str
) -> tuple[Path, str, str]:
    """Choose between what is carried now and what lies there of a run that was killed: where somebody wrote
    since; of both the old file, where the draft still was, and the other is kept beside.

    Returns:
        Where the file goes, its text, and what an editor should know; empty for nothing.
    """
    versions = store.history.versions_of(draft_id)
    begun = next((each.sha256 for each in reversed(versions) if each.issue == path.parent.name), "")
    if text_hash(text) == begun:
        return path, carried, ""
    if carried == text or text_hash(carried) == begun:
        return path, text, ""
    kept = keep_beside(output, path)
    return path, text, f"{path}: was changed there and in the issue it is carried from: see also {kept.name}"
