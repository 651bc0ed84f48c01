"""Three to eight rows: sentences that report a change, cut to a clause.

Rules: a row names something that happened or shifted; two rows are never about the same thing; advice,
questions and furniture give no row. A clause is worth its chance to report a change (change.py) and how well
it reads alone (clauses.py). Where too few report a change, the likeliest others fill up to three rows, and a
note says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digest.analysis.boundaries import Boundaries, boundaries_of
from digest.analysis.cells import Found, find_change
from digest.analysis.change import chances_of_change
from digest.analysis.clause_ends import MAX_WORDS, MIN_WORDS
from digest.analysis.clauses import Clause, cut_clauses, whole_statement
from digest.analysis.cues import change_score, is_background, tells_of_a_life
from digest.analysis.fragments import cut_fragment
from digest.analysis.library import Library
from digest.analysis.patterns import stems_of
from digest.analysis.reading import Line, Reading
from digest.analysis.table import Row, fill_table
from digest.records import Signal, Steep

MIN_ROWS, USUAL_ROWS, MAX_ROWS = 3, 5, 8
# Of 200 rows drawn from the 240 development pages (guides, reviews, lists, blogs, news), by models that had
# not learned from the page, a reader found a clear change in 36 % and a weak one in 15 % (November 2026):
# half of the pages hold no sentence that reports a change, and three rows are asked of them all the same.
# Sentences looked at, likeliest first, so that a long article costs little more than a usual one: by their
# words alone, then by their chance to report a change.
MAX_JUDGED, MAX_CUT = 160, 48
# Clauses of one sentence whose chance is asked.
MAX_CLAUSES = 5
REPORTS = 0.4
"""From this chance on a clause counts as reporting a change; change.py says how often that is right."""
STATED = 0.75
"""The least chance of a clause that says from what to what something changed: the learned one is .2 for
"The bay’s meadow has grown from 212 to 437 hectares"."""
LIKELY = 0.25
"""From this chance on a clause may be one of USUAL_ROWS: likelier than what fills up."""
# What a clause's reading well, and its sentence's nearness to the article, are worth beside its chance. What
# fills up is taken from the heart of the article: its chance says little, and with .4 as for the others (and
# .25 for reading well) it strayed from the subject; reference signals of seven entries were .48 from the
# nearest row, now .55, for .006 of the mean chance.
QUALITY, CENTRALITY, CENTRALITY_OF_OTHERS = 0.5, 1.0, 2.0
# What sharing all words with the title adds, and telling what was before the news takes off.
TITLE, BACKGROUND = 0.8, 0.5
# Two rows sharing this part of their words are about the same thing; so are two nearer than this that share
# some. By nearness alone half of the changes told on a page of one subject would be the same.
MAX_OVERLAP = 0.4
MAX_SIMILARITY, SOME_OVERLAP = 0.72, 0.3
SAME_SIMILARITY = 0.88
"""From this nearness on two rows are about the same thing, whatever their words."""


@dataclass(frozen=True)
class Candidate:
    """A clause with its chance to report a change."""

    row: Row
    chance: float


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
    chosen = choose_rows(reading)
    return fill_table(reading, [c.row for c in chosen], library, steep), _notes(chosen)


def choose_rows(reading: Reading) -> list[Candidate]:
    """Give the rows' clauses, strongest first."""
    everything = _ranked(reading)
    ranked = [c for c in everything if not c.row.clause.is_personal]
    alone = [c for c in ranked if not c.row.clause.is_leaning]
    rows = _distinct(reading, [c for c in alone if c.chance >= REPORTS], [], upto=MAX_ROWS)
    rows = _distinct(reading, [c for c in alone if c.chance >= LIKELY], rows, upto=USUAL_ROWS)
    if len(rows) < MIN_ROWS:
        for more in ([c for c in everything if c.chance >= REPORTS], ranked, everything, _fragments(reading)):
            rows = _distinct(reading, more, rows, upto=MIN_ROWS)
    # Strongest first: the issue shows the first row beside the title.
    return sorted(rows, key=lambda c: (c.chance < REPORTS, -c.row.score, c.row.clause.spans))


def _notes(rows: Sequence[Candidate]) -> tuple[str, ...]:
    """Say where the table is short of change."""
    if not rows:
        return ("no sentence could be cut to a signal",)
    others = sum(c.chance < REPORTS for c in rows)
    if len(rows) - others >= MIN_ROWS or not others:
        return ()
    rest = "1 row rests" if others == 1 else f"{others} rows rest"
    return (f"fewer than 3 sentences report a change; {rest} on other statements",)


def _ranked(reading: Reading) -> list[Candidate]:
    """Every clause of the likeliest sentences, best first."""
    lines = _likeliest(reading)
    clauses: list[tuple[Line, Clause]] = []
    stated = {line.index: find_change(line, reading.article.text) for line in lines}
    for line, boundaries in zip(lines, boundaries_of(reading, lines), strict=True):
        clauses += [(line, clause) for clause in _clauses(reading, line, boundaries, stated[line.index])]
    chances = chances_of_change(reading, [clause.words for _, clause in clauses])
    title = stems_of(reading.article.title)
    found = []
    for (line, clause), learned in zip(clauses, chances, strict=True):
        change = stated[line.index]
        chance = max(float(learned), STATED) if change and _holds(clause, change) else float(learned)
        # The root spreads the low chances: among what hardly reports a change, the likelier goes first.
        score = chance**0.5 + QUALITY * clause.score + _context(reading, line, chance)
        score += TITLE * len(title & stems_of(clause.text)) / max(1, len(title))
        score -= BACKGROUND * is_background(clause.words)
        # A heading that reports no change is a heading.
        if line.is_prose or chance >= REPORTS:
            found.append(Candidate(Row(clause, line, score), chance))
    return sorted(found, key=lambda c: (-c.row.score, c.row.clause.spans))


def _holds(clause: Clause, change: Found) -> bool:
    """Whether a clause has all the words of a change."""
    return all(
        any(start <= first and last <= end for start, end in clause.spans) for first, last in change.spans
    )


def _clauses(
    reading: Reading, line: Line, boundaries: Boundaries | None, change: Found | None
) -> list[Clause]:
    text = reading.article.text
    if line.is_prose:
        found = cut_clauses(line, text, boundaries)[:MAX_CLAUSES]
        if change and not any(_holds(clause, change) for clause in found):
            # Worth another try: by rules, where the learned boundaries leave the change out.
            found += [clause for clause in cut_clauses(line, text)[:MAX_CLAUSES] if _holds(clause, change)]
        return [clause for clause in found if not tells_of_a_life(clause.words)]
    clause = whole_statement(line, text, boundaries) if boundaries else None
    return [clause] if clause else []


def _likeliest(reading: Reading) -> list[Line]:
    """The sentences, headings and list items likeliest to report a change."""
    lines = [
        line
        for line in reading.lines
        if line.is_prose or (MIN_WORDS <= line.count <= MAX_WORDS + 1 and "\n" not in line.text)
    ]
    if len(lines) > MAX_JUDGED:
        lines = sorted(lines, key=lambda line: (-change_score(line.words), line.index))[:MAX_JUDGED]
    chances = chances_of_change(reading, [line.words for line in lines])
    return [lines[at] for at in np.argsort(-chances, kind="stable")[:MAX_CUT]]


def _context(reading: Reading, line: Line, chance: float) -> float:
    """What a sentence's place and nearness to the article add to one of its clauses."""
    first = reading.prose[0].index if reading.prose else 0
    early = 1 / (1 + max(0, line.index - first) / 6)
    weight = CENTRALITY if chance >= REPORTS else CENTRALITY_OF_OTHERS
    return weight * float(reading.centrality[line.index]) + 0.2 * early


def _fragments(reading: Reading) -> list[Candidate]:
    """Last resort: the beginnings of sentences that could not be cut to a clause."""
    found = []
    for line in sorted(
        reading.prose or reading.lines, key=lambda line: (-float(reading.centrality[line.index]), line.index)
    ):
        clause = cut_fragment(line, reading.article.text)
        if clause is not None:
            found.append(Candidate(Row(clause, line, clause.score), 0.0))
    # The sort is stable: among equals the more central sentence stays first.
    return sorted(found, key=lambda c: -c.row.score)


def _distinct(
    reading: Reading, ranked: Sequence[Candidate], taken: Sequence[Candidate], upto: int
) -> list[Candidate]:
    """Take rows best first that are not about the same thing as one taken."""
    rows = list(taken)
    if len(rows) >= upto or not ranked:
        return rows
    vectors = reading.pool([_hull(c) for c in ranked])
    kept = list(reading.pool([_hull(c) for c in rows]))
    for candidate, vector in zip(ranked, vectors, strict=True):
        if len(rows) >= upto:
            break
        row = candidate.row
        if any(other.row.line.index == row.line.index for other in rows):
            continue
        near = np.stack(kept) @ vector if kept else ()
        if any(_is_same(candidate, other, float(each)) for other, each in zip(rows, near, strict=True)):
            continue
        rows.append(candidate)
        kept.append(vector)
    return rows


def _is_same(one: Candidate, other: Candidate, similarity: float) -> bool:
    """Whether two rows are about the same thing."""
    overlap = _overlap(one.row.clause.text, other.row.clause.text)
    if overlap > MAX_OVERLAP or similarity > SAME_SIMILARITY:
        return True
    return similarity > MAX_SIMILARITY and overlap > SOME_OVERLAP


def _hull(candidate: Candidate) -> tuple[int, int]:
    spans = candidate.row.clause.spans
    return spans[0][0], spans[-1][1]


def _overlap(one: str, other: str) -> float:
    first, second = stems_of(one), stems_of(other)
    return len(first & second) / max(1, min(len(first), len(second)))
