"""What editors left of what was generated: by section and row, with the reasons of what they turned down.

Only drafts that were decided on count. Of a rejected one everything was dropped.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from digest.errors import StoreError
from digest.issues.decisions import read_statuses
from digest.issues.draft_files import FoundDraft, find_drafts
from digest.issues.drafts.front_matter import FrontMatter, parse
from digest.issues.drafts.pieces import EVIDENCE, NAMES, cut, fingerprint
from digest.issues.drafts.signal_rows import Row, paired, recorded_rows, table_of, with_words
from digest.issues.history.keeping import VERBS
from digest.issues.known_drafts import KnownDrafts
from digest.issues.pages import admit
from digest.records import Analysis, DraftRow
from digest.store import Store

ROWS = "signals, by row"


@dataclass(frozen=True)
class Part:
    """What became of a section, or of the rows of signals."""

    name: str
    whole: int
    edited: int
    dropped: int

    @property
    def all(self) -> int:
        """How often it was generated."""
        return self.whole + self.edited + self.dropped


@dataclass(frozen=True)
class Editing:
    """What editors left of the generated text of an issue, or of all."""

    issue: str
    """Empty for all issues together."""
    drafts: int
    """Decided on: approved or rejected."""
    parts: tuple[Part, ...]
    rows_added: int
    """Rows of signals that an editor wrote."""
    rejects: tuple[tuple[str, int], ...]
    """Reasons of rejected drafts, most frequent first; an empty one where none was given."""
    approvals: tuple[tuple[str, int], ...]
    """Reasons given with approvals, such as a signal that was missed; most frequent first."""
    upheld: int
    """Sentences and rows with a warning that an editor changed or took out."""
    dismissed: int
    """Sentences and rows with a warning that were kept as they are."""


@dataclass
class _Tally:
    parts: Counter[tuple[str, str]] = field(default_factory=Counter)
    rejects: Counter[str] = field(default_factory=Counter)
    approvals: Counter[str] = field(default_factory=Counter)
    drafts: int = 0
    rows_added: int = 0
    upheld: int = 0
    dismissed: int = 0

    def add(self, other: "_Tally") -> None:
        """Count another issue's."""
        self.parts += other.parts
        self.rejects += other.rejects
        self.approvals += other.approvals
        self.drafts += other.drafts
        self.rows_added += other.rows_added
        self.upheld += other.upheld
        self.dismissed += other.dismissed

    def editing(self, issue: str) -> Editing:
        """Give what was counted."""
        names = [name for name in NAMES if name != EVIDENCE] + [ROWS]
        fates = ("whole", "edited", "dropped")
        parts = tuple(Part(name, *(self.parts[name, fate] for fate in fates)) for name in names)
        return Editing(
            issue,
            self.drafts,
            parts,
            self.rows_added,
            tuple(self.rejects.most_common()),
            tuple(self.approvals.most_common()),
            self.upheld,
            self.dismissed,
        )


def editing_of(store: Store, output: Path, issues: Sequence[str], *, now: datetime) -> list[Editing]:
    """Say what editors left of the generated text: of each issue, then of all together if there are several.

    Raises:
        DigestError: Half of an issue's draft files or more are gone.
    """
    known = KnownDrafts(store)
    total, found = _Tally(), []
    verbs = (VERBS["rejected"], VERBS["approved"])
    reasons = {draft_id: step.reason for step, draft_id in store.history.decisions(verbs)}
    for name in issues:
        if name in known.open:
            read_statuses(store, output, name, now=now, known=known)
        tally = _tally(store, output, name, known, reasons)
        total.add(tally)
        found.append(tally.editing(name))
    return [*found, total.editing("")] if len(found) > 1 else found


def _tally(store: Store, output: Path, issue: str, known: KnownDrafts, reasons: dict[str, str]) -> _Tally:
    tally = _Tally()
    drafts = find_drafts(store, output, issue, known=known).found
    rows = [row for row in known.of_issue(issue).values() if row.status in ("approved", "rejected")]
    analyses = store.articles.analyses_for([row.id for row in rows])
    for row in rows:
        text = last_text(store, row, drafts)
        if text is None:
            continue
        tally.drafts += 1
        _count(tally, text, analyses.get(row.id), is_rejected=row.status == "rejected")
        if row.status == "rejected":
            tally.rejects[reasons.get(row.id, "")] += 1
        elif reason := reasons.get(row.id):
            tally.approvals[reason] += 1
    return tally


def last_text(store: Store, row: DraftRow, drafts: dict[str, FoundDraft]) -> str | None:
    """Give a draft's text as its file says it, or said it last; None where neither is known."""
    if row.id in drafts:
        return drafts[row.id].text
    texts = [text for text in store.history.texts_of(row.id).values() if text is not None]
    return texts[-1] if texts else None


def _count(tally: _Tally, text: str, analysis: Analysis | None, *, is_rejected: bool) -> None:
    try:
        front, body, _ = parse(text, "")
    except StoreError:
        return
    pieces = {piece.name: piece.text for piece in cut(body) if piece.name}
    nothing = fingerprint("")
    for name, made in front.generated.items():
        if name in NAMES and name != EVIDENCE and made != nothing:
            tally.parts[name, _fate(pieces.get(name, ""), made, is_rejected=is_rejected)] += 1
    rows = rows_of(front, pieces.get("signals", ""), analysis, is_rejected=is_rejected)
    tally.parts[ROWS, "whole"] += rows.whole
    tally.parts[ROWS, "edited"] += rows.edited
    tally.parts[ROWS, "dropped"] += len(rows.dropped)
    tally.rows_added += len(rows.added)
    if analysis:
        _count_warnings(tally, pieces, analysis, is_rejected=is_rejected)


@dataclass(frozen=True)
class JudgedRows:
    """What an editor left of the rows of a draft."""

    whole: int
    edited: int
    dropped: tuple[Row, ...]
    """As the front matter keeps them: hashes alone."""
    added: tuple[Row, ...]
    """An editor's own, as written."""


def rows_of(front: FrontMatter, signals: str, analysis: Analysis | None, *, is_rejected: bool) -> JudgedRows:
    """Tell what became of the rows that were made, and which are an editor's.

    Args:
        front: With the record of what was made.
        signals: The section of signals as it stands.
        analysis: The article's; by its words a reworded row is told from an editor's own.
        is_rejected: Whether the whole draft was.
    """
    recorded = with_words(recorded_rows(front.generated_rows), analysis.signals if analysis else ())
    table = table_of(signals)
    rows = table.rows if table and not is_rejected else ()
    pairs = paired(rows, recorded)
    whole = sum(rows[row].hashes == recorded[old].hashes for row, old in pairs.items())
    # Without a record of what was made nobody can tell whose they are.
    is_known = bool(recorded) or "signals" in front.generated
    return JudgedRows(
        whole,
        len(pairs) - whole,
        tuple(each for old, each in enumerate(recorded) if old not in pairs.values()),
        tuple(each for row, each in enumerate(rows) if row not in pairs) if is_known else (),
    )


def _fate(text: str, made: str, *, is_rejected: bool) -> str:
    if is_rejected or not text:
        return "dropped"
    return "whole" if fingerprint(text) == made else "edited"


def _count_warnings(tally: _Tally, pieces: dict[str, str], analysis: Analysis, *, is_rejected: bool) -> None:
    warned: Iterable[tuple[str, str]] = (
        *((each.text, "summary") for each in analysis.summary if each.problems),
        *((each.signal, "signals") for each in analysis.signals if each.problems),
    )
    for said, name in warned:
        is_kept = not is_rejected and admit(said) in pieces.get(name, "")
        tally.dismissed += is_kept
        tally.upheld += not is_kept
