"""Three to eight rows: sentences that report a change, cut to a clause, with what the article or a
pattern says of them.

Rules: a row names something that happened or shifted; two rows are never about the same thing; advice,
questions and furniture give no row. Change, horizon and driving force come from the row's sentence or its
neighbours where those say them, else from the best-fitting pattern, and then they are marked "suggested".
Where too few sentences report a change, the most telling others fill up to three rows, and a note says
so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digest.records import Basis, Evidence, Pattern, Signal, SignalBasis, Steep, Vectors
from digest.stages.analyze.cells import Found, find_change, find_force, find_horizon
from digest.stages.analyze.clauses import Clause, cut_clauses
from digest.stages.analyze.cues import (
    change_score,
    kind_of,
    reports_change,
    strength_of,
    tells_of_a_life,
)
from digest.stages.analyze.fragments import cut_fragment
from digest.stages.analyze.furniture import QUOTE_OPENERS
from digest.stages.analyze.patterns import Chooser, assign_patterns, fit_patterns, stems_of
from digest.stages.analyze.reading import Line, Reading

MIN_ROWS, USUAL_ROWS, MAX_ROWS = 3, 5, 8
# Sentences whose clauses are looked at, best first, so that a long article costs no more than a usual one.
MAX_LOOKED_AT = 70
# Fewer than MIN_ROWS over this: the next best fill up. Chosen by reading, and no proof of a change: of 60
# rows over it, drawn from the 240 development pages (mostly guides and reviews), about 9 told of one
# (November 2026).
MIN_SCORE = 1.8
# More than USUAL_ROWS only with rows this good.
STRONG_SCORE = 3.5
# What a clause is worth more that reports a change by cues.reports_change.
REPORTS = 0.6
# Two rows nearer than this, or sharing this part of their words, are about the same thing.
MAX_SIMILARITY = 0.72
MAX_OVERLAP = 0.4
# A neighbouring sentence speaks of the same thing from this similarity on.
NEIGHBOUR = 0.5
# What a sentence is worth more that gives one of the other three cells itself.
STATES_MORE = 0.6


@dataclass(frozen=True)
class Row:
    """A clause that may become a row."""

    clause: Clause
    line: Line
    score: float


def make_signals(
    reading: Reading, patterns: Sequence[Pattern], pattern_vectors: Vectors, steep: Steep
) -> tuple[tuple[Signal, ...], tuple[str, ...]]:
    """Make the table.

    Args:
        reading: The article.
        patterns: The library.
        pattern_vectors: One row a pattern, L2-normalised.
        steep: Category of the article's first theme, for rows without a fitting pattern.

    Returns:
        The rows, strongest first, and notes for the editor.
    """
    ranked = _ranked_rows(reading)
    reporting = [row for row in ranked if row.score >= MIN_SCORE and reports_change(row.clause.words)]
    rows = _distinct(reading, reporting, [])
    if len(rows) < MIN_ROWS:
        rows = _distinct(reading, ranked, rows, upto=MIN_ROWS)
    if len(rows) < MIN_ROWS:
        rows = _distinct(reading, _fragments(reading), rows, upto=MIN_ROWS)
    # Strongest first: the issue shows the first row beside the title.
    rows.sort(key=lambda row: (-row.score, row.clause.spans))
    return _fill(reading, rows, patterns, pattern_vectors, steep), _notes(rows)


def _notes(rows: Sequence[Row]) -> tuple[str, ...]:
    """Say where the table is short of change."""
    if not rows:
        return ("no sentence could be cut to a signal",)
    others = sum(not reports_change(row.clause.words) for row in rows)
    if len(rows) - others >= MIN_ROWS or not others:
        return ()
    rest = "1 row rests" if others == 1 else f"{others} rows rest"
    return (f"fewer than 3 sentences report a change; {rest} on other statements",)


def _ranked_rows(reading: Reading) -> list[Row]:
    """Every clause of the likeliest sentences, best first."""
    lines = sorted(reading.prose, key=lambda line: (-_promise(reading, line), line.index))[:MAX_LOOKED_AT]
    rows: list[Row] = []
    for line in lines:
        base = _context(reading, line) + STATES_MORE * _states_more(reading, line)
        rows.extend(
            Row(clause, line, clause.score + base + REPORTS * reports_change(clause.words))
            for clause in cut_clauses(line, reading.article.text)[:3]
            if not tells_of_a_life(clause.words)
        )
    return sorted(rows, key=lambda row: (-row.score, row.clause.spans))


def _states_more(reading: Reading, line: Line) -> bool:
    """Whether the article itself says more of this sentence than that it is so."""
    text = reading.article.text
    return bool(
        find_change(line, text)
        or find_force(line, text)
        or find_horizon(line, text, reading.article.published)
    )


def _promise(reading: Reading, line: Line) -> float:
    return change_score(line.words) + _context(reading, line)


def _context(reading: Reading, line: Line) -> float:
    """What a sentence's place and nearness to the article add to its clauses."""
    first = reading.prose[0].index if reading.prose else 0
    early = 1 / (1 + (line.index - first) / 6)
    value = 1.2 * float(reading.centrality[line.index]) + 0.6 * early
    lowers = {word.lower for word in line.words}
    value -= 0.5 * bool(lowers & {"i", "my", "me", "i'm", "i've"}) + 0.35 * bool(
        lowers & {"you", "your", "you'll", "you're"}
    )
    value -= 0.15 * bool(lowers & {"we", "our", "us"})
    return value - 0.3 * (line.text[0] in QUOTE_OPENERS)


def _fragments(reading: Reading) -> list[Row]:
    """Last resort: the beginnings of sentences that could not be cut to a clause."""
    rows = []
    for line in sorted(
        reading.prose or reading.lines, key=lambda line: (-float(reading.centrality[line.index]), line.index)
    ):
        clause = cut_fragment(line, reading.article.text)
        if clause is not None:
            rows.append(Row(clause, line, clause.score))
    # The sort is stable: among equals the more central sentence stays first.
    return sorted(rows, key=lambda row: -row.score)


def _distinct(
    reading: Reading, ranked: Sequence[Row], taken: Sequence[Row], upto: int = MAX_ROWS
) -> list[Row]:
    """Take rows best first that are not about the same thing as one taken."""
    rows = list(taken)
    spans = [(row.clause.spans[0][0], row.clause.spans[-1][1]) for row in ranked]
    vectors = reading.pool(spans)
    kept = [reading.pool([(row.clause.spans[0][0], row.clause.spans[-1][1])])[0] for row in rows]
    for row, vector in zip(ranked, vectors, strict=True):
        if len(rows) >= upto or (len(rows) >= USUAL_ROWS and row.score < STRONG_SCORE):
            break
        if any(other.line.index == row.line.index for other in rows):
            continue
        if kept and float(np.max(np.stack(kept) @ vector)) > MAX_SIMILARITY:
            continue
        if any(_overlap(row.clause.text, other.clause.text) > MAX_OVERLAP for other in rows):
            continue
        rows.append(row)
        kept.append(vector)
    return rows


def _overlap(one: str, other: str) -> float:
    first, second = stems_of(one), stems_of(other)
    return len(first & second) / max(1, min(len(first), len(second)))


def _fill(
    reading: Reading, rows: Sequence[Row], patterns: Sequence[Pattern], pattern_vectors: Vectors, steep: Steep
) -> tuple[Signal, ...]:
    """Add the three other cells to each row."""
    fit = fit_patterns(
        [row.line.text for row in rows],
        reading.vectors[[row.line.index for row in rows]],
        reading.vector,
        reading.article.text,
        patterns,
        pattern_vectors,
    )
    columns = assign_patterns(fit)
    chooser = Chooser(reading.article.id)
    stated = _Stated(reading, {row.line.index for row in rows})
    signals = []
    for at, row in enumerate(rows):
        options = _options(patterns, fit[at], columns[at]) if columns else []
        signals.append(_signal(row, at, options, chooser, stated, steep))
    return tuple(signals)


def _options(patterns: Sequence[Pattern], fit: Vectors, column: int) -> list[Pattern]:
    """The row's pattern first, then its next best ones, for when all its phrasings are used."""
    others = [int(c) for c in np.argsort(-fit, kind="stable")[:8] if int(c) != column]
    return [patterns[column], *(patterns[c] for c in others)]


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
                and not _says_the_same(found.text, row.clause.text)
                and (column != "change" or _belongs(found, row, self.reading.article.text))
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


def _belongs(found: Found, row: Row, text: str) -> bool:
    """Whether a change is told of the row's own subject: no clause mark stands between the two."""
    start, end = found.spans[0][0], found.spans[-1][1]
    clause_start, clause_end = row.clause.spans[0][0], row.clause.spans[-1][1]
    between = text[clause_end:start] if start > clause_end else text[end:clause_start]
    return not any(mark in between for mark in ",;:—–(")


def _says_the_same(cell: str, signal: str) -> bool:
    return cell.lower().rstrip(".") == signal.lower().rstrip(".")


def _signal(
    row: Row, at: int, options: Sequence[Pattern], chooser: Chooser, stated: _Stated, steep: Steep
) -> Signal:
    article_text = stated.reading.article.text
    evidence = [Evidence(s, e, article_text[s:e], "signal") for s, e in row.clause.spans]
    near = stems_of(row.line.text)
    cells: dict[str, str] = {}
    bases: dict[str, Basis] = {}
    for column in ("change", "horizon_10y", "driving_force"):
        found = stated.find(row, column)
        if found is not None:
            cells[column], bases[column] = found.text, found.basis
            evidence += [Evidence(s, e, article_text[s:e], column) for s, e in found.spans]
            continue
        phrasings = (getattr(pattern, column) for pattern in options)
        taken = (chooser.take(texts, row=at, column=column, near=near) for texts in phrasings)
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
        steep=options[0].steep if options else steep,
        claim_strength=strength_of(row.clause.text, row.line.text),
    )


NOTHING = {
    "change": "No change stated",
    "horizon_10y": "No horizon stated",
    "driving_force": "No driving force stated",
}
"""What stands in a cell when the pattern library is empty or used up."""
