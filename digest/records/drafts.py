"""Entries waiting for an editor."""

from dataclasses import dataclass
from typing import Literal

from digest.records.analysis import Analysis
from digest.records.entries import Entry

Status = Literal["pending", "approved", "rejected", "deferred"]
Relation = Literal["same story", "follow-up", "related"]


@dataclass(frozen=True)
class ClosestEntry:
    """A near article of the archive, with why it is near."""

    id: str
    title: str
    similarity: float
    """0..1, higher is nearer: meaning, words and names together, see likeness.measure."""
    relation: Relation
    reason: str
    """Shared keywords, names or theme, in words."""


@dataclass(frozen=True)
class Draft:
    """An entry waiting for an editor, with everything the draft file shows."""

    id: str
    issue: str
    status: Status
    entry: Entry
    analysis: Analysis
    closest: tuple[ClosestEntry, ...] = ()
    """With similarity and reason; the same entries as in `entry.closest`."""
    notes: tuple[str, ...] = ()
    """What the editor should know, in sentences."""


@dataclass(frozen=True)
class DraftRow:
    """Where a draft stands."""

    id: str
    issue: str
    status: Status
    title: str
    worth: int = 0
    """For ranking, in thousandths; higher comes first in the issue."""
    why: str = ""
    """What its worth rests on, in words."""


@dataclass(frozen=True)
class DraftGlance:
    """What a draft's file says as far as lists show it, kept so that a file that is the same is not read
    through again."""

    key: str
    """Hash of the text, and of what of the program reads it."""
    status: Status
    title: str
    signals: int
    """Rows of its table."""
    sources: int
    checked: str
    """As `DraftChecks.checked`: what the checks had to judge."""
    analysis: int
    """Which analysis that rests on; grows with each."""
    evidence: str
    """Hash of the Evidence last made, on which `unpublishable` rests."""
    unpublishable: tuple[tuple[int, str], ...] = ()
    """Lines, and what of them cannot be published."""
    unchecked: tuple[tuple[int, str], ...] = ()
    """Lines of own sections that may have been meant for others."""
    places: tuple[tuple[str, str], ...] = ()
    """Statements that fail a check, and the lines they begin in, in words."""


@dataclass(frozen=True)
class FailedCheck:
    """A statement of a draft that its article does not bear out."""

    statement: str
    """The sentence of the summary or the cell of the signals, as a reader sees it."""
    kind: str
    """Of the problem: number, date, name ..."""
    claim: str
    document: str
    """What the article has instead; empty where it has nothing of the kind."""


@dataclass(frozen=True)
class DraftChecks:
    """What the checks found in a draft."""

    checked: str = ""
    """Hash of what was checked; empty before the first check."""
    failed: tuple[FailedCheck, ...] = ()
    accepted: tuple[FailedCheck, ...] = ()
    """What failed when an editor approved or published it all the same."""
