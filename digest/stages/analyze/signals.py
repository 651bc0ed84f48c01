"""Three to eight rows: sentences that report a change, cut to a clause, with what the article or a
pattern says of them.

Rules: a row names something that happened or shifted; two rows are never about the same thing; advice,
questions and furniture give no row. Change, horizon and driving force come from the row's sentence or its
neighbours where those say them, else from the best-fitting pattern, and then they are marked "suggested".
Where too few sentences report a change, the most telling others fill up to three rows, and a note says
so.
"""

from collections.abc import Sequence

import numpy as np

from digest.records import Signal, Steep
from digest.stages.analyze.cells import find_change, find_force, find_horizon
from digest.stages.analyze.clauses import cut_clauses
from digest.stages.analyze.cues import change_score, reports_change, tells_of_a_life
from digest.stages.analyze.fragments import cut_fragment
from digest.stages.analyze.furniture import QUOTE_OPENERS
from digest.stages.analyze.library import Library
from digest.stages.analyze.patterns import stems_of
from digest.stages.analyze.reading import Line, Reading
from digest.stages.analyze.table import Row, fill_table

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
# What a sentence is worth more that gives one of the other three cells itself.
STATES_MORE = 0.6


def make_signals(
    reading: Reading, library: Library, steep: Steep
) -> tuple[tuple[Signal, ...], tuple[str, ...]]:
    """Make the table.

    Args:
        reading: The article.
        library: The patterns.
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
    return fill_table(reading, rows, library, steep), _notes(rows)


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
