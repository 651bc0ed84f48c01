"""The rows of signals that editors wrote because they were missed, and those they rejected, one by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from digest.errors import StoreError
from digest.issues.draft_files import find_drafts
from digest.issues.drafts.front_matter import parse
from digest.issues.drafts.pieces import cut
from digest.issues.drafts.signal_rows import Row, table_of
from digest.issues.history.keeping import CUT, VERBS
from digest.issues.history.survival import last_text, rows_of
from digest.issues.known_drafts import KnownDrafts
from digest.records import DraftRow
from digest.store import Store

TAKEN_OUT = "taken out of an approved draft"
"""The reason of a row of which nothing else is known: an editor deleted it without saying why."""


@dataclass(frozen=True)
class RowVerdict:
    """A row that an editor added or rejected."""

    verdict: Literal["missed", "rejected"]
    draft_id: str
    issue: str
    title: str
    cells: tuple[str, ...]
    """As Markdown; empty where what it said was not kept."""
    reason: str
    """Why it was rejected; empty for a missed one."""


def row_verdicts(store: Store, output: Path, issues: Sequence[str]) -> list[RowVerdict]:
    """List rows that editors added and rejected, in drafts that were decided on; issue by issue.

    What `editing_of` counts, one by one.
    """
    known = KnownDrafts(store)
    cuts: dict[str, dict[int, str]] = {}
    for step, draft_id in store.history.decisions((CUT,)):
        cuts.setdefault(draft_id, {})[step.step] = step.reason
    reasons = {draft_id: step.reason for step, draft_id in store.history.decisions((VERBS["rejected"],))}
    found: list[RowVerdict] = []
    for issue in issues:
        drafts = find_drafts(store, output, issue, known=known).found
        for row in known.of_issue(issue).values():
            if row.status in ("approved", "rejected"):
                text = last_text(store, row, drafts)
                reason = reasons.get(row.id, "")
                found += _of_draft(store, row, text, reason, cuts.get(row.id, {})) if text else []
    return found


def _of_draft(
    store: Store, row: DraftRow, text: str, reason: str, cuts: Mapping[int, str]
) -> Iterable[RowVerdict]:
    try:
        front, body, _ = parse(text, "")
    except StoreError:
        return
    is_rejected = row.status == "rejected"
    analysis = store.articles.analyses_for([row.id]).get(row.id)
    judged = rows_of(front, _signals(body), analysis, is_rejected=is_rejected)
    said = _as_made(store, row.id, text) if judged.dropped else {}
    why = (reason or "no reason given") if is_rejected else TAKEN_OUT
    own = _reasons_of_rows(store, row.id, cuts) if judged.dropped and cuts else {}
    for each in judged.added:
        yield RowVerdict("missed", row.id, row.issue, row.title, each.cells, "")
    for each in judged.dropped:
        yield RowVerdict(
            "rejected", row.id, row.issue, row.title, said.get(each.hashes, ()), own.get(each.hashes[0], why)
        )


def _reasons_of_rows(store: Store, draft_id: str, cuts: Mapping[int, str]) -> dict[str, str]:
    """Give why rows were taken out one by one, by the hash of their signal.

    Args:
        store: The archive.
        draft_id: Whose rows.
        cuts: The reason of each step that took one out; empty where none was given.
    """
    texts = store.history.texts_of(draft_id)
    found: dict[str, str] = {}
    for version in store.history.versions_of(draft_id):
        if reason := cuts.get(version.step):
            left = _signals_in(texts.get(version.version))
            gone = _signals_in(texts.get(version.version - 1)) - left
            found |= dict.fromkeys(gone, reason)
    return found


def _signals_in(text: str | None) -> set[str]:
    """Give the hashes of the signals in a draft's table."""
    try:
        table = table_of(_signals(parse(text, "")[1])) if text else None
    except StoreError:
        return set()
    return {row.hashes[0] for row in table.rows} if table else set()


def _as_made(store: Store, draft_id: str, text: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Give the words of rows by their hashes, from all versions of a draft."""
    texts = [each for each in store.history.texts_of(draft_id).values() if each is not None]
    rows: list[Row] = []
    for version in (*texts, text):
        try:
            body = parse(version, "")[1]
        except StoreError:
            continue
        table = table_of(_signals(body))
        rows += table.rows if table else ()
    return {row.hashes: row.cells for row in rows}


def _signals(body: str) -> str:
    return next((piece.text for piece in cut(body) if piece.name == "signals"), "")
