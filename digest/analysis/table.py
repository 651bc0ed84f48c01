"""The other three cells of a table's rows: from the article where it says them, else from a pattern.

Which clauses become rows is decided in signals.py; no cell's words come twice in a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digest.analysis.cells import Found, find_change, find_force, find_horizon
from digest.analysis.clauses import Clause
from digest.analysis.cues import kind_of, strength_of
from digest.analysis.library import COLUMNS, Library
from digest.analysis.patterns import SURE_FIT, Chooser, assign_patterns, fit_patterns, slots_of
from digest.analysis.reading import Line, Reading
from digest.records import Basis, Evidence, Signal, SignalBasis, Steep, Vectors

# A neighbouring sentence speaks of the same thing from this similarity on.
NEIGHBOUR = 0.5
BREAKS = frozenset({".", "S", "C", "W", "V", "X", "M"})
"""Marks, conjunctions and verbs: after one of them a sentence goes on to something else."""


@dataclass(frozen=True)
class Row:
    """A clause that may become a row."""

    clause: Clause
    line: Line
    score: float


def fill_table(reading: Reading, rows: Sequence[Row], library: Library, steep: Steep) -> tuple[Signal, ...]:
    """Add the three other cells to each row.

    Args:
        reading: The article.
        rows: What became rows, strongest first.
        library: The patterns.
        steep: Category of the article's first theme, for rows without a fitting pattern.

    Returns:
        The table's rows, in the order of `rows`.
    """
    fit = fit_patterns(
        [row.line.text for row in rows],
        reading.vectors[[row.line.index for row in rows]],
        reading.vector,
        reading.lead,
        f"{reading.article.title}\n{reading.article.text}",
        library,
    )
    columns = assign_patterns(fit, [slots_of(pattern) for pattern in library.patterns])
    chooser = Chooser(library, reading.article.id, reading.vector)
    stated = _Stated(reading, {row.line.index for row in rows})
    signals = []
    for at, row in enumerate(rows):
        options = _options(fit[at], columns[at]) if columns else []
        is_sure = bool(options) and fit[at, options[0]] >= SURE_FIT
        own = library.patterns[options[0]].steep if is_sure else steep
        signals.append(_signal(row, options, chooser, stated, own))
    return tuple(signals)


def _options(fit: Vectors, column: int) -> list[int]:
    """The row's pattern first, then its next best ones, for when all its phrasings are used."""
    return [column, *(int(c) for c in np.argsort(-fit, kind="stable")[:8] if int(c) != column)]


class _Stated:
    """Cells the article says itself, each handed out once."""

    def __init__(self, reading: Reading, row_lines: set[int]) -> None:
        self.reading = reading
        self.row_lines = row_lines
        self.used: set[str] = set()

    def find(self, row: Row, column: str) -> Found | None:
        """Look in the row's sentence, then the next, then the one before, within its paragraph."""
        for line in [row.line] if column == "change" else self._near(row.line):
            found = self._in(line, column)
            if (
                found is not None
                and found.text.lower() not in self.used
                and not _is_shown(found, row, column)
                and (column != "change" or tells_own_change(found, row))
            ):
                self.used.add(found.text.lower())
                return found
        return None

    def _near(self, line: Line) -> list[Line]:
        lines = self.reading.lines
        near = [line]
        for index in (line.index + 1, line.index - 1):
            if 0 <= index < len(lines) and lines[index].paragraph == line.paragraph and lines[index].is_prose:
                # A neighbour that has a row of its own keeps its reasons.
                nearness = float(self.reading.vectors[index] @ self.reading.vectors[line.index])
                if index not in self.row_lines and nearness >= NEIGHBOUR:
                    near.append(lines[index])
        return near

    def _in(self, line: Line, column: str) -> Found | None:
        text, published = self.reading.article.text, self.reading.article.published
        if column == "change":
            return find_change(line, text)
        return find_force(line, text) if column == "driving_force" else find_horizon(line, text, published)


def tells_own_change(found: Found, row: Row) -> bool:
    """Whether a change is told of the row's own subject: in its clause, or after it in the same breath.

    "Vacancy went from 2.1 to 4.6 per cent while rents rose 31 per cent" tells two things, and the amounts of
    the one are not those of the other.
    """
    start = min(first for first, _ in found.spans)
    clause_start, clause_end = row.clause.spans[0][0], row.clause.spans[-1][1]
    between = [word for word in row.line.words if clause_end <= word.start < start]
    return start >= clause_start and not any(word.tag in BREAKS for word in between)


def _is_shown(found: Found, row: Row, column: str) -> bool:
    """Whether the row's first cell has these words already; a change may repeat its amounts."""
    if column == "change":
        return found.text.lower().rstrip(".") == row.clause.text.lower().rstrip(".")
    return all(any(a <= start and end <= b for a, b in row.clause.spans) for start, end in found.spans)


def _signal(row: Row, options: Sequence[int], chooser: Chooser, stated: _Stated, steep: Steep) -> Signal:
    article_text = stated.reading.article.text
    vector = stated.reading.vectors[row.line.index]
    evidence = [Evidence(s, e, article_text[s:e], "signal") for s, e in row.clause.spans]
    cells: dict[str, str] = {}
    bases: dict[str, Basis] = {}
    for column in COLUMNS:
        found = stated.find(row, column)
        if found is not None:
            cells[column], bases[column] = found.text, found.basis
            evidence += [Evidence(s, e, article_text[s:e], column) for s, e in found.spans]
            continue
        taken = (chooser.take(pattern, column, row.line.text, vector) for pattern in options)
        cells[column] = next((text for text in taken if text), NOTHING[column])
        bases[column] = "suggested"
    return Signal(
        signal=row.clause.text,
        change=cells["change"],
        horizon_10y=cells["horizon_10y"],
        driving_force=cells["driving_force"],
        basis=SignalBasis("observed", bases["change"], bases["horizon_10y"], bases["driving_force"]),
        evidence=tuple(evidence),
        kind=kind_of(row.clause.text),
        steep=steep,
        claim_strength=strength_of(row.clause.text, row.line.text),
    )


NOTHING = {
    "change": "No change stated",
    "horizon_10y": "No horizon stated",
    "driving_force": "No driving force stated",
}
"""What stands in a cell when the pattern library is empty or used up."""
