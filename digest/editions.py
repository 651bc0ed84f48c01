"""Which issue is worked on, and what editors decided on its drafts."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from digest.drafts import read_draft, with_status
from digest.errors import DigestError
from digest.files import read_text, write_text
from digest.ports import Store
from digest.records import DraftRow, Status

STATUSES: tuple[Status, ...] = ("pending", "approved", "rejected", "deferred")

_STATUS_LINE = re.compile(r"\A---\n(?:.*\n)*?status:[ \t]*(\w+)[ \t]*\n")


# -- which issue ---------------------------------------------------------------------------------------------


def issue_for_run(store: Store, wanted: str, *, time_zone: str, now: datetime) -> str:
    """Choose the issue a run works on: the one asked for, the newest unpublished one, or a new one.

    A new issue is named by today's date in the newsletter's time zone; a second one of the same day gets a
    letter.

    Raises:
        DigestError: the issue asked for is published already, or its name is no date.
    """
    known = dict(store.drafts.issues())
    if wanted:
        if not re.fullmatch(r"\d{8}[a-z]?", wanted):
            raise DigestError(f"--issue: expected a date such as 20261122, got {wanted!r}")
        if known.get(wanted):
            raise DigestError(
                f"issue {wanted} was published on {known[wanted]:%Y-%m-%d}; choose another with --issue"
            )
        return wanted
    unpublished = [name for name, published_at in known.items() if published_at is None]
    if unpublished:
        return max(unpublished)
    today = f"{now.astimezone(ZoneInfo(time_zone)):%Y%m%d}"
    names = [today, *(today + letter for letter in "bcdefghijklmnopqrstuvwxyz")]
    return next(name for name in names if name not in known)


def draft_path(output: Path, issue: str, draft_id: str) -> Path:
    """Say where a draft's file is."""
    return output / "drafts" / issue / f"{draft_id}.md"


# -- what editors did to the files ---------------------------------------------------------------------------


def read_statuses(store: Store, output: Path, issue: str, *, now: datetime) -> int:
    """Take over the `status:` lines a person changed in the draft files; returns how many changed."""
    changed = 0
    for row in store.drafts.drafts(issue=issue):
        path = draft_path(output, issue, row.id)
        if not path.exists():
            continue
        found = _STATUS_LINE.match(read_text(path))
        # Whatever is no plain status line is left to the full reader, which says what is wrong with it.
        status = found[1] if found and found[1] in STATUSES else read_draft(read_text(path), path).status
        if status != row.status:
            store.drafts.save_draft(replace(row, status=cast(Status, status)), now=now)
            changed += 1
    return changed


def set_status(
    store: Store, output: Path, ids: Iterable[str], status: Status, *, now: datetime
) -> list[DraftRow]:
    """Set the status of drafts, in their files and in the archive.

    Raises:
        DigestError: there is no such draft, or its issue is published.
    """
    published = {name for name, published_at in store.drafts.issues() if published_at}
    wanted = list(ids)
    rows = {row.id: row for row in store.drafts.drafts(ids=wanted)}
    if missing := [each for each in wanted if each not in rows]:
        raise DigestError(f"{missing[0]}: no such draft; list them with: digest draft list")
    if closed := [row for row in rows.values() if row.issue in published and row.status == "approved"]:
        raise DigestError(f"{closed[0].id}: published in issue {closed[0].issue} already")
    changed = []
    for each in wanted:
        row = replace(rows[each], status=status)
        path = draft_path(output, row.issue, row.id)
        text = read_text(path)
        read_draft(text, path)
        write_text(path, with_status(text, status, str(path)))
        store.drafts.save_draft(row, now=now)
        changed.append(row)
    return changed


def carry_deferred(store: Store, output: Path, *, to: str, now: datetime) -> int:
    """Move deferred drafts of published issues into the issue that is open; returns how many."""
    published = {name for name, published_at in store.drafts.issues() if published_at}
    carried = 0
    for row in store.drafts.drafts():
        if row.status != "deferred" or row.issue == to or row.issue not in published:
            continue
        old, new = draft_path(output, row.issue, row.id), draft_path(output, to, row.id)
        if old.exists() and not new.exists():
            write_text(new, with_status(read_text(old), "pending", str(old)))
        store.drafts.open_issue(to)
        store.drafts.save_draft(DraftRow(row.id, to, "pending", row.title), now=now)
        old.unlink(missing_ok=True)
        carried += 1
    return carried
