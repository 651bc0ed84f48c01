"""What an editor wrote beside what the file says by now, with what differs between them marked in both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from digest.issues.history.asking import words_apart
from digest.issues.pages.entry_page import SIGNAL_COLUMNS
from digest.review.cells import Cells, rows_of
from digest.review.saving import Section

Pieces = tuple[tuple[str, bool], ...]
"""A text in runs, each with whether the other version has it not."""


@dataclass(frozen=True)
class ComparedCell:
    """A cell of one version."""

    pieces: Pieces
    is_changed: bool
    """Whether the other version says something else there, or has no such row."""


@dataclass(frozen=True)
class Version:
    """One of both, to be read."""

    rows: tuple[tuple[ComparedCell, ...], ...] | None
    """Of a table; None for other sections, and for a table that is no plain one."""
    pieces: Pieces = ()
    """Of another section."""


@dataclass(frozen=True)
class Conflict:
    """Both versions of a section."""

    now: Section
    """As the file has it."""
    text: str
    """As the editor wrote it."""
    theirs: Version
    mine: Version
    columns: tuple[str, ...] = SIGNAL_COLUMNS


def conflict_of(now: Section, text: str) -> Conflict:
    """Compare what the file says with what an editor wrote."""
    theirs, mine = (rows_of(each) if now.key == "signals" else None for each in (now.text, text))
    if theirs is None or mine is None:
        its, own = _apart(now.text, text)
        return Conflict(now, text, Version(None, its), Version(None, own))
    left, right = [], []
    for its_row, own_row in _paired([row.cells for row in theirs], [row.cells for row in mine]):
        pairs = list(zip(its_row or _EMPTY, own_row or _EMPTY, strict=True))
        is_alone = its_row is None or own_row is None
        # A cell of which the other says more has changed, though nothing in it is marked.
        cells = [(*_apart(*each), is_alone or each[0] != each[1]) for each in pairs]
        if its_row is not None:
            left.append(tuple(ComparedCell(its, is_changed) for its, _, is_changed in cells))
        if own_row is not None:
            right.append(tuple(ComparedCell(own, is_changed) for _, own, is_changed in cells))
    return Conflict(now, text, Version(tuple(left)), Version(tuple(right)))


_EMPTY: Cells = ("",) * len(SIGNAL_COLUMNS)


def _paired(theirs: Sequence[Cells], mine: Sequence[Cells]) -> Iterator[tuple[Cells | None, Cells | None]]:
    """Pair rows by their signals; of those in between, in their order."""
    matcher = SequenceMatcher(None, [each[0] for each in theirs], [each[0] for each in mine], autojunk=False)
    for _, a, b, c, d in matcher.get_opcodes():
        for at in range(max(b - a, d - c)):
            yield (theirs[a + at] if a + at < b else None), (mine[c + at] if c + at < d else None)


def _apart(theirs: str, mine: str) -> tuple[Pieces, Pieces]:
    words = [(mark, text) for mark, text in words_apart(theirs, mine) if text]
    its = tuple((text, mark == "gone") for mark, text in words if mark != "new")
    own = tuple((text, mark == "new") for mark, text in words if mark != "gone")
    return its, own
