"""What became of a draft: its versions, and what differs between two of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal

from digest.errors import DigestError
from digest.issues.draft_files import FoundDraft
from digest.issues.draft_texts import path_of_draft
from digest.issues.drafts.revise import offers_of, parts_of
from digest.issues.history.keeping import note_files
from digest.issues.output_paths import introduction_file
from digest.issues.renewing import renew
from digest.records import DraftRow, Status, Step
from digest.store import Store
from digest.workspace.files import read_text

Mark = Literal["same", "gone", "new"]


@dataclass(frozen=True)
class LoggedVersion:
    """A version of a draft, as `digest draft log` shows it."""

    version: int
    """0 for a change of status of before there was a history."""
    at: datetime
    kind: str
    who: str
    reason: str
    status: Status
    issue: str
    sections: tuple[str, ...]
    """What changed."""


REWORDED = 0.5
"""Least share of words that two rows have in common to be one, reworded; half of them, by judgement."""


@dataclass(frozen=True)
class DraftDiff:
    """What differs in a section or row."""

    name: str
    words: tuple[tuple[Mark, str], ...]
    """Runs of words, in order."""


def find_draft(store: Store, output: Path, draft_id: str, *, now: datetime) -> FoundDraft:
    """Find a draft and its file, and keep what was written into that since it was last read.

    Raises:
        DigestError: There is no such draft, or it has no file.
        StoreError: The file cannot be read.
    """
    row = row_of(store, draft_id)
    renew(store, output, row.issue)
    path = path_of_draft(output, row.issue, draft_id)
    if not path.is_file():
        raise DigestError(
            f"{path.parent}: the draft {draft_id} has no file; bring it back with: digest undo, or "
            f"digest draft restore {draft_id} --to VERSION"
        )
    found = FoundDraft(row, path, read_text(path))
    found = replace(found, row=replace(row, status=_status(row, found, store)))
    note_files(store, output, {draft_id: found}, now=now)
    return found


def row_of(store: Store, draft_id: str) -> DraftRow:
    """Give where a draft stands.

    Raises:
        DigestError: There is no such draft.
    """
    rows = store.drafts.drafts(ids=[draft_id])
    if not rows:
        raise DigestError(f"{draft_id}: no such draft; list them with: digest draft list")
    return rows[0]


def _status(row: DraftRow, found: FoundDraft, store: Store) -> Status:
    """Give the status a file says; one that is published waits for nobody."""
    status = found.file.status
    is_closed = row.status == "approved" and row.issue in store.drafts.published_issues()
    return row.status if is_closed and status in ("pending", "deferred") else status


def log_of(store: Store, draft_id: str) -> list[LoggedVersion]:
    """Give the versions of a draft, oldest first, and changes of status from before there were any."""
    versions = store.history.versions_of(draft_id)
    steps = store.history.steps(each.step for each in versions)
    first = min((steps[each.step].at for each in versions if each.step in steps), default=None)
    early = [
        LoggedVersion(0, at, "status", "", "", status, issue, ())
        for at, status, issue in store.drafts.log_of(draft_id)
        if first is None or at < first
    ]
    return [
        *early,
        *(
            LoggedVersion(
                each.version,
                steps[each.step].at,
                steps[each.step].kind,
                steps[each.step].who,
                steps[each.step].reason,
                each.status,
                each.issue,
                each.sections,
            )
            for each in versions
            if each.step in steps
        ),
    ]


def introduction_log(store: Store, output: Path, issue: str) -> list[Step]:
    """Give what was done to an issue's introduction, oldest first; what another program wrote is no step."""
    name = introduction_file(output, issue).relative_to(output).as_posix()
    return store.history.steps_on_file(name)


def versions_apart(
    store: Store, draft_id: str, old: int | None = None, new: int | None = None
) -> tuple[int, int, list[DraftDiff]]:
    """Give what differs between two versions of a draft, by section and row.

    Args:
        store: The archive.
        draft_id: The draft.
        old: The earlier version; by default the one before `new`.
        new: The later one; by default the last.

    Raises:
        DigestError: There is no such version.
    """
    texts = store.history.texts_of(draft_id)
    if not texts:
        raise DigestError(f"{draft_id}: no version is kept yet; one is when the draft is next read")
    last = max(texts)
    to = last if new is None else new
    since = (last - 1 if to == last else to - 1) if old is None else old
    since = max(since, 1)
    for each in (since, to):
        if each not in texts:
            raise DigestError(f"{draft_id}: there is no version {each}; expected 1 to {last}")
    return since, to, list(_differences(texts[since] or "", texts[to] or ""))


def offers_waiting(text: str) -> list[tuple[int, str, str]]:
    """Give what is offered in a draft: number, what it is for, text."""
    return [
        (number, each.target + " row" * each.is_row, each.text)
        for number, each in enumerate(offers_of(text), 1)
    ]


def _differences(old: str, new: str) -> Iterator[DraftDiff]:
    before, after = (dict(parts_of(text)) if text else {} for text in (old, new))
    for was, now in _reworded(before, after):
        # One row in other words, not one that went and one that came.
        before[now] = before.pop(was)
    for name in dict.fromkeys((*before, *after)):
        mine, its = before.get(name, ""), after.get(name, "")
        if mine != its:
            yield DraftDiff(name, tuple(words_apart(mine, its)))


def _reworded(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pair parts that are gone with new ones that have most of their words, those most alike first."""
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    alike = sorted(
        (SequenceMatcher(None, before[was].split(), after[now].split(), autojunk=False).ratio(), was, now)
        for was in gone
        for now in come
    )
    pairs: dict[str, str] = {}
    for ratio, was, now in reversed(alike):
        if ratio >= REWORDED and was not in pairs and now not in pairs.values():
            pairs[was] = now
    return list(pairs.items())


def _cut(text: str) -> list[str]:
    """Cut a text into words, each with the line ends before it."""
    return [word for line in text.split("\n") for word in (*line.split(), "\n")][:-1]


def words_apart(before: str, after: str) -> Iterator[tuple[Mark, str]]:
    """Give the words of two texts in runs: the same in both, gone, new."""
    old, new = _cut(before), _cut(after)
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", _said(old[a:b])
            continue
        if a < b:
            yield "gone", _said(old[a:b])
        if c < d:
            yield "new", _said(new[c:d])


def _said(words: Iterable[str]) -> str:
    return " ".join(words).replace(" \n ", "\n").strip(" ")
