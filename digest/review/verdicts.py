"""Verdicts on drafts: which there are, which drafts may have one, and what is told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.issues.decisions import UNDECIDED
from digest.issues.draft_checks import lines_of, newer
from digest.issues.publishable import unreadable
from digest.language.counts import counted
from digest.records import DraftRow, Status
from digest.review.lines import Line, Overview
from digest.review.shown import lines_since, marks_now, since
from digest.store import Store

VERDICTS: dict[str, tuple[Status, bool]] = {
    "approve": ("approved", False),
    "approve-over": ("approved", True),
    "reject": ("rejected", False),
    "defer": ("deferred", False),
    "reopen": ("pending", False),
}
"""What a button says, the status it gives, and whether open warnings are accepted by it."""

UNDONE: dict[Status, str] = {
    "approved": "not approved",
    "rejected": "not rejected",
    "deferred": "not deferred",
    "pending": "not put back to pending",
}
"""What is said of a draft that did not get a status."""


@dataclass(frozen=True)
class Decided:
    """What became of a verdict."""

    said: list[str]
    lines: Sequence[Line] = ()
    """Those that changed, as they are now."""
    is_done: bool = False
    """Whether it was done for all."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Stories of each filter of the desk then; empty where nothing was decided."""
    left: Sequence[str] = ()
    """Ids of those to which nothing was done, as they are not what the page showed."""


def as_decided(line: Line, status: Status, mark: str, *, anyway: bool) -> Line:
    """Give a line as it is after a verdict; nothing else of it has changed, as the workspace is locked."""
    failed = 0 if anyway or status == "rejected" else line.draft.failed
    return replace(line, draft=replace(line.draft, status=status, failed=failed), mark=mark)


def as_shown(
    store: Store,
    rows: Sequence[DraftRow],
    shown: Mapping[str, str],
    what: str,
    *,
    to: Status | None = None,
    again: str = "look at it, and decide again",
) -> tuple[list[str], list[str]]:
    """Give the drafts that are what the page showed, and what became of the others.

    Args:
        store: The archive; it has read the drafts' files.
        rows: The drafts.
        shown: The marks that the page had, by id.
        what: Is not done to the others, such as `not approved`.
        to: The status that they are to get; None for none.
        again: What is left to be done.
    """
    now = marks_now(store, rows)
    behind = [row for row in rows if shown.get(row.id, "") != now[row.id]]
    changed = {row: since(store, row.id, shown.get(row.id, ""), to=to) for row in behind}
    told = [(row, found) for row, found in changed.items() if found]
    left = {row.id for row, _ in told}
    is_alone = len(told) == 1
    said = [
        line
        for row, found in told
        for line in lines_since(row.title, what, found, is_alone=is_alone, again=again)
    ]
    return [row.id for row in rows if row.id not in left], said


def passing(
    view: Overview, ids: list[str], status: Status, *, anyway: bool, key: str, is_published: bool
) -> tuple[list[str], list[str]]:
    """Give the drafts that may have a status, and what keeps the others from it."""
    if status in UNDECIDED and is_published:
        closed = {each.id: each.draft.title for each in view.lines if each.draft.status == "approved"}
        said = [
            f"{UNDONE[status]}: {closed[each]}: readers have it; to take it back, reject it"
            for each in ids
            if each in closed
        ]
        return [each for each in ids if each not in closed], said
    if status != "approved":
        return ids, []
    wanted = {each: view.files.found[each] for each in ids if each in view.files.found}
    faults = unreadable(wanted)
    open_ = {each: newer(view.checks[each]) for each in wanted if each in view.checks}
    failing = {each: failed for each, failed in open_.items() if failed and not anyway}
    refused = [line for lines in faults.values() for line in lines]
    for each, failed in failing.items():
        lines = lines_of(wanted[each], failed)
        count = counted(len(lines), "open warning", "open warnings")
        title = wanted[each].file.entry.title
        refused.append(f"not approved: {title}: {count} ({key} approves all the same): {lines[0]}")
    return [each for each in ids if each not in failing and each not in faults], refused
