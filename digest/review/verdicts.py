"""Verdicts on drafts: which there are, which drafts may have one, and what is told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.issues.draft_checks import lines_of, newer
from digest.issues.publishable import unreadable
from digest.language.counts import counted
from digest.records import Status
from digest.review.lines import Line, Overview

VERDICTS: dict[str, tuple[Status, bool]] = {
    "approve": ("approved", False),
    "approve-over": ("approved", True),
    "reject": ("rejected", False),
    "defer": ("deferred", False),
    "reopen": ("pending", False),
}
"""What a button says, the status it gives, and whether open warnings are accepted by it."""


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


def as_decided(line: Line, status: Status, *, anyway: bool) -> Line:
    """Give a line as it is after a verdict; nothing else of it has changed, as the workspace is locked."""
    failed = 0 if anyway or status == "rejected" else line.draft.failed
    return replace(line, draft=replace(line.draft, status=status, failed=failed))


def passing(
    view: Overview, ids: list[str], status: Status, *, anyway: bool, key: str
) -> tuple[list[str], list[str]]:
    """Give the drafts that may have a status, and what keeps the others from being approved."""
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
