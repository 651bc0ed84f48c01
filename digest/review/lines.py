"""The drafts of an issue, a line each, as the desk shows them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from digest.issues.decisions import read_statuses
from digest.issues.draft_checks import check_drafts
from digest.issues.draft_files import DraftFiles
from digest.issues.draft_list import ListedDraft, listed
from digest.issues.publishable import keep_glances
from digest.issues.published import has_no_rows
from digest.records import DraftChecks
from digest.records.entries import searchable_text
from digest.review.shown import mark_of_file, marks_now
from digest.store import Store

GOES_ON = re.compile(
    r"^\* \[.*\]\(([0-9a-f]{32})\) · (?:1\.00|\.\d\d) · (?:same story|follow-up)\b", re.MULTILINE
)
"""A line of `Why these are closest` that names an earlier telling of the story."""

NO_THEME = "Without a theme"


@dataclass(frozen=True)
class Line:
    """A story of the desk."""

    draft: ListedDraft
    theme: str
    sources: int
    """Articles that report it, its own among them."""
    publisher: str
    """Of its own article; empty where that is not known."""
    has_rows: bool
    standing: str
    """`new`, `update of issue 20261115` or `carried from issue 20261115`."""
    words: str
    """What a search looks in, in lower case."""
    mark: str
    """Of the draft as it is shown; see `shown`."""
    why: str = ""
    """Why it stands where it stands, where earlier verdicts say so."""

    @property
    def id(self) -> str:
        """The draft's."""
        return self.draft.id


@dataclass(frozen=True)
class Overview:
    """An issue as it stands."""

    issue: str
    files: DraftFiles
    checks: Mapping[str, DraftChecks]
    lines: tuple[Line, ...]
    """In the order in which they are published, or in that of earlier verdicts."""
    learned_from: int = 0
    """Verdicts on other issues that the order was learned from; 0 where it is that of publishing."""

    def count(self, status: str) -> int:
        """Count the stories of a status."""
        return sum(each.draft.status == status for each in self.lines)

    @property
    def open_warnings(self) -> int:
        """Stories with warnings that nobody accepted."""
        return sum(each.draft.failed > 0 for each in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        """How many stories each filter of the desk shows, by what its address says."""
        found = {each: self.count(each) for each in ("pending", "approved", "deferred", "rejected")}
        return {"": len(self.lines), **found, "warnings": self.open_warnings}

    def with_lines(self, changed: Iterable[Line]) -> "Overview":
        """Give this with some lines as they are now."""
        now = {each.id: each for each in changed}
        return replace(self, lines=tuple(now.get(each.id, each) for each in self.lines))


def overview(store: Store, output: Path, issue: str, *, now: datetime) -> Overview:
    """Read the drafts of an issue as their files stand now.

    Raises:
        DigestError: Half of its files or more are gone.
    """
    files = read_statuses(store, output, issue, now=now)
    checks = check_drafts(store, files.found)
    if not store.history.is_paused:
        keep_glances(store, files.found, checks)
    rows = listed(store, files, issue, checks)
    standing = _standing(store, files, issue)
    marks = marks_now(
        store, [each for each in store.drafts.drafts(issue=issue) if each.id not in files.found]
    )
    marks |= {each: mark_of_file(draft) for each, draft in files.found.items()}
    return Overview(
        issue, files, checks, tuple(_line(each, files, standing, marks[each.id]) for each in rows)
    )


def _standing(store: Store, files: DraftFiles, issue: str) -> dict[str, str]:
    """Say which drafts were in another issue before, or go on with what one of those told."""
    published = store.drafts.published_issues() - {issue}
    told = {
        row.id: row.issue
        for row in (store.drafts.drafts() if published else ())
        if row.issue in published and row.status == "approved"
    }
    found = {}
    for each, draft in files.found.items() if told else ():
        before = [told[id_] for id_ in GOES_ON.findall(draft.text) if id_ in told and id_ != each]
        if before:
            found[each] = f"update of issue {max(before)}"
    carried = store.drafts.came_from(issue)
    return found | {each: f"carried from issue {name}" for each, name in carried.items()}


def _line(row: ListedDraft, files: DraftFiles, standing: Mapping[str, str], mark: str) -> Line:
    draft = files.found.get(row.id)
    stands = standing.get(row.id, "new")
    if draft is None:
        return Line(row, NO_THEME, 0, "", row.signals > 0, stands, row.title.casefold(), mark)
    entry = draft.file.entry
    words = searchable_text(entry).casefold()
    theme = entry.themes[0] if entry.themes else NO_THEME
    sources = max(len(entry.sources), 1)
    return Line(row, theme, sources, entry.origin.title, not has_no_rows(entry), stands, words, mark)


def chosen(lines: Sequence[Line], status: str, words: str) -> list[Line]:
    """Filter lines.

    Args:
        lines: All of an issue.
        status: A status, `warnings` for those with open ones, or empty for all.
        words: All of them are in the draft.
    """
    wanted = words.casefold().split()
    return [
        each
        for each in lines
        if (not status or each.draft.status == status or (status == "warnings" and each.draft.failed))
        and all(word in each.words for word in wanted)
    ]


def by_theme(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """Group lines by theme, those of the best story first; within one they keep their order."""
    groups: dict[str, list[Line]] = {}
    for each in lines:
        groups.setdefault(each.theme, []).append(each)
    return list(groups.items())
